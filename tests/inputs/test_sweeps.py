import dataclasses

import numpy as np
import pytest
from scipy.stats import beta

from briefing.inputs.files import BadInput
from briefing.inputs.sweeps import load_sweep, sweep_names

HEAD = "title: My sweep\nset: latest\nquantities: [equity_value_usd]\n"

TERM = "azure_term_years"


@pytest.fixture
def sweep(project):
    """Write a sweep into the copied project and read it back."""
    folder = project / "params" / "sweeps"
    folder.mkdir(exist_ok=True)

    def made(text, head=HEAD):
        (folder / "mine.yaml").write_text(head + text, encoding="utf-8")
        return load_sweep("mine", project / "params")

    return made


def values(points):
    return [dict(point.overrides) for point in points]


def refusal(act):
    with pytest.raises(BadInput) as refused:
        act()
    return "\n".join(refused.value.messages)


def test_these_sweeps_ship(root):
    assert sweep_names(root / "params") == ("term_by_growth", "undisclosed_terms")


@pytest.mark.parametrize("name", ["term_by_growth", "undisclosed_terms"])
def test_a_sweep_that_ships_stays_within_the_range_of_each_assumption(load, project, name):
    shipped = load_sweep(name, project / "params")
    assumptions = load(shipped.set).assumptions
    for point in shipped.points(load(shipped.set)):
        for axis, value in point.overrides.items():
            assumption = assumptions[axis]
            if assumption.options:
                assert value in assumption.options
            else:
                assert assumption.low <= value <= assumption.high


def test_a_grid_has_every_combination_the_last_axis_fastest(sweep, load):
    grid = sweep("grid: {azure_term_years: [3, 5], gw_reading: [nested, additional]}")
    assert values(grid.points(load("latest"))) == [
        {TERM: 3, "gw_reading": "nested"},
        {TERM: 3, "gw_reading": "additional"},
        {TERM: 5, "gw_reading": "nested"},
        {TERM: 5, "gw_reading": "additional"},
    ]


def test_a_number_of_values_spreads_evenly_from_low_to_high(sweep, load):
    points = sweep("grid: {azure_take_or_pay_share: 5}").points(load("latest"))
    assert [row["azure_take_or_pay_share"] for row in values(points)] == [0, 0.25, 0.5, 0.75, 1]


def test_a_list_gives_its_points_as_they_stand(sweep, load):
    listed = sweep("list: [{}, {azure_term_years: 4}, {firmness: firm, tax_rate: 0.3}]")
    assert values(listed.points(load("latest"))) == [
        {},
        {TERM: 4},
        {"firmness": "firm", "tax_rate": 0.3},
    ]
    assert listed.axes == (TERM, "firmness", "tax_rate")


def test_points_are_named_by_number_with_as_many_digits_as_the_last(sweep, load):
    points = sweep("grid: {azure_take_or_pay_share: 10}").points(load("latest"))
    assert [point.name for point in points][::9] == ["01", "10"]


HYPERCUBE = "latin_hypercube: {points: 20, seed: %d, assumptions: [%s]}"
NUMBERS = "azure_term_years, azure_take_or_pay_share, discount_rate"


def probability(assumption, drawn):
    """The share of its distribution below a value, by SciPy's own Beta and by hand."""
    low, high, mode = assumption.low, assumption.high, assumption.value
    place = (np.array(drawn) - low) / (high - low)
    if assumption.distribution == "uniform":
        return place
    peak = 4 * (mode - low) / (high - low)
    return beta.cdf(place, 1 + peak, 5 - peak)


def test_a_latin_hypercube_has_one_point_in_each_equally_likely_stretch(sweep, load):
    latest = load("latest")
    rows = values(sweep(HYPERCUBE % (1, NUMBERS)).points(latest))
    for name in NUMBERS.split(", "):
        shares = probability(latest.assumptions[name], [row[name] for row in rows])
        assert sorted(np.floor(shares * 20)) == list(range(20))


def test_a_latin_hypercube_takes_words_as_often_as_they_weigh(sweep, load):
    rows = values(sweep(HYPERCUBE % (1, "gw_reading, discount_rate")).points(load("latest")))
    assert sum(row["gw_reading"] == "nested" for row in rows) == 8  # 0.4 of 20


