"""Scenarios side by side say what each of them assumes."""

from pathlib import Path

import pytest
import yaml

from briefing import Case
from briefing.exhibits.words import opening, quantity_text, spoken

PARAMS = Path(__file__).parents[2] / "params"


def stated(name):
    """Assumptions that the file of a scenario states, with their values."""
    content = yaml.safe_load((PARAMS / f"{name}.yaml").read_text("utf-8"))
    return content["title"], {key: each["value"] for key, each in content["assumptions"].items()}


@pytest.mark.parametrize("scenario", ["bear", "bull", "funding_stops", "slow_buildout"])
def test_a_scenario_shows_exactly_what_its_file_states(scenario):
    frame = Case("latest").scenario_assumptions.data.set_index("Assumption")
    title, values = stated(scenario)
    shown = {name: text for name, text in frame[title].items() if text}
    assert shown == {
        opening(spoken(name)): quantity_text(name, value) for name, value in values.items()
    }


def test_what_moves_more_than_one_assumption_is_counted():
    names = ["bear", "bull", "funding_stops", "slow_buildout"]
    moves = [len(stated(name)[1]) for name in names]
    several = sum(count > 1 for count in moves)
    assert Case("latest").scenario_assumptions.title == (
        f"{several} of {len(names)} scenarios move more than one assumption, up to {max(moves)}"
    )


def test_what_a_what_if_replaces_is_replaced_in_every_scenario_and_moved_by_none():
    moved = Case("latest").what_if(azure_ramp_years=1.0)
    assert "Azure ramp" in Case("latest").scenario_assumptions.data["Assumption"].tolist()
    assert "Azure ramp" not in moved.scenario_assumptions.data["Assumption"].tolist()
    late = moved.value("azure_ramp_years_by_scenario")["Power arrives late"]
    assert late.item() == 1.0


def test_the_first_column_is_called_as_beside_it():
    case = Case("latest")
    assert case.scenario_assumptions.data.columns[1] in case.scenario_table.data.columns
