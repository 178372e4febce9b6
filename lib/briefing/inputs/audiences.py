"""Audiences: which exhibits a reader gets first, in which order, and why they matter to her.

params/audiences/<name>.yaml
title: Investors
question: What is it worth, and what would change our mind?
sections:
  - {heading: What it may be worth, why: A price is what one buyer paid., exhibits: [E08, E13]}
"""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from briefing.inputs.files import BadInput, did_you_mean, read_yaml, validation_messages

CONSEQUENCE = "nothing was built"

EXHIBIT_ID = r"^E\d{2}[a-z]?$"


def _without_figures(text: str) -> str:
    figure = re.search(r"\S*\d\S*", text)
    if figure:
        raise ValueError(f"states the figure {figure[0]!r}; figures come from the graph")
    return text


Words = Annotated[str, Field(min_length=3), AfterValidator(_without_figures)]


class Section(BaseModel):
    """A question of this audience, why it asks, and the exhibits that answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    heading: Words
    why: Words
    exhibits: tuple[Annotated[str, Field(pattern=EXHIBIT_ID)], ...] = Field(min_length=1)


class Audience(BaseModel):
    """Who reads, what she asks first, and the sections in her order."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: Words
    question: Words
    sections: tuple[Section, ...] = Field(min_length=1)


def audience_names(params: Path) -> tuple[str, ...]:
    """Names of all audiences below the folder of parameters."""
    names = (file.stem for file in (params / "audiences").glob("*.yaml"))
    return tuple(sorted(name for name in names if re.fullmatch(r"[a-z0-9_]+", name)))


def load_audience(name: str, params: Path) -> Audience:
    """Read and check the audience `name`."""
    file = params / "audiences" / f"{name}.yaml"
    known = audience_names(params)
    if name not in known:
        hint = did_you_mean(name, known) or f"; there are {', '.join(known) or 'none'}"
        raise BadInput([f"{file.parent}: no audience {name!r}{hint}; {CONSEQUENCE}"])
    content = read_yaml(file)
    if not isinstance(content, dict):
        raise BadInput([f"{file}: must be a mapping with a title and sections; {CONSEQUENCE}"])
    try:
        audience = Audience.model_validate(content)
    except ValidationError as error:
        raise BadInput(validation_messages(file, error, Audience, CONSEQUENCE)) from None
    shown = [each for section in audience.sections for each in section.exhibits]
    twice = sorted({each for each in shown if shown.count(each) > 1})
    if twice:
        raise BadInput(
            f"{file}: sections: exhibit {each} is shown twice; {CONSEQUENCE}" for each in twice
        )
    return audience
