"""What starts late: a package that takes seconds to import, and whose answers nobody waits for.

JupyterLab brings `rfc3987-syntax` along, which builds some forty parsers while it is imported.
jsonschema takes one function from it, to check addresses in all alphabets, and Altair and nbformat
import jsonschema. So the package is found as ever, but its code runs when that function is called.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

SLOW, TAKEN = "rfc3987_syntax", "is_valid_syntax"
"""The package, and the name that jsonschema takes from it."""


def start_late() -> None:
    """From now on the slow package waits to be used, if it is installed and has not run yet."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


class _Finder:
    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == SLOW else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Waiting(spec.loader.name, spec.loader.path)
        return spec


class _Waiting(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        from threading import RLock

        names, run, one_at_a_time = vars(module), super().exec_module, RLock()

        def used(name: str) -> Any:
            if name.startswith("__") and name != "__all__":
                # Some ask every module for such names, only to look around.
                raise AttributeError(f"module {SLOW!r} has no attribute {name!r}")
            with one_at_a_time:
                if names.get(TAKEN) is taken:
                    del names[TAKEN], names["__getattr__"]
                    run(module)
            return getattr(module, name)

        def taken(*arguments: Any, **more: Any) -> Any:
            return used(TAKEN)(*arguments, **more)

        names |= {TAKEN: taken, "__getattr__": used}
