"""Reading YAML safely, and saying what is wrong with it in words a reader can act on."""

import hashlib
import os
import re
import reprlib
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import yaml

if TYPE_CHECKING:  # small commands do without it
    from pydantic import ValidationError

Loader = TypeVar("Loader", bound=Callable[..., Any])

LONG_WORD, MOST_NAMES = 4, 5
"""Letters of a word by which names are found that contain it, and how many are told."""

# The C loader is as safe as yaml.safe_load and about ten times as fast; not every wheel has it.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def project_root() -> Path:
    """Folder that holds params/, notebooks/ and templates/; BRIEFING_ROOT names another one."""
    named = os.environ.get("BRIEFING_ROOT")
    return Path(named) if named else Path(__file__).resolve().parents[3]


MEDIA = ("email", "fonts", "html", "pdf")
"""Folders of templates that documents are made of."""


def templates_folder() -> Path:
    """Folder of what documents look like: the project's own, or that beside this library.

    Raises BadInput where the project has some of its parts and not all.
    """
    own, usual = project_root() / "templates", Path(__file__).resolve().parents[3] / "templates"
    if not own.is_dir():
        return usual
    if missing := [name for name in MEDIA if not (own / name).is_dir()]:
        told = f"{own}: holds no {' and no '.join(missing)}; copy all of {usual}, or have no such"
        raise BadInput([f"{told} folder; nothing was built"])
    return own


class BadInput(ValueError):
    """Input files are wrong. Holds one message per fault: file, entry, rule, consequence."""

    def __init__(self, messages: Iterable[str]):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


