"""What the pointer is told at a mark: names of readers for fields of frames, and round numbers."""

from collections.abc import Mapping
from typing import Any

NAMES = {
    "name": "What", "label": "Value", "text": "Result", "basis": "Rests on",
    "what": "What", "day": "On", "usd_bn": "$bn", "usd_bn_a_year": "$bn a year",
    "point": "Middle", "end": "At", "rung_name": "Rung", "rung": "Rung", "row": "What",
}  # fmt: skip
"""Fields whose own names say too little; others are their own, and x and y those of the axes."""

NUMBERS = ",.3~r"


def named(spec: Any) -> Any:
    """The specification with a name for each field of its tooltips that has none."""
    if isinstance(spec, list):
        return [named(each) for each in spec]
    if not isinstance(spec, dict):
        return spec
    told = {
        key: part if key in ("datasets", "encoding", "config") else named(part)
        for key, part in spec.items()
    }
    encoding = spec.get("encoding", {})
    if isinstance(encoding.get("tooltip"), list):
        fields = [_named(field, encoding) for field in encoding["tooltip"]]
        told["encoding"] = {**encoding, "tooltip": fields}
    return told


def _named(field: Mapping[str, Any], encoding: Mapping[str, Any]) -> Mapping[str, Any]:
    name = field.get("field", "")
    own = {} if "title" in field else {"title": _title(name, encoding)}
    if encoding.get("x", {}).get("field") == name and encoding["x"].get("type") == "temporal":
        own |= {"type": "temporal", "timeUnit": "utcyearmonthdate"}
    elif field.get("type") == "quantitative" and "format" not in field:
        own["format"] = NUMBERS
    return {**field, **own}


def _title(name: str, encoding: Mapping[str, Any]) -> str:
    if name in ("x", "y"):
        axis = encoding.get(name, {})
        return axis.get("title") or (axis.get("axis") or {}).get("title") or name
    return NAMES.get(name) or name.replace("_", " ").capitalize()
