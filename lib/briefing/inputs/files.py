"""Reading YAML safely, and saying what is wrong with it in words a reader can act on."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

# The C loader is as safe as yaml.safe_load and about ten times as fast; not every wheel has it.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def project_root() -> Path:
    """Folder that holds params/, notebooks/ and templates/; BRIEFING_ROOT names another one."""
    named = os.environ.get("BRIEFING_ROOT")
    return Path(named) if named else Path(__file__).resolve().parents[3]


class BadInput(ValueError):
    """Input files are wrong. Holds one message per fault: file, entry, rule, consequence."""

    def __init__(self, messages: Iterable[str]):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


class _UniqueKeyLoader(_SafeLoader):
    """Safe loader that refuses a key given twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is given twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(file: Path) -> Any:
    """Content of `file`; raises BadInput when it cannot be read or is no valid YAML."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)
    except OSError as error:
        raise BadInput([f"{file}: cannot be read ({error.strerror}); nothing was built"]) from None
    except UnicodeDecodeError:
        raise BadInput([f"{file}: must be UTF-8 text; nothing was built"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise BadInput([f"{file}{place}: not valid YAML: {problem}; nothing was built"]) from None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` when something close to `word` is known, else nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def validation_messages(
    file: Path, error: ValidationError, consequence: str, entry: str = ""
) -> list[str]:
    """One line per fault that pydantic found in `file`, or in its `entry`."""
    return [
        f"{file}: {_place(entry, fault['loc'])}: {_rule(fault)}; {consequence}"
        for fault in error.errors()
    ]


def _place(entry: str, location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in (entry, *location) if part not in _TYPE_NAMES) or "file"


_TYPE_NAMES = frozenset({"", "float", "str", "Reference", "date"})
"""Words that pydantic adds to a place to say which type it tried; no reader wrote them."""


def _rule(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "no such field here"
    if fault["type"] == "missing":
        return "is missing"
    given = fault.get("input")
    shown = "" if isinstance(given, dict) else f" (given: {given!r})"
    return fault["msg"].removeprefix("Value error, ").rstrip(".") + shown