class _UniqueKeyLoader(_SafeLoader):
    """Safe loader that refuses a key given twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _problem("a key must be a word", key_node)
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise _problem("a merge (<<) is not read; write out what it would add", key_node)
            if key_node.value in seen:
                raise _problem(f"key {key_node.value!r} is given twice", key_node)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: Any) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:  # such as the thirteenth month
            raise _problem(f"{node.value} is no day", node) from None

    def construct_yaml_int(self, node: Any) -> Any:
        # YAML 1.1 takes 1:30 for ninety and 010 for eight.
        if ":" in node.value or re.match(r"[-+]?0\d", node.value):
            raise _problem(f"{node.value} is no plain number", node)
        return super().construct_yaml_int(node)

    def construct_yaml_float(self, node: Any) -> Any:
        if ":" in node.value:
            raise _problem(f"{node.value} is no plain number", node)
        return super().construct_yaml_float(node)


for _kind in ("timestamp", "int", "float"):
    _UniqueKeyLoader.add_constructor(
        f"tag:yaml.org,2002:{_kind}", getattr(_UniqueKeyLoader, f"construct_yaml_{_kind}")
    )


def _problem(told: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, told, node.start_mark)


_NOT_PRINTED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\u2c00-\U0010ffff]"
)
"""Control and direction characters, and scripts and pictures that the typeface does not hold."""

LARGEST_FILE_BYTES = 5_000_000
LARGEST_CONTENT = 200_000
"""Values that a file may hold once its aliases are unfolded."""

DEEPEST = 100
"""Lists and mappings inside each other. Some thousand would end the process, not the call."""


MOST_REMEMBERED = 256


def remembered_by_content(files: Callable[..., Iterable[Path]]) -> Callable[[Loader], Loader]:
    """Make a loader keep its results for as long as the files that it reads hold the same bytes.

    `files` names them, given the loader's arguments. Results must be such as nobody changes.
    """

    def remembering(load: Loader) -> Loader:
        kept: dict[Any, Any] = {}

        @wraps(load)
        def loaded(*arguments: Any) -> Any:
            key = arguments, _contents(files(*arguments))
            if key not in kept:
                found = load(*arguments)
                if _contents(files(*arguments)) != key[1]:
                    return found  # somebody was writing meanwhile
                if len(kept) >= MOST_REMEMBERED:
                    kept.pop(next(iter(kept)))
                kept[key] = found
            return kept[key]

        return loaded  # pyright: ignore[reportReturnType]

    return remembering


def _contents(files: Iterable[Path]) -> tuple[tuple[str, bytes], ...]:
    found = []
    for file in filter(Path.is_file, sorted(files)):
        with suppress(OSError):  # the loader will say what is wrong with it
            found.append((str(file), hashlib.sha256(file.read_bytes()).digest()))
    return tuple(found)


def put(target: Path, content: str | bytes) -> None:
    """Write a file that is never seen torn, and is on the disk when this returns."""
    partial = target.with_name(f".{target.name}-{os.getpid()}-{time.monotonic_ns()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def read_yaml(file: Path, is_repeated: bool = True) -> Any:
    """Content of `file`; raises BadInput when it cannot be read or is no valid YAML.

    Messages repeat nothing of a file that may hold a secret.
    """
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_FILE_BYTES:
            raise BadInput([f"{file}: must be a file of at most 5 MB; nothing was built"])
        text = file.read_text(encoding="utf-8")
        if _is_too_deep(text):
            raise BadInput([f"{file}: not valid YAML: nested too deeply; nothing was built"])
        content = yaml.load(text, Loader=_UniqueKeyLoader)
    except OSError as error:
        raise BadInput([f"{file}: cannot be read ({error.strerror}); nothing was built"]) from None
    except UnicodeDecodeError:
        raise BadInput([f"{file}: must be UTF-8 text; nothing was built"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        problem = problem if is_repeated else "write it plainly, as in the example"
        raise BadInput([f"{file}{place}: not valid YAML: {problem}; nothing was built"]) from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadInput):
            raise
        told = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadInput([f"{file}: not valid YAML: {told}; nothing was built"]) from None
    except (LookupError, AttributeError, TypeError):
        told = "a tag (!!…) does not fit its value"
        raise BadInput([f"{file}: not valid YAML: {told}; nothing was built"]) from None
    refuse_unprintable(file, content, is_repeated)
    return content


def _is_too_deep(text: str) -> bool:
    """Whether brackets, marks of lists or lines lie deeper inside each other than any do."""
    depth = 0
    for bracket in re.finditer(r"[\[{\]}]", text):
        depth = max(0, depth + (1 if bracket[0] in "[{" else -1))
        if depth > DEEPEST:
            return True
    in_lines = rf"(?:[-?:]\s+){{{DEEPEST}}}|^ {{{4 * DEEPEST}}}"
    return re.search(in_lines, text, re.MULTILINE) is not None


def yaml_files(folder: Path) -> list[Path]:
    """The files of `folder` that are read; BadInput where one has an ending that would hide it."""
    hidden = sorted(folder.glob("*.yml"))
    if hidden:
        raise BadInput(
            f"{each}: must end in .yaml to be read; nothing was built" for each in hidden
        )
    return sorted(folder.glob("*.yaml"))


def misnamed(folder: Path) -> Iterable[str]:
    """Messages on files of `folder` that look like entries of it and would never be read."""
    for file in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        if not file.is_file():
            yield f"{file}: must be a file; nothing would be read of it"
        elif file.suffix == ".yml":
            yield f"{file}: must end in .yaml to be read; nothing would be read of it"
        elif not re.fullmatch(r"[a-z0-9_]+|mail\.example", file.stem):
            rule = "is named in small letters, digits and underscores"
            yield f"{file}: a file here {rule}; nothing would be read of it"


def iso_day(given: Any) -> Any:
    """A day as YAML or a reader writes it; a number is none, whatever pydantic makes of it."""
    is_day = isinstance(given, date) and not isinstance(given, datetime)
    if is_day or (isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given)):
        return given
    raise ValueError("must be a day such as 2025-11-21")


def source_date_epoch() -> int | None:
    """Seconds since 1970 with which SOURCE_DATE_EPOCH dates all that is built; none without it.

    Raises BadInput for what is no such number. See reproducible-builds.org/specs/source-date-epoch.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return None
    if not re.fullmatch(r"\d{1,11}", given, re.ASCII):
        rule = "must be whole seconds since 1970, such as 1763683200"
        raise BadInput([f"SOURCE_DATE_EPOCH: {given!r} {rule}; nothing was built"])
    return int(given)


