"""What the scenarios beside a parameter set assume."""

from collections.abc import Mapping

import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import opening, quantity_text, spoken
from briefing.inputs.parameters import ParameterSet

Moves = Mapping[str, Mapping[str, float | str]]
"""By a scenario's title, the values of the assumptions that it states otherwise than the set."""


def scenario_moves(
    parameters: ParameterSet, scenarios: Mapping[str, ParameterSet], replaced: Mapping[str, object]
) -> Moves:
    """What each scenario moves. What is `replaced` is so in all of them, and moved by none."""
    own = parameters.assumptions
    moves = {
        title: {
            name: each.value
            for name, each in scenario.assumptions.items()
            if name not in replaced and each.value != own[name].value
        }
        for title, scenario in scenarios.items()
    }
    return {title: values for title, values in moves.items() if values}


def scenario_assumptions(parameters: ParameterSet, title: str, moves: Moves) -> Exhibit:
    """E13a: which assumptions each scenario of E13 states otherwise than this set, its `title`."""
    moved = [
        name for name in parameters.assumptions if any(name in each for each in moves.values())
    ]

    def row(name: str) -> dict[str, str]:
        here = quantity_text(name, parameters.assumptions[name].value)
        there = {
            scenario: quantity_text(name, values[name]) if name in values else ""
            for scenario, values in moves.items()
        }
        return {"Assumption": opening(spoken(name)), title: here} | there

    columns = ["Assumption", title, *moves]
    frame = pd.DataFrame(map(row, moved), columns=columns, dtype="str")
    several = sum(len(values) > 1 for values in moves.values())
    return Exhibit(
        id="E13a",
        title=f"{several} of {len(moves)} scenarios move more than one assumption, up to "
        f"{max(map(len, moves.values()))}"
        if moves
        else "No scenario beside this set assumes anything else",
        stands_as="Assumptions",
        body=table(frame, numbers=columns[1:], stub="Assumption"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Where nothing stands, the scenario has the value of the first column. What a scenario "
            "does to a figure of E13 is the work of all its moves together, not only of the one "
            "that gave it its name.",
        ),
    )
