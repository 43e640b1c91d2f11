"""How far off a forecast is, and how often its interval holds the end, on other people's logs cut at half.

    python benchmarks/forecast.py            print the table
    python benchmarks/forecast.py --write    and write calibration/forecast.json, which the code must agree with

The curve is the headline of each run (validation if there is one, else training) with 16 finite points or more. What is
forecast is where it ends: the median of its last twentieth, of three points at least. Errors are shares of the curve's
own range (from its 5 % to its 95 % quantile). Every file counts once, however many runs it holds. The interval is checked
leaving whole repositories out: those of one repository with the width that all the others ask for.
"""

import argparse
import csv
import json
import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from losscompass.readers.discover import gather
from losscompass.signal import forecast as module

ROOT = Path(__file__).resolve().parent.parent
LOGS = Path(os.environ.get("LOSSCOMPASS_LOGS", ROOT.parent / "shared" / "logs"))
RECORD = ROOT / "calibration" / "forecast.json"
CUTS = (0.2, 0.35, 0.5, 0.7, 0.85, 0.95)
LEAST = 16
HOLDS = 0.9


@dataclass(frozen=True)
class Curve:
    file: str
    repository: str
    label: str
    step: np.ndarray
    value: np.ndarray

    @property
    def end(self):
        return float(np.median(self.value[-max(3, round(0.05 * self.value.size)) :]))

    @property
    def range(self):
        return max(float(np.subtract(*np.quantile(self.value, [0.95, 0.05]))), 1e-12)


