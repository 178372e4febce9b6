"""Questions that a briefing answers: those of its front page, and the article's by their ids."""

from collections.abc import Callable, Collection
from typing import Annotated

from pydantic import AfterValidator, Field

from briefing.inputs.files import did_you_mean

FRONT_PAGE = (
    "Is the demand real?",
    "Does Nvidia pay for its own sales?",
    "What if investors stop paying?",
    "What is Anthropic worth?",
    "What do the two investors get?",
    "What can go wrong?",
    "What do we not know?",
)

ARTICLE = (*(f"S{n:03}" for n in range(1, 138)), *(f"X{n:02}" for n in range(1, 13)))


def _one_of(known: Collection[str], where: str) -> Callable[[str], str]:
    def checked(given: str) -> str:
        if given not in known:
            raise ValueError(f"no question {where}{did_you_mean(given, known)}")
        return given

    return checked


FrontPageQuestion = Annotated[
    str,
    AfterValidator(_one_of(FRONT_PAGE, "of the front page")),
    Field(json_schema_extra={"enum": [*FRONT_PAGE]}),
]
ArticleQuestion = Annotated[
    str,
    AfterValidator(_one_of(ARTICLE, "of the article (S001 to S137, X01 to X12)")),
    Field(json_schema_extra={"pattern": r"^(S\d{3}|X\d{2})$"}),
]
