"""How often the reading agrees with a person who looked at the same log: `make bench-logs`.

Reads every labelled log in place (LOSSCOMPASS_LOGS, or ../shared/logs beside the checkout) as a user would, with
`losscompass.readers.discover.gather` and the engine, and prints: agreement of the first label by confidence and by label,
whether the figures that the person quotes from the log are among the values that were read, the onset of overfitting, healthy
rows with a finding of warning or above, files that are no logs, time, and every disagreement with our own figures.

The thresholds that were set with these logs in view are judged without them: `calibration/labelled.py` chooses them anew with
each repository left out, and that figure stands beside the plain one.
"""

import argparse
import json
import re
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from calibration.labelled import Row, left_out, logs_folder, main_runs, rows  # noqa: E402

from losscompass.diagnose.diagnosis import RunDiagnosis  # noqa: E402
from losscompass.diagnose.engine import diagnose  # noqa: E402
from losscompass.readers.discover import gather  # noqa: E402

HEALTHY = {"healthy-converged", "still-improving", "val-below-train"}


@dataclass(slots=True)
class Outcome:
    """What losscompass said about it."""

    row: Row
    labels: tuple[str, ...]
    sure: float = 0.0
    onset: float | None = None
    onset_axis: str = ""
    onset_share: float | None = None  # of the run that is over at the onset
    onset_epoch: float | None = None
    span: tuple[float, float] = (0.0, 0.0)
    curve: str = ""
    figures: str = ""
    findings: tuple[str, ...] = ()
    runs: int = 0
    series: int = 0
    quoted: int = 0
    quoted_found: int = 0
    seconds: float = 0.0
    error: str = ""
    alarms: tuple[str, ...] = field(default_factory=tuple)

    @property
    def agrees(self) -> bool:
        return self.labels[:1] == self.row.labels[:1]

    @property
    def among(self) -> bool:
        return self.labels[0] in self.row.labels


def judge(row: Row, folder: Path) -> Outcome:
    """Read one log as a user would."""
    start = time.perf_counter()
    try:
        diagnosis = diagnose(gather([folder / row.file]), strict=True)
    except Exception:  # noqa: BLE001 - a traceback on a real log is a result, and the worst one
        return Outcome(row, ("traceback",), error=traceback.format_exc(), seconds=time.perf_counter() - start)
    seconds = time.perf_counter() - start
    if not diagnosis.runs:
        return Outcome(row, ("not-a-training-log",), sure=1.0, seconds=seconds)
    verdict = diagnosis.runs[0]
    reading = verdict.reading
    wanted = quoted(row.reason)
    values = [s.value for one in diagnosis.runs for s in one.run.series.values()]
    outcome = Outcome(
        row,
        reading.labels,
        sure=reading.confidence,
        onset=reading.onset,
        onset_axis=reading.axis,
        curve=reading.curve or "",
        figures=" ".join(f"{k}={v:.4g}" for k, v in reading.values.items() if isinstance(v, float)),
        findings=tuple(f"{f.id}:{f.severity}" for f in verdict.found),
        alarms=tuple(f.id for f in verdict.found if f.severity != "note"),
        runs=len(diagnosis.runs),
        series=len(verdict.run.series),
        quoted=len(wanted),
        quoted_found=sum(holds(values, figure) for figure in wanted),
        seconds=seconds,
    )
    return _placed(outcome, verdict)


def _placed(outcome: Outcome, verdict: RunDiagnosis) -> Outcome:
    """Add where in the run the onset lies."""
    series = verdict.run.series.get(outcome.curve)
    if series is None or len(series) == 0:
        return outcome
    outcome.span = (float(series.step[0]), float(series.step[-1]))
    if outcome.onset is None:
        return outcome
    at = min(int(np.searchsorted(series.step, outcome.onset)), len(series) - 1)
    outcome.onset_share = at / max(1, len(series) - 1)
    if series.epoch is not None and np.isfinite(series.epoch[at]):
        outcome.onset_epoch = float(series.epoch[at])
    elif series.axis == "epoch":
        outcome.onset_epoch = outcome.onset
    return outcome


def quoted(reason: str) -> list[str]:
    """The figures with at least three digits behind the point that the person quotes: they stand in the log."""
    return re.findall(r"(?<![\w.@+%-])\d+\.\d{3,}(?![\w.%])", reason)


def holds(values: Iterable[np.ndarray], figure: str) -> bool:
    """Whether a series holds the figure, to the digits it is quoted with."""
    digits = len(figure.partition(".")[2])
    wanted = float(figure)
    return any(bool(np.any(np.abs(np.abs(v[np.isfinite(v)]) - wanted) <= 0.6 * 10.0**-digits)) for v in values)


