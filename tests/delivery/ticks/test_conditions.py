import json

import pytest
from tests.delivery.ticks.conftest import scheduled

from briefing.delivery.conditions import News, news
from briefing.runs.places import Folder


@pytest.fixture
def build(tmp_path):
    def built(name, facts=("F1",), fired=None, **figures):
        folder = tmp_path / "latest" / name
        folder.mkdir(parents=True)
        record = {"figures": [{"id": each, "value": value} for each, value in figures.items()]}
        (folder / "run.json").write_text(json.dumps(record))
        stated = {"facts_in_order": list(facts)}
        if fired is not None:
            stated["signals_fired"] = fired.split()
        (folder / "inputs.json").write_text(json.dumps(stated))
        return f"latest/{name}"

    return built


@pytest.fixture
def wait(tmp_path):
    """Why nobody needs a build; nothing when it is news."""

    def waited(schedule, *builds):
        is_news, why = news(schedule, Folder(tmp_path), *builds)
        return "" if is_news else why

    return waited


def test_a_fact_more_is_news_and_a_fact_less_is_not(build, wait):
    schedule = scheduled(when="fact_added")
    one, two = build("one"), build("two", facts=("F1", "F2"))
    assert wait(schedule, one, two) == ""
    assert wait(schedule, two, one) == "no fact was added"
    assert wait(schedule, "", one) == ""
    assert wait(schedule, "latest/gone", one) == ""


def test_a_conclusion_that_stays_is_no_news(build, wait):
    schedule = scheduled(when="conclusion_changed")
    assert wait(schedule, build("one", x=1.0), build("two", x=2.0)) == "no conclusion changed"


def test_a_conclusion_that_flips_is_news(build, wait):
    schedule = scheduled(when="conclusion_changed")
    none, some = build("none", money_runs_out_share=0.0), build("some", money_runs_out_share=0.01)
    more = build("more", money_runs_out_share=0.9)
    assert wait(schedule, none, some) == wait(schedule, some, none) == ""
    assert wait(schedule, some, more) == "no conclusion changed"


def test_a_trigger_goes_off_once_as_a_level_is_crossed(build, wait):
    triggers = {"high": {"figure": "x", "above": 5}}
    schedule = scheduled(when="trigger", triggers=triggers)
    low, high, higher = build("low", x=5.0), build("high", x=5.1), build("higher", x=9.0)
    assert wait(schedule, low, high) == ""
    assert wait(schedule, "", high) == ""
    assert wait(schedule, high, higher) == "no trigger tripped"
    assert wait(schedule, "", low) == "no trigger tripped"


def test_a_trigger_on_what_no_build_prints_is_told(build, wait):
    schedule = scheduled(when="trigger", triggers={"high": {"figure": "y", "above": 5}})
    with pytest.raises(KeyError, match="no headline figure 'y'"):
        wait(schedule, "", build("one", x=1.0))


QUIET = "no trigger tripped"


@pytest.mark.parametrize(
    ("watched", "before", "after", "told"),
    [
        ("a", "", "a", ""),
        ("a", "b", "a b", ""),
        ("a", "a", "a b", QUIET),
        ("a", "a", "", QUIET),
        ("any", "a", "a b", ""),
        ("any", "b a", "a b", QUIET),
        ("any", None, "a", ""),  # an older build, which does not say
        ("any", None, "", QUIET),
        ("a", "a", None, ""),
    ],
)
def test_a_signal_is_news_when_it_fires(build, wait, watched, before, after, told):
    schedule = scheduled(when="trigger", triggers={"seen": {"signal": watched}})
    assert wait(schedule, build("one", fired=before), build("two", fired=after)) == told


def test_a_signal_that_had_fired_by_the_first_build_is_news(build, wait):
    schedule = scheduled(when="trigger", triggers={"seen": {"signal": "a"}})
    assert wait(schedule, "", build("one", fired="a")) == ""
    assert wait(schedule, "latest/gone", build("two", fired="a")) == ""
    assert wait(schedule, "", build("three", fired="b")) == QUIET


def test_a_level_and_a_signal_stand_side_by_side(build, wait):
    triggers = {"high": {"figure": "x", "above": 5}, "seen": {"signal": "any"}}
    schedule = scheduled(when="trigger", triggers=triggers)
    low, high = build("low", fired="a", x=1.0), build("high", fired="a", x=6.0)
    assert wait(schedule, low, high) == ""
    assert wait(schedule, high, build("same", fired="a", x=6.0)) == QUIET


def test_always_is_always(wait):
    assert wait(scheduled(), "latest/one", "latest/one") == ""


def test_readers_hear_which_trigger_sent_the_mail(build, tmp_path):
    triggers = {
        "poor": {"figure": "money_runs_out_share", "above": 0.5},
        "cheap": {"figure": "runway_years", "below": 2},
        "seen": {"signal": "any"},
    }
    schedule = scheduled(when="trigger", triggers=triggers)
    low = build("low", fired="a", money_runs_out_share=0.1, runway_years=3.0)
    high = build("high", fired="a sales_run_ahead", money_runs_out_share=0.62, runway_years=1.5)
    assert news(schedule, Folder(tmp_path), low, high) == News(
        True,
        "Sent because “money_runs_out_share” is 0.62, above 50%; and “runway_years” is 1.5, below "
        "2 years; and “sales run ahead” was seen.",
    )
    same = build("same", fired="a sales_run_ahead", money_runs_out_share=0.7, runway_years=1.5)
    assert news(schedule, Folder(tmp_path), high, same) == News(False, QUIET)
