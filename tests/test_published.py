import json

import pytest

from tests.published import KINDS, faults, main, read_cases


def cases(root):
    return [case for case in read_cases(root / "tests" / "cases") if case.get("kind") in KINDS]


def test_every_published_case_of_a_kind_we_have_is_met(root):
    assert not [fault for case in cases(root) for fault in faults(case)]


def test_every_kind_we_have_is_met_at_least_once(root):
    assert {case["kind"] for case in cases(root)} == set(KINDS)


def spoilt(value):
    """The value with its first number off by a little, whatever its size."""
    is_list = isinstance(value, list)
    return [spoilt(value[0]), *value[1:]] if is_list else value + 0.01 + abs(value) / 100


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_number_fails(root, tmp_path, kind, capsys):
    case = next(case for case in cases(root) if case["kind"] == kind)
    name, value = next(iter(case["expected"].items()))
    spoiled = {**case, "expected": {**case["expected"], name: spoilt(value)}}
    (tmp_path / "cases.json").write_text(json.dumps([spoiled]))
    assert main(tmp_path / "cases.json") == 1
    assert f"{name}: expected" in capsys.readouterr().out


def test_other_kinds_are_counted_and_do_not_fail(tmp_path, capsys):
    (tmp_path / "cases.json").write_text('{"cases": [{"id": "x", "kind": "unheard_of"}]}')
    assert main(tmp_path) == 0
    assert "1 not implemented" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "[]", "{", '{"cases": []}'])
def test_nothing_to_compare_is_no_success(tmp_path, content):
    (tmp_path / "cases.json").write_text(content)
    assert main(tmp_path / "cases.json") == 2


def case(kind, inputs, expected):
    return {"kind": kind, "inputs": inputs, "expected": expected}


def test_at_a_whole_rate_of_zero_payments_are_worth_their_sum():
    assert not faults(case("annuity_pv", {"payments": [1, 2, 3], "rate": 0}, {"pv": 6}))


def test_a_payment_to_a_customer_needs_no_invoice_and_may_buy_nothing():
    inputs = {"contract_price": 30, "payment": 5, "fair_value_distinct_good": None}
    assert not faults(case("asc606", inputs, {"reduction": 5, "revenue": []}))


@pytest.mark.parametrize("many", [("liq_pref",), ("pref_shares",), ("liq_pref", "pref_shares")])
def test_rounds_that_share_a_term_are_told_one_by_one(root, many):
    """One round cut in halves is worth the same, a half each, whichever term is said twice."""
    every = [each for each in cases(root) if each["kind"] == "opm"]
    whole = next(each for each in every if each["inputs"]["liq_pref"] == 20)
    halves = {name: whole["inputs"][name] / 2 for name in ("liq_pref", "pref_shares")}
    inputs = {**whole["inputs"], **halves} | {name: [halves[name]] * 2 for name in many}
    expected = whole["expected"]
    split = {name: [expected[name] / 2] * 2 for name in ["preferred"]}
    split |= {"preferred_per_share": [expected["preferred_per_share"]] * 2}
    told = {**whole, "inputs": inputs, "expected": {**expected, **split}}
    assert not faults(told)
    last = {**told, "expected": {"preferred": [split["preferred"][0], spoilt(1.0)]}}
    assert faults(last)


def test_null_within_a_list_is_a_round_without_the_term(root):
    plain = next(each for each in cases(root) if each["id"] == "gs_baseline")
    names = ("liq_multiple", "seniority", "ratchet", "acv_threshold")
    nulls = {name: [None, None] for name in names}
    assert not faults({**plain, "inputs": {**plain["inputs"], **nulls}})


@pytest.mark.parametrize(
    "content", ['["x"]', '[{"kind": ["opm"]}]', '[{"kind": "opm", "id": "x"}]']
)
def test_what_has_not_the_form_of_a_case_is_named(tmp_path, content, capsys):
    (tmp_path / "cases.json").write_text(content)
    assert main(tmp_path / "cases.json") == 2
    assert "nothing was compared" in capsys.readouterr().out


@pytest.mark.parametrize("expected", [None, "much", [[1], [1, 2]]])
def test_an_expected_value_that_is_no_number_is_not_met(expected):
    assert faults(case("annuity_pv", {"payments": [1], "rate": 0.1}, {"pv": expected}))