def onset_right(outcome: Outcome) -> bool | None:
    """Whether the onset of overfitting lies within a tenth of the run or two epochs of the labelled one; None if unlabelled."""
    numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", outcome.row.onset)]
    if outcome.row.labels[0] != "overfitting" or not numbers:
        return None
    if outcome.labels[0] != "overfitting" or outcome.onset is None:
        return False
    low, high = min(numbers), max(numbers)
    first, last = outcome.span
    epoch = re.search(r"\bep(och)?s?\b", outcome.row.onset) is not None
    at = outcome.onset_epoch if epoch and outcome.onset_epoch is not None else outcome.onset
    if epoch and outcome.onset_epoch is not None and outcome.onset_axis != "epoch":
        slack = 2.0
        return low - slack - 1 <= at <= high + slack + 1
    slack = max(0.1 * (last - first), 2.0 if epoch else 0.0)
    return low - slack <= at <= high + slack


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """The report, line by line."""
    for title, key in (("confidence", lambda o: o.row.confidence), ("label", lambda o: o.row.labels[0])):
        groups = defaultdict(list)
        for outcome in outcomes:
            groups[key(outcome)].append(outcome)
        yield f"{title:20} {'files':>5} {'first label agrees':>19} {'ours among theirs':>18}"
        for name, group in sorted(groups.items(), key=lambda item: -len(item[1])):
            yield f"{name:20} {len(group):5} {_share(o.agrees for o in group):>19} {_share(o.among for o in group):>18}"
        yield f"{'all':20} {len(outcomes):5} {_share(o.agrees for o in outcomes):>19} {_share(o.among for o in outcomes):>18}"
        yield ""
    nologs = [o for o in outcomes if o.row.labels[0] == "not-a-training-log"]
    logs = [o for o in outcomes if o.row.labels[0] != "not-a-training-log"]
    healthy = [o for o in outcomes if o.row.labels[0] in HEALTHY]
    quoting = [o for o in logs if o.quoted]
    onsets = [right for o in outcomes if (right := onset_right(o)) is not None]
    yield f"no logs, and said so                          {_share(o.agrees for o in nologs)}"
    yield f"logs from which at least one run was read     {_share(o.runs > 0 for o in logs)}"
    yield f"all figures that the labels quote were read   {_share(o.quoted_found == o.quoted for o in quoting)}"
    yield f"onset of overfitting within 10 % or 2 epochs  {_share(onsets)}"
    yield f"healthy rows with a warning or worse          {_share(bool(o.alarms) for o in healthy)}"
    yield f"tracebacks                                    {sum(bool(o.error) for o in outcomes)}"
    yield f"wall time                                     {sum(o.seconds for o in outcomes):.1f} s"


def unseen(outcomes: list[Outcome], judged: dict[Row, str]) -> Iterator[str]:
    """The same agreement with every threshold chosen anew, each repository left out in turn."""
    yield ""
    yield f"{'repository left out':20} {'files':>5} {'first label agrees':>19}"
    labels = {o.row: judged.get(o.row, o.labels[0]) for o in outcomes}
    for name in ("high", "medium", "low"):
        yield f"{name:20} {sum(row.confidence == name for row in labels):5} {_share(label == row.labels[0] for row, label in labels.items() if row.confidence == name):>19}"


def disagreements(outcomes: list[Outcome]) -> Iterator[str]:
    """Every row where we say something else, with what we saw."""
    order = {"high": 0, "medium": 1, "low": 2}
    for o in sorted(outcomes, key=lambda o: (order.get(o.row.confidence, 3), o.row.file)):
        notes = []
        if not o.agrees:
            notes.append(f"{';'.join(o.row.labels)} ≠ {';'.join(o.labels)} ({o.sure:.2f})")
        if onset_right(o) is False:
            notes.append(f"onset {o.row.onset} ≠ {o.onset} (epoch {o.onset_epoch}, {o.onset_axis}, of {o.span})")
        if o.row.labels[0] in HEALTHY and o.alarms:
            notes.append(f"healthy, yet {', '.join(o.alarms)}")
        if o.quoted_found < o.quoted:
            notes.append(f"figures read {o.quoted_found}/{o.quoted}")
        if notes:
            yield f"{o.row.confidence:6} {o.row.file}: {'; '.join(notes)}\n       [{o.row.reason}]\n       {o.curve} {o.figures} runs={o.runs}"
        if o.error:
            yield "       " + o.error.strip().splitlines()[-1]


def _share(flags: Iterable[bool]) -> str:
    flags = list(flags)
    return f"{sum(flags)}/{len(flags)} = {sum(flags) / len(flags):.0%}" if flags else "–"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the outcomes as JSON")
    parser.add_argument(
        "--plain", action="store_true", help="do not choose thresholds anew with each repository left out"
    )
    parser.add_argument("--only", default="", help="only files whose name contains this")
    chosen = parser.parse_args()
    folder = logs_folder()
    if folder is None:
        print(
            "The labelled logs are not here: set LOSSCOMPASS_LOGS to the folder that holds labels.csv.", file=sys.stderr
        )
        return 2
    chosen_rows = [row for row in rows(folder) if chosen.only in row.file]
    outcomes = [judge(row, folder) for row in chosen_rows]
    if chosen.json:
        print(json.dumps([asdict(o) | {"agrees": o.agrees, "onset_right": onset_right(o)} for o in outcomes], indent=1))
        return 0
    print(*table(outcomes), sep="\n")
    if not chosen.plain:
        print(*unseen(outcomes, dict(left_out(main_runs(folder, chosen_rows)))), sep="\n")
    print("", *disagreements(outcomes), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