def refuse_unprintable(file: Path, content: Any, is_repeated: bool = True) -> None:
    """Raise BadInput at the first text in `content` that no briefing could print."""
    waiting, count = [content], 0
    while waiting:
        value = waiting.pop()
        count += 1
        if count > LARGEST_CONTENT:
            raise BadInput([f"{file}: holds too many values; nothing was built"])
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and (found := _NOT_PRINTED.search(value)):
            shown = reprlib.repr(value) if is_repeated else "a text"
            raise BadInput(
                [
                    f"{file}: {shown}: the character {found.group()!a} cannot be "
                    "printed in a briefing; nothing was built"
                ]
            )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` when something close to `word` is known, or what contains it."""
    names = list(known)
    close = get_close_matches(word, names, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    parts = [part for part in re.split(r"\W+|_", word.lower()) if len(part) >= LONG_WORD]
    within = [name for name in names if parts and all(part in name.lower() for part in parts)]
    return f"; did you mean one of {', '.join(within[:MOST_NAMES])}?" if within else ""


def validation_messages(
    file: Path,
    error: "ValidationError",
    shape: Any,
    consequence: str,
    entry: str = "",
    is_repeated: bool = True,
) -> list[str]:
    """One line per fault that pydantic found in `file`, or in its `entry`, which should be `shape`.

    What was given is repeated, unless it may be a secret.
    """
    return [
        f"{file}: {_place(entry, fault['loc'])}: {_rule(fault, shape)}; {consequence}"
        for fault in error.errors(include_input=is_repeated)
    ]


def _place(entry: str, location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in (entry, *location) if _is_written(part)) or "file"


def _is_written(part: int | str) -> bool:
    """Whether a reader wrote it; pydantic adds which type or rule it tried."""
    return part not in _TYPE_NAMES and "[" not in str(part)


_TYPE_NAMES = frozenset({"", "float", "str", "Reference", "date"})
"""Words that pydantic adds to a place to say which type it tried; no reader wrote them."""


def _rule(fault: Any, shape: Any) -> str:
    if fault["type"] == "extra_forbidden":
        *place, word = fault["loc"]
        return f"no such field here{did_you_mean(str(word), _fields(shape, place))}"
    if fault["type"] == "missing":
        return "is missing"
    if fault["type"] == "literal_error":
        return _none_of(fault)
    given = fault.get("input", {})
    shown = "" if isinstance(given, dict) else f" (given: {reprlib.repr(given)})"
    if fault["type"] == "model_type":
        return f"must be a mapping of {', '.join(_fields(shape, fault['loc']))}{shown}"
    return fault["msg"].removeprefix("Value error, ").rstrip(".") + shown


def _fields(shape: Any, place: Iterable[int | str]) -> list[str]:
    """Fields that an entry at `place` may have, where a file is of the type `shape`."""
    models = _models(shape)
    for part in place:  # that of a list or a mapping names no field, and leads to the same models
        inner = [each[part].annotation for each in models if part in each]
        models = [found for annotation in inner for found in _models(annotation)] or models
    return [name for each in models for name in each]


def _models(annotation: Any) -> list[dict[str, Any]]:
    """The fields of each model that a type is made of."""
    own = getattr(annotation, "model_fields", None)
    parts = (found for part in get_args(annotation) for found in _models(part))
    return list(parts) if own is None else [own]


def _none_of(fault: Any) -> str:
    """A word that is none of a few: which are meant, or the one that was probably meant."""
    given, expected = fault.get("input"), fault["ctx"]["expected"]
    hint = did_you_mean(str(given), re.findall(r"'([^']+)'", expected)) if given else ""
    shown = f" (given: {reprlib.repr(given)})" if "input" in fault else ""
    return f"no such word{shown}{hint}" if hint else f"must be {expected}{shown}"
