"""What the doctor finds on a sound machine, and on machines that are spoilt one way at a time."""

import json
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from briefing.runs import doctor, kernels
from briefing.runs.doctor import Finding, examined


def found(name, **asked):
    """The answer of one check alone."""
    return Finding(
        name, *doctor._checks(asked.get("reports", ""), asked.get("scheduler", ""))[name]()
    )


@pytest.fixture
def silent_port():
    """A port of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_nothing_is_broken_where_these_tests_run(tmp_path):
    findings = {each.name: each for each in examined(str(tmp_path / "reports"))}
    assert {name: each.told for name, each in findings.items() if each.level == "broken"} == {}
    assert all(each.level == "good" or each.remedy for each in findings.values())
    assert {"warm kernels", "lane exec", "lane kernel", "lane fresh"} <= findings.keys()
    assert not (tmp_path / "reports").exists()


def test_where_there_is_no_project_it_says_what_is_missing(monkeypatch, tmp_path):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    told = found("project")
    assert told.level == "broken"
    assert told.told == f"{tmp_path} holds no params"
    assert "BRIEFING_ROOT" in told.remedy


def test_libraries_whose_threads_would_hang_forks_are_not_loaded_here():
    program = (
        "import sys\nfrom briefing.runs import doctor\n"
        "doctor._charts(), doctor._pages(), doctor._exporters()\n"
        "print([name for name in ('vl_convert', 'typst') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(monkeypatch):
    def fails():
        raise OSError("no such thing\nand a long story")

    checks = {"first": fails, "second": lambda: ("good", "fine", "")}
    monkeypatch.setattr(doctor, "_checks", lambda *_: checks)
    first, second = examined()
    assert (first.level, first.told) == ("broken", "OSError: no such thing")
    assert second == Finding("second", "good", "fine")


@pytest.mark.parametrize(
    ("pin", "level", "told"),
    [
        ("pandas==0.1 \\\n    --hash=sha256:0\n", "slow", "instead of 0.1"),
        ("no-such-package==1.0 \\\n", "broken", "missing: no-such-package"),
        ("no-such-package==1.0 ; python_version < '3' \\\n", "good", "0 as locked"),
        ("# a comment\n    # via pandas\n", "good", "0 as locked"),
    ],
)
def test_packages_are_compared_with_the_lock(tmp_path, monkeypatch, pin, level, told):
    (tmp_path / "requirements.lock").write_text(pin)
    monkeypatch.setattr(doctor, "LOCK", tmp_path / "requirements.lock")
    finding = found("packages")
    assert finding.level == level
    assert told in finding.told


def test_a_python_that_is_too_old_is_named(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 9, 1))
    finding = found("Python")
    assert finding.level == "broken"
    assert "3.9.1 is not supported" in finding.told


@pytest.mark.parametrize(
    ("installed", "level"), [(None, "good"), ("1.1.0", "slow")], ids=["without", "with"]
)
def test_the_package_that_is_slow_to_import_is_timed(monkeypatch, installed, level):
    monkeypatch.setattr(doctor, "_version", lambda _: installed)
    monkeypatch.setattr(doctor, "_in_child", lambda _: "2.34\n")
    finding = found("start-up")
    assert finding.level == level
    assert ("takes 2.3 s" in finding.told) == (level == "slow")


@pytest.mark.parametrize(("compiled", "told"), [(False, "none for pandas"), (True, "told not to")])
def test_missing_byte_code_costs_time(monkeypatch, compiled, told):
    monkeypatch.setattr(doctor, "_is_compiled", lambda _: compiled)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    finding = found("byte code")
    assert finding.level == "slow"
    assert told in finding.told


@pytest.mark.parametrize("name", ["typeface", "charts", "pages"])
def test_without_its_folder_of_fonts_nothing_can_be_drawn(tmp_path, monkeypatch, name):
    monkeypatch.setattr(doctor, "FONTS", tmp_path / "fonts")
    assert found(name).level == "broken"


def test_where_nothing_can_be_forked_notebooks_only_take_longer(monkeypatch):
    monkeypatch.setattr(kernels, "unsupported", lambda: "not on this machine")
    kernels.let_go()
    try:
        assert found("warm kernels").told.startswith("not on this machine; notebooks run in fresh")
        lane = found("lane exec")
    finally:
        kernels.let_go()
    assert lane.level == "slow"
    assert "but in a fresh kernel" in lane.told


def test_a_template_that_refuses_is_quoted(monkeypatch):
    def refuses():
        raise kernels.NoTemplate("threads are running (other)")

    monkeypatch.setattr(kernels, "_joined", refuses)
    kernels.let_go()
    finding = found("warm kernels")
    kernels.let_go()
    assert finding.level == "slow"
    assert "threads are running (other)" in finding.told


def test_a_lane_without_its_engine_is_broken(monkeypatch):
    monkeypatch.setattr(doctor, "LANES", {"exec": "no-such-engine"})
    assert found("engines").level == "broken"
    checks = {"lane exec": doctor._checks("", "")["lane exec"]}
    monkeypatch.setattr(doctor, "_checks", lambda *_: checks)
    (lane,) = examined()
    assert lane.level == "broken"
    assert "no-such-engine" in lane.told


def test_a_kernel_that_is_not_installed_is_missed(tmp_path, monkeypatch):
    monkeypatch.setattr("jupyter_core.paths.ENV_JUPYTER_PATH", [str(tmp_path)])
    assert found("kernel menu").level == "slow"


def test_temporary_files_that_cannot_be_written_are_a_finding(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.tempfile, "tempdir", str(tmp_path / "gone"))
    monkeypatch.setattr(doctor, "_checks", lambda *_: {"here": doctor._temporary_files})
    (finding,) = examined()
    assert finding.level == "broken"


def test_reports_cannot_go_where_a_file_stands(tmp_path):
    (tmp_path / "taken").write_text("")
    finding = found("reports", reports=str(tmp_path / "taken" / "reports"))
    assert finding.level == "broken"
    assert "cannot be written" in finding.told


def test_an_address_that_nobody_can_open_is_a_finding():
    finding = found("reports", reports="nothing://there")
    assert finding.level == "broken"


def test_a_full_disk_is_said_before_a_build_finds_out(tmp_path, monkeypatch):
    full = doctor.shutil._ntuple_diskusage(10**12, 10**12 - 5_000, 5_000)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: full)
    finding = found("reports", reports=str(tmp_path))
    assert finding.level == "slow"
    assert "which is little" in finding.told


def test_a_clock_that_has_been_reset_is_broken(monkeypatch):
    class Reset(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(1970, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(doctor, "datetime", Reset)
    assert found("clock").level == "broken"


def test_a_scheduler_that_does_not_answer_is_broken(silent_port):
    finding = found("scheduler", scheduler=f"tcp://127.0.0.1:{silent_port}")
    assert finding.level == "broken"
    assert "cannot be reached (Connection refused)" in finding.told


def test_a_scheduler_is_of_no_use_without_the_extra(monkeypatch):
    monkeypatch.setattr(doctor, "_version", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as server:
        finding = found("scheduler", scheduler=f"127.0.0.1:{server.getsockname()[1]}")
    assert finding.level == "broken"
    assert "the extra `cluster` is not installed" in finding.told


def test_versions_are_compared_with_those_of_scheduler_and_workers():
    distributed = pytest.importorskip("distributed")
    options = {
        "processes": False,
        "dashboard_address": None,
        "protocol": "tcp",
        "host": "127.0.0.1",
    }
    with distributed.LocalCluster(n_workers=1, **options) as cluster:
        finding = found("scheduler", scheduler=cluster.scheduler_address)
    assert finding.level == "good"
    assert "1 worker, same versions" in finding.told


def test_a_worker_of_another_version_is_named(monkeypatch):
    here = {"distributed": "2", "python": "3"}
    told = {"this machine": here, "the scheduler": here, "worker a": here | {"distributed": "1"}}
    monkeypatch.setattr(doctor, "_in_child", lambda *_: json.dumps(told))
    monkeypatch.setattr(doctor, "_version", lambda _: "2")
    with socket.create_server(("127.0.0.1", 0)) as server:
        finding = found("scheduler", scheduler=f"127.0.0.1:{server.getsockname()[1]}")
    assert (finding.level, finding.told) == ("slow", "worker a has distributed 1 instead of 2")
