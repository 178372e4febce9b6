"""A lens: the same document for one audience, in its order and at its length.

A lens chooses among the blocks of a document and adds nothing but its own headings and reasons, so
it cannot show another number than the whole does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from briefing.inputs.audiences import Audience, load_audience
from briefing.inputs.files import BadInput, did_you_mean, project_root
from briefing.render.document import (
    CHANGES,
    ELSEWHERE,
    Block,
    Document,
    ExhibitBlock,
    Heading,
    Prose,
    parse_markdown,
    slug,
    unique_anchors,
)

FRONT = "E00"
"""The exhibit that every audience gets first, after the key figures.

What changed since the build before follows it, where there is one.
"""


def params() -> Path:
    """The folder that holds the audiences."""
    return project_root() / "params"


def refuse_unknown_exhibits(name: str) -> None:
    """Raise BadInput where the audience `name` is none, or asks for exhibits that are none."""
    from briefing.case import exhibit_ids

    audience, known = load_audience(name, params()), exhibit_ids()
    faults = [
        f"{params() / 'audiences' / name}.yaml: sections.{at}.exhibits: no exhibit {each!r}"
        f"{did_you_mean(each, known)}; nothing was built"
        for at, section in enumerate(audience.sections)
        for each in section.exhibits
        if each not in known
    ]
    if faults:
        raise BadInput(faults)


def seen_by(whole: Document, audience: Audience) -> Document:
    """The document as `audience` reads it; raises ValueError when it lacks an exhibit."""
    exhibits = [block for block in whole.blocks if isinstance(block, ExhibitBlock)]
    said = [block for block in whole.blocks if isinstance(block, Prose)]
    by_id: dict[str, ExhibitBlock | Prose] = {b.id: b for b in (*said, *exhibits) if b.id}
    wanted = [each for section in audience.sections for each in section.exhibits]
    missing = [each for each in dict.fromkeys([FRONT, *wanted]) if each not in by_id]
    if missing:
        raise ValueError(
            f"audience {audience.title!r} asks for {', '.join(missing)}, which this briefing does "
            "not have; no document was made for it"
        )
    tiles = [block for block in exhibits if block.kind == "tiles"]
    changed = [by_id[CHANGES]] if CHANGES in by_id else []
    front = [block for block in (*tiles, by_id[FRONT], *changed) if block.id not in wanted]
    return Document(
        metadata=replace(whole.metadata, subtitle=audience.question, audience=audience.title),
        blocks=tuple(unique_anchors((*front, *_sections(audience, by_id)))),
        notes=(),
        occurrences=(),
    )


def _sections(audience: Audience, by_id: Mapping[str, ExhibitBlock | Prose]) -> Iterator[Block]:
    for section in audience.sections:
        yield Heading(1, section.heading, slug(section.heading))
        yield Prose(parse_markdown(section.why))
        for each in section.exhibits:
            yield by_id[each]
    yield Prose(parse_markdown(ELSEWHERE))
