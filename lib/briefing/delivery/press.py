"""The press: builds briefings as `briefing build` does, and says what readers would get."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefing.delivery.schedules import Schedule
from briefing.delivery.tick import BuildFailed, Built
from briefing.runs.places import Folder

if TYPE_CHECKING:
    from briefing.delivery.conditions import News

READ = (".html", ".pdf", ".eml")
"""Endings of what readers get; when these are the same, so is the mail."""


@dataclass(frozen=True)
class HousePress:
    """Briefings of this project, published in a folder that all ticking hosts share."""

    place: Folder
    gates: Callable[[Path], Sequence[str]]
    """What a build lacks to be read by anybody."""
    scheduler: str = ""

    def build(self, schedule: Schedule, parameter_set: str) -> Built:
        """Build what is stale; the failure of a notebook is told in its own words."""
        from briefing.runs.build import Options, build
        from briefing.runs.plan import default_lane, plan

        lane = default_lane()
        plans = plan([parameter_set], lane)
        options = Options(schedule.endings, lane, scheduler=self.scheduler)
        (outcome,) = build(plans, self.place, options)
        if outcome.failure:
            raise BuildFailed(outcome.failure)
        record = self.place.record(outcome.folder)
        if record is None:
            raise BuildFailed(f"{outcome.folder} cannot be read after it was built")
        return self._built(outcome.folder, record)

    def _built(self, folder: str, record: Mapping[str, Any]) -> Built:
        read = {name: sha for name, sha in record["sha256"].items() if name.endswith(READ)}
        content = hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:32]
        mail = message_from_bytes(self.place.read(f"{folder}/briefing.eml"), policy=SMTP)
        return Built(
            folder, content, str(record["built"]), str(record["as_of"]), str(mail["Subject"] or "")
        )

    def has(self, folder: str) -> bool:
        """Whether it lies here, whole."""
        return bool(folder) and self.place.record(folder) is not None

    def objections(self, folder: str) -> list[str]:
        """What the gates say."""
        return list(self.gates(self.place.path / folder))

    def news(self, schedule: Schedule, before: str, folder: str) -> "News":
        """What the schedule's condition says."""
        from briefing.delivery.conditions import news

        return news(schedule, self.place, before, folder)