def curves():
    with (LOGS / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for run in gather([LOGS / row["file"]]).runs:
            series = run.curve("val") or run.curve("train")
            if series is not None and len(finite := series.finite()) >= LEAST:
                yield Curve(row["file"], row["source_repo"], row["labels"].split(";")[0], finite.step, finite.value)


def power_law(time, value, end):
    """a + b·t^-c by least squares over the whole curve, c searched on a grid."""
    best, found = np.inf, float(value[-1])
    for power in np.geomspace(0.05, 4.0, 60):
        basis = np.column_stack([np.ones_like(time), time**-power])
        weights, *_ = np.linalg.lstsq(basis, value, rcond=None)
        left = float(((basis @ weights - value) ** 2).sum())
        if left < best:
            best, found = left, float(weights[0] + weights[1] * end**-power)
    return found


@dataclass(frozen=True)
class Trial:
    curve: Curve
    error: float
    error_last: float
    error_power: float
    reach: float  # widths between forecast and end
    width: float  # one width, as a share of the range


def trials(all_curves, cut):
    found = []
    for curve in all_curves:
        size = int(curve.value.size * cut)
        step, value = curve.step[:size], curve.value[:size]
        if size < module.LEAST or curve.step[-1] <= step[-1]:
            continue
        result = module.forecast(step, value, horizon=float(curve.step[-1] - step[-1]))
        if result is None:
            continue
        gaps = np.diff(curve.step)
        time = (curve.step - curve.step[0]) / float(np.median(gaps[gaps > 0])) + 1.0
        middle = float(result.median[-1])
        width = max(float(result.high[-1]) - middle, middle - float(result.low[-1])) / module.REACH
        side = float(result.high[-1]) - middle if curve.end > middle else middle - float(result.low[-1])
        found.append(
            Trial(
                curve,
                abs(middle - curve.end) / curve.range,
                abs(float(value[-1]) - curve.end) / curve.range,
                abs(power_law(time[:size], value, float(time[-1])) - curve.end) / curve.range,
                abs(curve.end - middle) / max(side / module.REACH, 1e-12 * (1.0 + abs(middle))),
                width / curve.range,
            )
        )
    return found


def weights_of(found):
    uses = Counter(trial.curve.file for trial in found)
    return np.array([1.0 / uses[trial.curve.file] for trial in found])


def quantile(values, weights, share):
    """The weighted quantile, one file more than there are counted in at infinity, as conformal prediction asks."""
    order = np.argsort(values)
    held = np.cumsum(weights[order]) / (weights.sum() + 1.0)
    at = int(np.searchsorted(held, share))
    return float(values[order][min(at, order.size - 1)])


def left_out(found):
    """The share of the ends held, each repository's with the reach that the others ask for."""
    weights = weights_of(found)
    reach = np.array([trial.reach for trial in found])
    repositories = np.array([trial.curve.repository for trial in found])
    held = np.zeros(len(found))
    for repository in set(repositories):
        own = repositories == repository
        held[own] = reach[own] <= quantile(reach[~own], weights[~own], HOLDS)
    return held, weights


def row(name, found):
    held, weights = left_out(found)
    inside = np.array([trial.reach <= 1.0000001 * module.REACH for trial in found])
    return describe(name, found, held, inside, weights)


def describe(name, found, held, inside, weights):
    def middle(get):
        return round(float(np.median([get(trial) for trial in found])), 4)

    def mean(get):
        return round(float(np.average([get(trial) for trial in found], weights=weights)), 4)

    return {
        "what": name,
        "curves": len(found),
        "files": len({trial.curve.file for trial in found}),
        "repositories": len({trial.curve.repository for trial in found}),
        "held": round(float(np.average(inside, weights=weights)), 3),
        "held, repositories left out": round(float(np.average(held, weights=weights)), 3),
        "median width": middle(lambda trial: 2 * module.REACH * trial.width),
        "median error": {
            "forecast": middle(lambda trial: trial.error),
            "last value": middle(lambda trial: trial.error_last),
            "power law": middle(lambda trial: trial.error_power),
        },
        "mean error": {
            "forecast": mean(lambda trial: trial.error),
            "last value": mean(lambda trial: trial.error_last),
            "power law": mean(lambda trial: trial.error_power),
        },
    }


def show(rows):
    print(f"{'':28}{'n':>4}  {'held':>6}{'left out':>10}{'width':>8}   {'error: median':>24}   {'mean':>24}")
    print(f"{'':58}{'ours':>10}{'last':>9}{'power':>9}{'ours':>10}{'last':>9}{'power':>9}")
    for one in rows:
        errors = "".join(
            f"{one[kind][method]:>{10 if method == 'forecast' else 9}.3f}"
            for kind in ("median error", "mean error")
            for method in ("forecast", "last value", "power law")
        )
        print(
            f"{one['what']:28}{one['curves']:>4}  {one['held']:>6.1%}{one['held, repositories left out']:>10.1%}"
            f"{one['median width']:>8.2f}{errors}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write calibration/forecast.json")
    arguments = parser.parse_args()
    if not (LOGS / "labels.csv").is_file():
        parser.exit(2, "the labelled logs are not here; say where with LOSSCOMPASS_LOGS\n")
    every = list(curves())
    by_cut = {cut: trials(every, cut) for cut in CUTS}
    half = by_cut[0.5]
    asked = quantile(np.array([trial.reach for trial in half]), weights_of(half), HOLDS)
    reach = round(float(np.ceil(asked * 20.0) / 20.0), 2)  # up, so that one more log does not move it
    overall = [row(f"cut at {cut:.0%}", found) for cut, found in by_cut.items()]
    held, weights = left_out(half)
    inside = np.array([trial.reach <= 1.0000001 * module.REACH for trial in half])
    groups = defaultdict(list)
    for at, trial in enumerate(half):
        groups[trial.curve.label].append(at)
    labelled = [
        describe(label, [half[i] for i in at], held[at], inside[at], weights[at])
        for label, at in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]
    show(overall)
    print("\ncut at half, by the first label:")
    show(labelled)
    print(f"\nreach that holds {HOLDS:.0%} at half: {asked:.3f}; in the code: {module.REACH}")
    if arguments.write:
        record = {
            "measured by": "benchmarks/forecast.py",
            "constants": {"REACH": reach, "GROWTH": module.GROWTH, "LEAST": module.LEAST},
            "by cut": overall,
            "at half, by first label": labelled,
        }
        RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {RECORD.relative_to(ROOT)}")
        if reach != module.REACH:
            print(f"set REACH = {reach} in src/losscompass/signal/forecast.py, then run this again")


if __name__ == "__main__":
    main()