def test_the_same_seed_gives_the_same_points_and_another_seed_others(sweep, load):
    first, again, other = (
        values(sweep(HYPERCUBE % (seed, NUMBERS)).points(load("latest"))) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_notebooks_are_those_named_and_all_of_them_when_none_is(sweep):
    known = ("01_deal", "02_circularity")
    grid = "grid: {azure_term_years: [3, 5]}\n"
    assert sweep(grid).chosen(known) == known
    assert sweep(grid + "notebooks: [02_circularity]").chosen(known) == ("02_circularity",)


GRID = "grid: {azure_term_years: [3, 5]}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "file: must have exactly one of grid, list, latin_hypercube"),
        (GRID + "list: [{}]\n", "must have exactly one of grid, list, latin_hypercube"),
        (GRID + "extra: 1\n", "extra: no such field here"),
        (GRID + "notebooks: [a, a]\n", "notebooks: must name each once, names 'a' twice"),
        ("grid: {azure_term_years: []}", "grid.azure_term_years: must be a list of values, or a"),
        ("grid: {azure_term_years: 1}", "number of them from 2 to 200 (given: 1)"),
        ("grid: {azure_term_years: 201}", "number of them from 2 to 200 (given: 201)"),
        ("grid: {azure_term_years: true}", "number of them from 2 to 200 (given: True)"),
        ("grid: {azure_term_years: [3, true]}", "must be a number or the name of an option"),
        ("grid: {azure_term_years: [3, .nan]}", "must be a finite number of at most 1e15"),
        ("list: [{azure_term_years: .inf}]", "must be a finite number of at most 1e15"),
        ("list: [{azure_term_years: [3]}]", "must be a number or the name of an option"),
        (
            "latin_hypercube: {points: 1, seed: 1, assumptions: [tax_rate]}",
            "latin_hypercube.points: Input should be greater than or equal to 2",
        ),
        (
            "latin_hypercube: {points: 9, assumptions: [tax_rate]}",
            "latin_hypercube.seed: is missing",
        ),
        (
            "latin_hypercube: {points: 9, seed: 1, assumptions: [tax_rate, tax_rate]}",
            "latin_hypercube.assumptions: must name each once, names 'tax_rate' twice",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(sweep, text, told):
    message = refusal(lambda: sweep(text))
    assert "mine.yaml: " in message
    assert told in message
    assert message.endswith("; nothing was built")


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("set: latest\nquantities: [a]\n", "title: is missing"),
        ("title: Mine\nquantities: [a]\n", "set: is missing"),
        ("title: Mine\nset: latest\n", "quantities: is missing"),
        ("title: Mine\nset: latest\nquantities: []\n", "quantities: Tuple should have at least 1"),
        ("title: Mine\nset: latest\nquantities: [a, b, a]\n", "quantities: must name each once"),
        ("- a list\n#", "must be a mapping with a title and a set"),
    ],
)
def test_a_file_without_its_heading_is_refused(sweep, head, told):
    assert told in refusal(lambda: sweep(GRID, head))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "grid: {azure_term_yeers: [3, 5]}",
            "grid: no assumption 'azure_term_yeers'; did you mean 'azure_term_years'?",
        ),
        ("grid: {tax_rate: 3}", "grid: tax_rate has no low and high, so its values must be listed"),
        ("grid: {gw_reading: 2}", "gw_reading has no low and high, so its values must be listed"),
        ("grid: {azure_term_years: [3]}", "grid: must have 2 to 10,000 points, has 1"),
        ("grid: {}", "grid: must have 2 to 10,000 points, has 1"),
        ("list: []", "list: must have 2 to 10,000 points, has 0"),
        (
            "grid: {azure_term_years: 200, azure_ramp_years: 200, azure_start_years: 200, "
            "discount_rate: 200, debt_rate: 200}",
            "grid: must have 2 to 10,000 points, has 320,000,000,000",
        ),
        ("grid: {azure_take_or_pay_share: [0, 2]}", "azure_take_or_pay_share: value 2 is out of"),
        ("grid: {gw_reading: [nested, inside]}", "must be one of its options (nested, additional)"),
        ("grid: {azure_term_years: [3, five]}", "azure_term_years must be a number"),
        ("grid: {azure_term_years: [3, 3]}", "gives azure_term_years 3 twice"),
        ("list: [{}, {}]", "list: must give each point once, gives the set as it is twice"),
        (
            "latin_hypercube: {points: 9, seed: 1, assumptions: [tax_rate]}",
            "latin_hypercube: tax_rate is held fixed and has no distribution",
        ),
    ],
)
def test_points_that_do_not_fit_the_set_are_refused(sweep, load, text, told):
    made = sweep(text)
    message = refusal(lambda: made.points(load("latest")))
    assert "mine.yaml: " in message
    assert told in message
    assert message.endswith("; nothing was built")


def test_every_fault_is_told_at_once(sweep, load):
    made = sweep("grid: {azure_take_or_pay_share: [2, 3], tax_rate: [0.2, 99]}")
    assert len(refusal(lambda: made.points(load("latest"))).splitlines()) == 3


def test_a_misspelt_notebook_gets_a_hint(sweep):
    made = sweep(GRID + "notebooks: [02_circularty]")
    message = refusal(lambda: made.chosen(("01_deal", "02_circularity")))
    assert "notebooks: no notebook '02_circularty'; did you mean '02_circularity'?" in message


def test_a_misspelt_sweep_gets_a_hint_and_a_strange_one_the_list(project):
    hint = refusal(lambda: load_sweep("term_by_grwth", project / "params"))
    assert "did you mean 'term_by_growth'?" in hint
    names = refusal(lambda: load_sweep("x", project / "params"))
    assert "there are term_by_growth, undisclosed_terms" in names


def test_a_sweep_is_found_by_plain_names_only(project):
    with pytest.raises(BadInput, match="no sweep"):
        load_sweep("../base", project / "params")


def test_a_sweep_never_changes(sweep):
    made = sweep(GRID)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.title = "Another"
