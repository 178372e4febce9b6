"""What was computed before a fork is found after it, by those who ask the same."""

from datetime import date

import numpy as np
import pytest

from briefing import kept
from briefing.case import Case
from briefing.kept import answer, forget, keeping, leaf


@pytest.fixture(autouse=True)
def nothing_kept():
    forget()
    yield
    forget()


@pytest.fixture
def counted():
    """A formula, and how often it was computed."""

    def formula(usd):
        counted.calls += 1
        return usd * 2

    counted = formula
    counted.calls = 0
    return formula


def test_equal_leaves_are_one_object_and_those_of_other_signs_or_kinds_are_not():
    assert leaf(0.5) is leaf(0.5)
    assert len({id(leaf(each)) for each in (0.0, -0.0, 0, "0.0", False)}) == 5
    assert np.signbit(leaf(-0.0)).all()


def test_a_kept_answer_is_found_for_the_same_objects_and_no_others(counted):
    one, equal = np.ones((100, 1)), np.ones((100, 1))
    with keeping():
        first = answer("double", counted, {"usd": one})
    assert answer("double", counted, {"usd": one}) is first
    assert counted.calls == 1
    assert answer("double", counted, {"usd": equal}) is not first
    assert answer("twice", counted, {"usd": one}) is not first
    assert counted.calls == 3


@pytest.mark.parametrize(
    ("given", "same", "others"),
    [
        (
            np.array([[0.0, 1.0]]),
            np.array([[0.0, 1.0]]),
            [np.array([0.0, 1.0]), np.array([[-0.0, 1.0]]), np.array([[0, 1]]), (0.0, 1.0)],
        ),
        (("a", 1.0, None), ("a", 1.0, None), [("a", 1, None), ("a", "1.0", None), ["a", 1.0]]),
        (date(2026, 1, 1), date(2026, 1, 1), [date(2026, 1, 2), "2026-01-01"]),
    ],
)
def test_the_same_few_numbers_and_words_are_known_by_what_they_are(given, same, others):
    with keeping():
        answer("text", repr_of, {"of": given})
    assert answer("text", never, {"of": same}) == repr(given)
    for other in others:
        with pytest.raises(AssertionError):
            answer("text", never, {"of": other})


def repr_of(of):
    return repr(of)


def never(of):
    raise AssertionError(f"{of} is another")


def test_nothing_is_kept_unless_asked(counted):
    for _ in range(2):
        answer("double", counted, {"usd": leaf(1.0)})
    assert counted.calls == 2
    assert not kept._kept


def test_an_answer_that_others_could_change_is_not_kept():
    with keeping():
        answer("list", lambda usd: [usd], {"usd": leaf(1.0)})
        answer("words", lambda usd: {"a": (usd, "b", None)}, {"usd": leaf(1.0)})
    assert [key[0] for key in kept._kept[0]] == ["words"]


def test_of_what_was_kept_apart_the_newest_parts_stay_and_what_is_asked_again(counted):
    first, second = leaf(1.0), leaf(2.0)
    with keeping():
        answer("double", counted, {"usd": first})
        answer("double", counted, {"usd": second})
    kept.keep_apart(2)
    with keeping():
        answer("double", counted, {"usd": first})
    kept.keep_apart(2)
    assert counted.calls == 2
    answer("double", counted, {"usd": first})
    assert counted.calls == 2
    answer("double", counted, {"usd": second})
    assert counted.calls == 3


def test_no_value_of_a_case_can_be_changed():
    case = Case("deal_day")
    for name in ("azure_term_years", "equity_value_usd", "enterprise_value_usd_draws"):
        with pytest.raises(ValueError, match="read-only"):
            case.value(name)[...] = 0.0
