"""What our nbconvert exporters have in common."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from briefing.render.charts import chart_svg
from briefing.render.document import ExhibitBlock, document


@contextmanager
def uncollected() -> Iterator[None]:
    """No look for garbage: a document is made of a hundred thousand parts, and all are in use."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class ReadingExporter(Exporter):
    """An exporter that reads a notebook and never changes it.

    nbconvert copies each notebook twice for the preprocessors that could change it, which takes
    longer than all of our rendering; where none is enabled, nothing is copied.
    """

    def draw(self, notebook: NotebookNode) -> None:
        """Draw a notebook's charts, for all exporters to find them drawn."""
        for block in document(notebook).blocks:
            if isinstance(block, ExhibitBlock):
                for chart in block.charts:
                    chart_svg(chart)

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook as the enabled preprocessors leave it, or itself where there are none."""
        if any(each.enabled for each in self._preprocessors):
            return super().from_notebook_node(nb, resources, **kw)
        return nb, self._init_resources(resources)
