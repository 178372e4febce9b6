"""What our nbconvert exporters have in common."""

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode


class ReadingExporter(Exporter):
    """An exporter that reads a notebook and never changes it.

    nbconvert copies each notebook twice for the preprocessors that could change it, which takes
    longer than all of our rendering; where none is enabled, nothing is copied.
    """

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook as the enabled preprocessors leave it, or itself where there are none."""
        if any(each.enabled for each in self._preprocessors):
            return super().from_notebook_node(nb, resources, **kw)
        return nb, self._init_resources(resources)
