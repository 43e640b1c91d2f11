"""How often each rule speaks on healthy and on ill runs, for a range of each threshold: `make calibrate`.

Writes one record a rule, calibration/<rule>.json: the thresholds in force, what every other value would do, false alarms on
healthy runs by family with an exact 95 % upper bound, recall on ill runs by family, the rate at which a live run would have
been alarmed at any of its prefixes, and the confidence: the share of true findings among all, smoothed by one true and one
false, on the synthetic corpus and, where the labelled logs are there, on them; the mean of both where both are known.
A test asserts that code and records agree.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np

from losscompass.diagnose.diagnosis import Broken, NotChecked
from losscompass.diagnose.engine import apply
from losscompass.evidence.run import Run
from losscompass.rules.all import ALL, CATEGORY
from losscompass.rules.base import Rule

from . import corpus_labels, corpus_starts
from .corpus import Case, cases
from .corpus_datasets import dataset_cases
from .labelled import Row, changed, firings, first_label, logs_folder, main_runs, rows

HERE = Path(__file__).resolve().parent
FACTORS = (0.25, 0.5, 0.71, 1.0, 1.41, 2.0, 4.0)
HEALTHY_SHAPES = frozenset(
    {
        "data set",
        "converged",
        "improving",
        "held-out below",
        "levelled gap",
        "classifier",
        "detector",
        "agent",
        "scheduled",
    }
    | {"shuffled", "fours of a class", "usual start"}
)
OWN_CORPUS = {corpus_labels.RULE: corpus_labels.cases, corpus_starts.RULE: corpus_starts.cases}
"""What rules that read more than curves are measured on beside the curves."""
PREFIXES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def upper_bound(fired: int, n: int, sure: float = 0.95) -> float:
    """Clopper and Pearson (1934): the rate that would give as few firings with a chance of 1 − `sure` only."""
    if n == 0 or fired >= n:
        return 1.0
    low, high = fired / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        logs = [
            math.lgamma(n + 1)
            - math.lgamma(k + 1)
            - math.lgamma(n - k + 1)
            + k * math.log(middle)
            + (n - k) * math.log1p(-middle)
            for k in range(fired + 1)
            if 0 < middle < 1
        ]
        chance = sum(math.exp(x) for x in logs)
        low, high = (middle, high) if chance > 1 - sure else (low, middle)
    return high


def speaks(rule: Rule, run: Run) -> bool | None:
    """Whether the rule finds something; None where it could not look. A rule that breaks stops the sweep."""
    outcome = apply(rule, run, strict=True)
    assert not isinstance(outcome, Broken)
    return None if isinstance(outcome, NotChecked) else bool(outcome)


def record(
    rule: Rule, corpus: Sequence[Case], grid: Sequence[Case], pairs: Sequence[tuple[Row, Run]]
) -> dict[str, object]:
    """Everything that is measured of one rule."""
    outcomes = [(case, speaks(rule, case.run)) for case in corpus]
    checked = [(case, spoke) for case, spoke in outcomes if spoke is not None and rule.id not in case.open]
    healthy = [(case, spoke) for case, spoke in checked if _healthy_for(rule, case)]
    ill = [(case, spoke) for case, spoke in checked if rule.id in case.ill]
    fired = sum(spoke for _, spoke in healthy)
    true, false = sum(spoke for _, spoke in ill), sum(spoke for case, spoke in checked if rule.id not in case.ill)
    labelled = firings(rule, pairs) if pairs and rule.labels else None
    shares = [(true + 1) / (true + false + 2)] if ill else []
    if labelled is not None and labelled[1] >= 3:
        shares.append((labelled[0] + 1) / (labelled[1] + 2))
    return {
        "rule": rule.id,
        "measured": datetime.now(UTC).date().isoformat(),
        "thresholds": {
            name: {"value": t.value, "unit": t.unit, "sweep": list(_sweep(rule, name, grid))}
            for name, t in rule.thresholds.items()
        },
        "healthy": {
            "fired": fired,
            "of": len(healthy),
            "at_most": round(upper_bound(fired, len(healthy)), 4),
            "by_family": _by_family(healthy),
        },
        "ill": {"fired": true, "of": len(ill), "by_family": _by_family(ill)},
        "other_shapes": _by_shape((case, spoke) for case, spoke in checked if rule.id not in case.ill),
        "live": _live(rule, [case for case in grid if _healthy_for(rule, case) and rule.id not in case.open]),
        "labelled": None if labelled is None else {"true": labelled[0], "fired": labelled[1]},
        "confidence": round(sum(shares) / len(shares), 2) if shares else None,
    }


def reading_record(pairs: Sequence[tuple[Row, Run]]) -> dict[str, dict[str, float]]:
    """Of each first label: how often it was said of the labelled logs, how often it was theirs, the smoothed share."""
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for row, run in pairs:
        label = first_label(run, {rule.id: changed(rule, run, {}) for rule in ALL})
        said[label] += 1
        true[label] += label == row.labels[0]
    return {
        label: {"said": said[label], "true": true[label], "confidence": round((true[label] + 1) / (said[label] + 2), 2)}
        for label in sorted(said)
    }


def _healthy_for(rule: Rule, case: Case) -> bool:
    """Whether the run is healthy, and this rule has nothing to say about it."""
    return rule.id not in case.ill and case.shape in HEALTHY_SHAPES


def _sweep(rule: Rule, name: str, grid: Sequence[Case]) -> Iterator[Mapping[str, object]]:
    for factor in FACTORS:
        value = rule.thresholds[name].value * factor
        healthy, ill = [0, 0], [0, 0]
        for case in grid:
            if rule.id in case.open or not (_healthy_for(rule, case) or rule.id in case.ill):
                continue
            tally = ill if rule.id in case.ill else healthy
            tally[0] += bool(changed(rule, case.run, {name: value}))
            tally[1] += 1
        yield {"value": round(value, 10), "healthy": healthy, "at_most": round(upper_bound(*healthy), 4), "ill": ill}


def _live(rule: Rule, healthy: Sequence[Case]) -> Mapping[str, int]:
    """Of the healthy runs: how many are alarmed at the end, and how many at any prefix."""
    end = anywhere = 0
    for case in healthy:
        alarms = [bool(speaks(rule, prefix(case.run, share))) for share in PREFIXES]
        end += alarms[-1]
        anywhere += any(alarms)
    return {"of": len(healthy), "at_the_end": end, "at_any_prefix": anywhere}


def prefix(run: Run, share: float) -> Run:
    """The run as it was when that share of its steps was done."""
    last = [float(one.step[-1]) for one in run.series.values()] or [
        one.step for one in run.events if one.step is not None
    ]
    if not last:
        return run  # a data set has no time
    stop = max(last) * share
    series = {name: one.take(one.step <= stop) for name, one in run.series.items()}
    kept = {name: one for name, one in series.items() if len(one)}
    curves = {phase: name for phase, name in run.curves.items() if name in kept}
    events = tuple(one for one in run.events if one.step is None or one.step <= stop)
    return replace(run, series=MappingProxyType(kept), curves=MappingProxyType(curves), events=events)


def _by_family(outcomes: Sequence[tuple[Case, bool]]) -> Mapping[str, list[int]]:
    fired: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case, spoke in outcomes:
        fired[case.family] += spoke
        total[case.family] += 1
    return {family: [fired[family], total[family]] for family in total}


def _by_shape(outcomes: Iterator[tuple[Case, bool]]) -> Mapping[str, list[int]]:
    fired: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case, spoke in outcomes:
        fired[case.shape] += spoke
        total[case.shape] += 1
    return {shape: [fired[shape], total[shape]] for shape in total}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rules", nargs="*", help="ids; all if none is given")
    parser.add_argument("--each", type=int, default=12, help="cases of every shape and family for the rates")
    parser.add_argument("--grid", type=int, default=3, help="the same for the sweep of thresholds and for prefixes")
    chosen = parser.parse_args()
    corpus, grid = list(cases(chosen.each)), list(cases(chosen.grid, seed=21))
    folder = logs_folder()
    pairs = main_runs(folder, rows(folder)) if folder is not None else []
    any_alarm = np.zeros(len(corpus), dtype=bool)
    for rule in ALL:
        if rule.severity != "note" and not chosen.rules and CATEGORY[rule.id] != "dataset":
            any_alarm |= [any(f.severity != "note" for f in changed(rule, case.run, {})) for case in corpus]
        if chosen.rules and rule.id not in chosen.rules:
            continue
        path = HERE / f"{rule.id}.json"
        own = OWN_CORPUS.get(rule.id, lambda each, seed=20: ())  # noqa: ARG005 - none
        if CATEGORY[rule.id] == "dataset":
            tables = dataset_cases(max(1, chosen.each // 6))  # an audit costs seconds: the same tables serve the sweep
            measured = record(rule, tables, tables, ())
        else:
            measured = record(rule, [*corpus, *own(chosen.each)], [*grid, *own(chosen.grid, 21)], pairs)
        if (
            not pairs and path.is_file() and CATEGORY[rule.id] != "dataset"
        ):  # what the logs said when they were last there still holds
            measured["labelled"] = json.loads(path.read_text("utf-8")).get("labelled")
            measured["confidence"] = json.loads(path.read_text("utf-8")).get("confidence")
        path.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        healthy, ill = measured["healthy"], measured["ill"]
        print(
            f"{rule.id:28} healthy {healthy['fired']:3}/{healthy['of']} (at most {healthy['at_most']:.1%})  ill {ill['fired']:3}/{ill['of']}"
            f"  labelled {measured['labelled']}  confidence {measured['confidence']} (code: {rule.confidence})"
        )
    if pairs and not chosen.rules:
        measured = {"measured": datetime.now(UTC).date().isoformat(), "labels": reading_record(pairs)}
        (HERE / "reading.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
        print(measured)
    if chosen.rules:
        return 0
    sound = np.array([case.healthy for case in corpus])
    alarmed = int(any_alarm[sound].sum())
    print(
        f"healthy runs with any warning: {alarmed}/{int(sound.sum())}, at most {upper_bound(alarmed, int(sound.sum())):.1%}"
    )
    if any(CATEGORY[rule.id] == "dataset" for rule in ALL if not chosen.rules or rule.id in chosen.rules):
        tables = [case for case in dataset_cases(max(1, chosen.each // 6)) if case.healthy]
        loud = sum(
            any(
                f.severity not in {None, "note"} or (f.severity is None and r.severity != "note")
                for r in ALL
                if CATEGORY[r.id] == "dataset"
                for f in changed(r, case.run, {})
            )
            for case in tables
        )
        print(f"clean data sets with any warning: {loud}/{len(tables)}, at most {upper_bound(loud, len(tables)):.1%}")
    return 0
