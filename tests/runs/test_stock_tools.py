"""The ecosystem's own commands, unmodified, on the notebooks that ship."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from briefing.case import Case
from briefing.exhibits.exhibit import CHART_MIME, EXHIBIT_MIME
from briefing.runs.documents import FORMATS

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def executed(tmp_path_factory, root, environment):
    """One notebook, run by the stock papermill command from another folder."""
    target = tmp_path_factory.mktemp("stock") / "out.ipynb"
    source = root / "notebooks" / "03_valuation.ipynb"
    subprocess.run(
        [
            BIN / "papermill", source, target, "-p", "parameter_set", "slow_buildout",
            "-y", "overrides: {azure_term_years: 3}",
        ],
        check=True, capture_output=True, env=environment, cwd=target.parent,
    )  # fmt: skip
    return target


def outputs(notebook):
    return [out.data for cell in notebook.cells for out in cell.get("outputs", []) if "data" in out]


def test_stock_papermill_takes_both_parameters(executed):
    texts = [data.get("text/plain", "") for data in outputs(nbformat.read(executed, as_version=4))]
    assert any("slow_buildout" in text and "azure_term_years=3" in text for text in texts)


def test_an_executed_notebook_shows_charts_that_jupyterlab_draws(executed):
    bundles = outputs(nbformat.read(executed, as_version=4))
    charts = [data for data in bundles if data.get(EXHIBIT_MIME, {}).get("kind") == "chart"]
    assert charts
    assert all(data[CHART_MIME]["title"]["text"][0].startswith("Exhibit E") for data in charts)


@pytest.mark.parametrize("ending", FORMATS)
def test_stock_nbconvert_renders_it(executed, environment, ending):
    subprocess.run(
        [BIN / "jupyter", "nbconvert", "--to", FORMATS[ending], executed],
        check=True, capture_output=True, env=environment,
    )  # fmt: skip
    rendered = executed.with_suffix(f".{ending}")
    assert rendered.stat().st_size > (1_000 if ending == "parquet" else 10_000)


def test_a_misspelt_override_fails_the_stock_run_too(tmp_path, root, environment):
    source = root / "notebooks" / "03_valuation.ipynb"
    run = subprocess.run(
        [BIN / "papermill", source, tmp_path / "x.ipynb", "-y", "overrides: {azure_term_yeers: 3}"],
        check=False, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert run.returncode != 0
    assert "did you mean 'azure_term_years'?" in run.stderr


@pytest.mark.parametrize(
    "command",
    [
        [BIN / "papermill", "00_start_here.ipynb", "out.ipynb"],
        [BIN / "jupyter", "nbconvert", "--execute", "--to", "briefing-html", "00_start_here.ipynb"],
    ],
    ids=["papermill", "nbconvert"],
)
def test_the_first_notebook_runs_as_it_is_and_again_and_leaves_a_scenario(
    project, environment, command
):
    run = {"check": True, "capture_output": True, "cwd": project / "notebooks"}
    for _ in range(2):
        subprocess.run(command, env={**environment, "BRIEFING_ROOT": str(project)}, **run)
    assert Case("my_scenario").azure_term_years == 3
