"""The labelled logs of other people's runs, where they are there: how a rule, and the reading as a whole, do on them.

Thresholds were set with these logs in view, so the plain agreement flatters. `left_out` chooses each threshold anew, from
half to twice its value, with one repository left out, and judges that repository with what the others chose.
"""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from losscompass.diagnose.diagnosis import NotChecked
from losscompass.diagnose.engine import apply
from losscompass.diagnose.rank import rank
from losscompass.diagnose.reading import read_curves
from losscompass.evidence.run import Run
from losscompass.readers.discover import gather
from losscompass.rules.all import ALL, BY_CATEGORY
from losscompass.rules.base import Finding, Rule

ROOT = Path(__file__).resolve().parents[1]
FACTORS = (0.5, 0.71, 1.0, 1.41, 2.0)
WEIGHT = {"high": 1.0, "medium": 0.5, "low": 0.1}
"""What agreement on a row counts when a threshold is chosen: a doubtful label shall not decide."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled log."""

    file: str
    repository: str
    labels: tuple[str, ...]
    onset: str
    confidence: str
    reason: str


def logs_folder() -> Path | None:
    """Where the labelled logs are, None where they are not."""
    folder = Path(os.environ.get("LOSSCOMPASS_LOGS", ROOT.parent / "shared" / "logs"))
    return folder if (folder / "labels.csv").is_file() else None


def rows(folder: Path) -> list[Row]:
    """The labels."""
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        return [
            Row(r["file"], r["source_repo"], tuple(r["labels"].split(";")), r["onset"], r["confidence"], r["reason"])
            for r in csv.DictReader(file)
        ]


def main_runs(folder: Path, wanted: Iterable[Row]) -> list[tuple[Row, Run]]:
    """Each log with its main run (the one with the most points); logs without a run are left out."""
    found = []
    for row in wanted:
        runs = gather([folder / row.file]).runs
        if runs:
            found.append((row, max(runs, key=lambda run: run.points)))
    return found


def changed(rule: Rule, run: Run, values: Mapping[str, float]) -> tuple[Finding, ...]:
    """What a rule finds with other thresholds; nothing where it cannot look."""
    from dataclasses import replace
    from functools import partial

    outcome = apply(replace(rule, detect=partial(rule.detect, **values)) if values else rule, run, strict=True)
    return () if isinstance(outcome, NotChecked) else outcome  # type: ignore[return-value] - strict: never broken


def firings(rule: Rule, pairs: Sequence[tuple[Row, Run]]) -> tuple[int, int]:
    """(how often it was right, how often it spoke): right if one of its labels is among the log's labels."""
    spoke = [row for row, run in pairs if changed(rule, run, {})]
    return sum(not set(rule.labels).isdisjoint(row.labels) for row in spoke), len(spoke)


def first_label(run: Run, found: Mapping[str, tuple[Finding, ...]]) -> str:
    """The first label of the reading, given every rule's findings."""
    seen = [(rule, finding) for rule in ALL for finding in found.get(rule.id, ())]
    return read_curves(run, rank(run, seen)).labels[0]


def left_out(pairs: Sequence[tuple[Row, Run]]) -> list[tuple[Row, str]]:
    """The first label of each log, judged with thresholds that were chosen without its repository."""
    base = [{rule.id: changed(rule, run, {}) for rule in ALL} for _, run in pairs]
    tunable = [rule for rule in BY_CATEGORY["curve"] if rule.thresholds]
    settings = [
        (rule, name, factor) for rule in tunable for name in rule.thresholds for factor in FACTORS if factor != 1.0
    ]
    plain = [first_label(run, found) == row.labels[0] for (row, run), found in zip(pairs, base, strict=True)]
    agrees: dict[tuple[str, str, float], list[bool]] = {}
    for rule, name, factor in settings:
        value = {name: rule.thresholds[name].value * factor}
        column = []
        for i, (row, run) in enumerate(pairs):
            now = changed(rule, run, value)
            same = bool(now) == bool(base[i][rule.id])
            column.append(plain[i] if same else first_label(run, {**base[i], rule.id: now}) == row.labels[0])
        agrees[rule.id, name, factor] = column
    judged = []
    for repository in sorted({row.repository for row, _ in pairs}):
        others = [i for i, (row, _) in enumerate(pairs) if row.repository != repository]
        weights = [WEIGHT[pairs[i][0].confidence] for i in others]
        chosen: dict[str, dict[str, float]] = {}
        for rule in tunable:
            for name, threshold in rule.thresholds.items():
                columns = {1.0: plain} | {f: agrees[rule.id, name, f] for f in FACTORS if f != 1.0}
                score = {f: sum(w * c[i] for w, i in zip(weights, others, strict=True)) for f, c in columns.items()}
                best = max(FACTORS, key=lambda f: (round(score[f], 9), -abs(f - 1.0)))
                chosen.setdefault(rule.id, {})[name] = threshold.value * best
        for i, (row, run) in enumerate(pairs):
            if row.repository == repository:
                found = base[i] | {rule.id: changed(rule, run, chosen[rule.id]) for rule in tunable}
                judged.append((row, first_label(run, found)))
    return judged
