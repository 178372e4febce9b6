import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.delivery.ticks.conftest import scheduled

from briefing.delivery.schedules import load_schedule, load_schedules
from briefing.inputs.files import BadInput, project_root

GOOD = {
    "title": "Weekly", "sets": ["latest"], "cron": "0 8 * * MON", "zone": "Europe/London",
    "recipients": ["desk@example.com"],
}  # fmt: skip


@pytest.fixture
def write(tmp_path):
    (tmp_path / "latest.yaml").write_text("title: Latest\n")
    (tmp_path / "delivery").mkdir()
    (tmp_path / "audiences").mkdir()
    (tmp_path / "audiences" / "cfo.yaml").write_text("title: A CFO\n")
    (tmp_path / "delivery" / "mail.yaml").write_text("sender: a@b.example\n")

    def written(file="weekly", **more):
        file = tmp_path / "delivery" / f"{file}.yaml"
        file.write_text(yaml.safe_dump({**GOOD, **more}))
        return tmp_path

    return written


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"cron": "0 8 * *"}, "five fields"),
        ({"cron": "0 25 * * *"}, "no cron expression"),
        ({"cron": "0 0 30 2 *"}, "cron"),
        ({"zone": "Europe/Lundon"}, "Europe/London"),
        ({"sets": ["latets"]}, "no parameter set 'latets'"),
        ({"sets": []}, "sets"),
        ({"recipients": []}, "recipients"),
        ({"recipients": ["desk@example.com\nBcc: all@example.com"]}, "one plain address"),
        ({"recipients": ["desk@example.com", "DESK@example.com"]}, "twice"),
        ({"recipients": ["Desk <desk@example.com>"]}, "one plain address"),
        ({"recipients": ["desk@example"]}, "its domain 'example' has no dot"),
        ({"when": "trigger"}, "triggers"),
        ({"when": "trigger", "triggers": {"a": {"figure": "x"}}}, "above"),
        (
            {"when": "trigger", "triggers": {"a": {"figure": "equity_value", "above": 1}}},
            "triggers.a.figure: no headline figure 'equity_value'; did you mean 'equity_value_usd'",
        ),
        (
            {"when": "trigger", "triggers": {"a": {"figure": "x", "above": float("nan")}}},
            "finite number",
        ),
        ({"when": "trigger", "triggers": {"a": {"above": 1}}}, "`figure` and `signal`"),
        ({"when": "trigger", "triggers": {"a": {"signal": "any", "above": 1}}}, "no level"),
        ({"formats": ["html", "pdf"]}, "eml"),
        ({"formats": ["eml"]}, "attach_pdf"),
        ({"missed": "some"}, "missed"),
        ({"audience": "cf0"}, "audience: no audience 'cf0'; did you mean 'cfo'?"),
        ({"recipient": "desk@example.com"}, "recipient"),
        ({"name": "other"}, "no such field"),
    ],
)
def test_a_fault_is_told_with_its_file_and_what_follows(write, fault, told):
    params = write(**fault)
    with pytest.raises(BadInput) as error:
        load_schedule("weekly", params)
    assert told in "\n".join(error.value.messages)
    for message in error.value.messages:
        assert message.startswith(f"{params / 'delivery' / 'weekly.yaml'}: ")
        assert message.endswith("nothing of this schedule is built or sent")


def test_a_signal_that_is_not_watched_is_told_with_its_entry_and_what_was_meant(project):
    file = project / "params" / "delivery" / "seen.yaml"
    triggers = {"ships": {"signal": "rubin_shipps"}, "all": {"signal": "any"}}
    file.write_text(yaml.safe_dump({**GOOD, "when": "trigger", "triggers": triggers}))
    with pytest.raises(BadInput) as error:
        load_schedule("seen", project / "params")
    assert error.value.messages == (
        f"{file}: triggers.ships.signal: no signal 'rubin_shipps' in {project / 'params/watch'}; "
        "did you mean 'rubin_ships'?; nothing of this schedule is built or sent",
    )
    file.write_text(file.read_text().replace("rubin_shipps", "rubin_ships"))
    assert load_schedule("seen", project / "params").watched == {"rubin_ships", "any"}


def test_one_that_cannot_be_read_hides_no_other(write):
    write("daily", cron="soon")
    good, bad = load_schedules(write())
    assert list(good) == ["weekly"]
    assert list(bad) == ["daily"]


def test_what_is_shipped_can_be_read_and_is_off():
    good, bad = load_schedules(project_root() / "params")
    assert bad == {}
    assert not any(each.enabled for each in good.values())


def test_a_lens_is_built_and_travels_with_the_mail():
    schedule = scheduled(audience="cfo")
    assert schedule.endings == ("html", "pdf", "eml", "cfo.html", "cfo.pdf")
    assert schedule.attached == "briefing.cfo.pdf"
    assert scheduled(attach_pdf=False).attached == ""


def test_the_units_for_systemd_are_sound(tmp_path):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    units = []
    for unit in (Path(__file__).parents[3] / "templates" / "systemd").iterdir():
        text = unit.read_text().replace("/srv/briefing", str(tmp_path))
        units.append(tmp_path / unit.name)
        units[-1].write_text(text)
    program = tmp_path / ".venv" / "bin" / "briefing"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert {each.name for each in units} == {"briefing-tick.service", "briefing-tick.timer"}
    ran = subprocess.run([verify, "verify", *units], capture_output=True, text=True)
    own = [line for line in ran.stderr.splitlines() if "briefing" in line]
    assert (ran.returncode, own) == (0, [])
