"""What the viewers are told: the whole to whoever comes, then points as they appear and the verdict every few seconds.

Two threads: one looks for new numbers and tells them at once; the other runs the rules on what there is, never for more
than a share of the time. The training is another process and knows nothing of either.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..diagnose.diagnosis import Comparison, Diagnosis, RunDiagnosis
from ..diagnose.engine import Options, diagnose
from ..evidence.gathered import Gathered
from ..report.json_value import plain_value
from ..report.page_data import page_data
from ..signal.thin import minmax_index
from ..text.catalogue import Catalogue
from .source import News, Source, ordered

LOOK = 0.2  # seconds between two looks: a point is told well within a second
THINK = 2.0  # seconds between two verdicts, at the least
SHARE = 0.2  # of the time, that thinking may take
AT_ONCE = 600  # points of one series in one message; more are thinned, no extreme left out

Message = dict[str, Any]


@dataclass(slots=True)
class Story:
    """Follows `source`; `tell` is called with every message, in order, from the threads of this."""

    source: Source
    catalogues: Mapping[str, Catalogue]
    lang: str
    options: Options = field(default_factory=Options)
    tell: Callable[[Message], None] = lambda _: None
    mark: Callable[[], str] = lambda: ""  # the id of the last message that was told
    diagnosis: Diagnosis = field(default_factory=lambda: Diagnosis(runs=()))
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _news: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _fault: str = ""

    def start(self) -> None:
        """Look once, so that whoever comes at once sees something, then go on in the background."""
        while self.look() and self.source.behind():
            pass  # a long journal comes in bites
        self.think()
        for work in (self._look, self._think):
            thread = threading.Thread(target=work, name=f"losscompass{work.__name__}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End both threads."""
        self._stop.set()
        self._news.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def whole(self) -> Message:
        """All there is, as the page needs it. Nothing is told while this is made."""
        with self._lock:
            known = Gathered(runs=tuple(one.run for one in self.diagnosis.runs))
            shown = self._drawn(self.diagnosis, known)
            moved = [run.source + run.name for run in known.runs] != [
                one.run.source + one.run.name for one in shown.runs
            ]
            if moved:  # one run has outgrown another: from here on, all count them so
                self.diagnosis = shown
            page = self._page(shown, lambda _run, _name: True)
            if moved:
                self.tell(page | {"kind": "whole"})
            page["live"]["id"] = self.mark()
            return page

    def look(self) -> bool:
        """Take what is new and tell it; whether there was anything."""
        with self._lock:
            if not self.source.poll():
                return False
            news = self.source.news([one.run for one in self.diagnosis.runs])
            if news is None:
                self.diagnosis = Diagnosis(runs=())  # another log stands there now: told once it is understood
            elif points := self._points(news):
                self.tell({"kind": "points", "runs": points, "live": self._state()})
        self._news.set()
        return True

    def think(self) -> None:
        """Run the rules, and tell what they say."""
        with self._lock:
            gathered = ordered(self.source.gathered())
        verdict = diagnose(gathered, self.options)
        with self._lock:
            before = [(one.run.source, one.run.name, one.run.series) for one in self.diagnosis.runs]
            shown = self._drawn(verdict, gathered)
            now = [(one.run.source, one.run.name) for one in shown.runs]
            self.diagnosis = shown
            if [run[:2] for run in before] == now:
                known = [run[2] for run in before]
                fresh = lambda run, name: name not in known[run] or bool(shown.runs[run].run.series[name].derived)  # noqa: E731
                message = self._page(shown, fresh) | {"kind": "verdict"}
            else:
                message = self._page(shown, lambda _run, _name: True) | {"kind": "whole"}
            self.tell(message)

    def _drawn(self, verdict: Diagnosis, gathered: Gathered) -> Diagnosis:
        """The verdict over curves that hold every extreme."""
        drawn = self.source.drawn(gathered)
        runs = [_over(one, run.series) for one, run in zip(verdict.runs, drawn, strict=True)]
        order = sorted(range(len(runs)), key=lambda k: -runs[k].run.points)  # as the page has them
        return replace(verdict, runs=tuple(runs[k] for k in order), comparison=_reordered(verdict.comparison, order))

    def _page(self, shown: Diagnosis, wanted: Callable[[int, str], bool]) -> Message:
        data = page_data(shown, self.catalogues, self.lang, wanted=wanted)
        counts, place = self.source.counts(), self._growing()
        if counts and place is not None:
            _recount(data["document"]["runs"][place], data["curves"][place]["series"], counts)
        return data | {"live": self._state()}

    def _state(self) -> Message:
        return {"ended": self.source.ended(), "open": self._growing() or 0, "fault": self._fault}

    def _growing(self) -> int | None:
        name = self.source.growing()
        return next((k for k, one in enumerate(self.diagnosis.runs) if one.run.name == name), None)

    def _points(self, news: News) -> Message:
        return {
            str(run): {name: _columns(rows) for name, rows in series.items() if len(rows)}
            for run, series in news.items()
            if any(len(rows) for rows in series.values())
        }

    def _look(self) -> None:
        while not self._stop.wait(LOOK):
            while self._try(self.look) and self.source.behind() and not self._stop.is_set():
                pass

    def _think(self) -> None:
        while not self._stop.is_set():
            self._news.wait()
            self._news.clear()
            if self._stop.is_set():
                return
            began = time.monotonic()
            self._try(self.think)
            took = time.monotonic() - began
            self._stop.wait(max(THINK, took / SHARE) - took)

    def _try(self, work: Callable[[], bool | None]) -> bool:
        """A fault of ours is told, and must not end the watching; otherwise what `work` says."""
        try:
            return bool(work())
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look may go well
            self._fault = f"{type(error).__name__}: {error}"
            self.tell({"kind": "points", "runs": {}, "live": self._state()})
            return False


def _reordered(comparison: Comparison | None, order: list[int]) -> Comparison | None:
    if comparison is None:
        return None
    return replace(comparison, ranked=tuple(order.index(k) for k in comparison.ranked))


def _over(one: RunDiagnosis, series: Mapping[str, Any]) -> RunDiagnosis:
    return replace(one, run=replace(one.run, series=series))


def _recount(run: Message, packed: Message, counts: Mapping[str, int]) -> None:
    """The numbers of points as the log has them, not as they are held."""
    for series in run["series"]:
        count = counts.get(series["raw"])
        if count is None or series["derived"]:
            continue
        run["points"] += count - series["points"]
        series["points"] = count
        if series["name"] in packed:
            packed[series["name"]]["n"] = count


def _columns(rows: np.ndarray) -> list[Any]:
    """Steps, values, epochs and times, and how many points they stand for; columns that say nothing are null."""
    kept = rows[minmax_index(rows[:, 1], AT_ONCE)]
    columns = [
        None if np.isnan(column).all() and place != 1 else plain_value(column) for place, column in enumerate(kept.T)
    ]
    return [*columns, len(rows)]
