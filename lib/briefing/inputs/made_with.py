"""What a case is computed with: the interpreter, the packages, the code and the notebooks."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from briefing.inputs.digests import code_digests

PACKAGES = (
    "briefing", "numpy", "pandas", "scipy", "networkx", "dags", "pydantic", "altair",
    "papermill", "nbconvert", "typst", "vl-convert-python",
)  # fmt: skip
"""Packages that decide a number, or how it is shown."""


@dataclass(frozen=True)
class MadeWith:
    """Versions by package and digests by what was digested; neither machine nor time."""

    python: str
    packages: Mapping[str, str]
    code: Mapping[str, str]
    files: Mapping[str, str]


def made_with(files: Mapping[str, str]) -> MadeWith:
    """What this process computes with, in a project that holds these files."""
    versions = {name: _version(name) for name in PACKAGES}
    return MadeWith(
        python=platform.python_version(),
        packages={name: found for name, found in versions.items() if found},
        code=code_digests(),
        files=files,
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
