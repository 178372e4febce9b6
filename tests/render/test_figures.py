import io
import subprocess
import sys
from pathlib import Path

import fastparquet
import nbformat
import pytest
from nbformat.v4 import new_notebook

from briefing.render.figures import BriefingFiguresExporter


def export(notebook):
    return BriefingFiguresExporter().from_notebook_node(notebook)[0]


def table(written):
    return fastparquet.ParquetFile(io.BytesIO(written)).to_pandas()


@pytest.fixture(scope="module")
def registered(deal_day, shown):
    return new_notebook(cells=[shown(deal_day.figure_register)])


def test_the_table_holds_the_register(registered, deal_day):
    read, register = table(export(registered)), deal_day.figure_register.data
    assert list(read["id"]) == list(register["id"])
    assert list(read["shown"]) == list(register["shown"])
    assert list(read["sources"]) == list(register["sources"])
    assert list(read["headline"]) == list(register["headline"])
    shares = read.set_index("id").loc["self_funded_revenue_share"]
    assert shares["value"] == pytest.approx(deal_day.self_funded_revenue_share, abs=1e-9)
    assert shares["low"] < shares["median"] < shares["high"]


def test_without_a_register_there_are_columns_and_no_rows(notebook):
    assert {"id", "value", "low", "high", "unit", "grade", "sources"} <= set(
        table(export(notebook))
    )
    assert len(table(export(notebook))) == 0


def test_equal_notebooks_give_equal_bytes(registered):
    assert export(registered) == export(registered)


def test_the_stock_command_makes_the_table(registered, tmp_path):
    file = tmp_path / "out.ipynb"
    nbformat.write(registered, file)
    jupyter = Path(sys.executable).parent / "jupyter"
    command = [jupyter, "nbconvert", "--to", "briefing-figures", file]
    subprocess.run(command, check=True, capture_output=True)
    assert file.with_suffix(".parquet").read_bytes() == export(registered)
