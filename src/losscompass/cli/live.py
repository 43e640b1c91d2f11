"""What is said while the script runs, and whether it is worth running on."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..report import verdict as say
from ..report.plain import plain
from ..text.catalogue import Catalogue
from . import output

if TYPE_CHECKING:
    from ..diagnose.diagnosis import Found, RunDiagnosis
    from ..diagnose.options import Options

SEVERITIES = ("note", "warning", "critical")


class Live:
    """Looks at the journal of a running script: `look` is called every few seconds."""

    def __init__(self, words: Catalogue, journal: Path, options: "Options", *, tell: bool, stop_on: str | None) -> None:
        """`tell`: whether changes are said; `stop_on`: the severity that, found in two looks one after the other, ends the run."""
        from ..launch.follow import Follower

        self.reason = ""
        self._words = words
        self._options = options
        self._follower = Follower(journal)
        self._tell = tell
        self._stop_on = None if stop_on is None else SEVERITIES.index(stop_on)
        self._said: object = None
        self._grave: frozenset[str] = frozenset()

    def look(self) -> bool:
        """Say what has changed; whether the script should be asked to stop. A fault here costs this look alone."""
        try:
            return self._look()
        except Exception:  # noqa: BLE001 - the script goes on, and the verdict at the end tells of it
            return False

    def _look(self) -> bool:
        from ..diagnose.engine import diagnose_run
        from ..launch.follow import has_trained

        runs = [run for run in self._follower.look() if has_trained(run)]
        if not runs:
            return False
        one = diagnose_run(runs[-1], self._options)
        self._say(one)
        if self._stop_on is None:
            return False
        grave = [found for found in one.found if SEVERITIES.index(str(found.severity)) >= self._stop_on]
        lasting = [found for found in grave if found.id in self._grave]
        self._grave = frozenset(found.id for found in grave)
        self.reason = self._listed(lasting)
        return bool(lasting)

    def _say(self, one: "RunDiagnosis") -> None:
        state = (one.reading.labels, tuple((found.id, found.location) for found in one.found))
        if not self._tell or state == self._said:
            return
        self._said = state
        latest = max((series for series in say.headlines(one.run)), key=lambda series: series.step[-1], default=None)
        where = "" if latest is None else say.place(float(latest.step[-1]), latest.axis, self._words)
        line = self._words.ui(
            "run.update" if one.found else "run.update-calm",
            clock=f"{datetime.now().astimezone():%H:%M:%S}",
            at=where,
            label=say.label(one.reading, self._words),
            found=self._listed(one.found),
        )
        output.show(line + "\n", sys.stderr)

    def _listed(self, found: "list[Found] | tuple[Found, ...]") -> str:
        titles = []
        for one in found:
            title = self._words.title(one.id)
            where = "" if one.location is None else f" ({plain(one.location[0])}:{one.location[1]})"
            titles.append(title + where)
        return self._words.ui("list.semicolon").join(titles)
