"""The colours of exhibits and documents; whoever only names them loads nothing that draws."""

INK = "#1b2733"
MUTED = "#5b6875"
RULE = "#d5dbe1"
PALE = "#f2f5f9"

BLUE = "#2e57a4"
ORANGE = "#b94e1a"
PURPLE = "#7c5898"
GREEN = "#1f7a63"
GREY = "#7d8894"
RED = "#a8322a"


def still(colour: str) -> str:
    """The same to the eye, and no colour of the palette: pages turn only those with the light.

    For shades between two colours, which cannot turn, and for what is written on them.
    """
    return f"#{int(colour[1:], 16) ^ 1:06x}"


STILL_INK, STILL_WHITE = still(INK), still("#ffffff")
