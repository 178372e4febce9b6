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
