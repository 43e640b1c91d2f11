"""How often the causes of a watched run are named rightly: `make calibrate-watched` (`python -m calibration.watched [--seeds 0,1] [--no-live]`).

Reads the runs of the zoo's families that rules may be tuned on, those opened among them (`zoo.run` makes those that are missing); families held out
are never looked at. Writes

- calibration/watched/<rule>.json, one a rule of a cause: how many healthy runs, how many of its own faults and how many of other faults it speaks on, by
  family, with the exact 95 % upper bound of the rate on healthy ones; how often it stood first and was right; and what other values of its thresholds would do;
- calibration/watched/live.json: how many healthy runs are alarmed when asked at every tenth of their way, at the end, and twice in a row (`--stop-on`);
- src/losscompass/diagnose/confidence.json: what a stated confidence was worth, which the verdict takes over. `STRENGTH`, how many runs a stated one counts
  for, is the one that predicts families best that it was not counted on; what it is worth on programs of others comes from the first looks
  (`calibration.first_look`), which are never written anew;
- src/losscompass/diagnose/watched_shares.json: of each cause, how many runs, on how many it was not named, and their first symptoms, which `likely` is
  computed from; beside it how often the true cause was among the likely ones, each family by what the others show.
"""

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from zoo.manifest import Program
from zoo.run import chosen, journal_path, run_all
from zoo.score import ALARMING

from losscompass.diagnose.diagnosis import Broken, Found
from losscompass.diagnose.early import SETTLED, patient
from losscompass.diagnose.engine import apply
from losscompass.diagnose.likely import MOST, Watched, shares_unnamed
from losscompass.diagnose.rank import rank
from losscompass.evidence.build import build
from losscompass.evidence.journal import read
from losscompass.evidence.run import Run
from losscompass.launch.follow import in_blocks
from losscompass.readers.discover import gather
from losscompass.rules.all import ALL
from losscompass.rules.base import Rule

from .first_look import first_looks
from .first_look import looks as kept
from .sweep import FACTORS, HERE, upper_bound
from .told import (
    STRENGTHS,
    FirstLook,
    Told,
    best_odds,
    counts_elsewhere,
    diagnosed,
    shares,
    surprise,
    surprise_elsewhere,
    told_of,
)

FOLDER = "calibration/watched/"
TABLE = HERE.parent / "src" / "losscompass" / "diagnose" / "confidence.json"
LIKELY = TABLE.with_name("watched_shares.json")
LOOKS = 10
LENGTHS = tuple(sorted({0, 50, 100, 200, 300, 1000, SETTLED}))
KNOWN = frozenset((HERE.parent / "zoo" / "causes.txt").read_text("utf-8").split())
CAUSES = tuple(rule for rule in ALL if rule.id in KNOWN)
TIMEOUT_S = 180.0


def counted(runs: Iterable[tuple[Program, bool]]) -> dict[str, list[int]]:
    """By family: how often it was so, of how many."""
    yes, all_ = Counter[str](), Counter[str]()
    for program, spoke in runs:
        yes[program.family] += spoke
        all_[program.family] += 1
    return {family: [yes[family], all_[family]] for family in sorted(all_)}


def rates(rule: Rule, spoken: Sequence[tuple[Program, bool]]) -> dict[str, object]:
    """Fired and asked: healthy runs, its own faults, others' faults."""
    healthy = [one for one in spoken if one[0].healthy]
    own = [one for one in spoken if rule.id in one[0].causes]
    others = [one for one in spoken if not one[0].healthy and rule.id not in one[0].causes]
    fired = sum(spoke for _, spoke in healthy)
    return {
        "healthy": {
            "fired": fired,
            "of": len(healthy),
            "at_most": round(upper_bound(fired, len(healthy)), 4),
            "by_family": counted(healthy),
        },
        "ill": {"fired": sum(spoke for _, spoke in own), "of": len(own), "by_family": counted(own)},
        "other_faults": {"fired": sum(spoke for _, spoke in others), "of": len(others)},
    }


def speaks(rule: Rule, run: Run, thresholds: Mapping[str, float]) -> bool:
    """Whether the rule warns of something with these thresholds; not where it cannot look."""
    swept = Rule(
        **{name: getattr(rule, name) for name in ("id", "kind", "severity", "needs", "remedies", "explains")},
        detect=lambda seen: rule.detect(seen, **thresholds),
    )
    outcome = apply(swept, run, strict=True)
    assert not isinstance(outcome, Broken)
    return isinstance(outcome, tuple) and any((one.severity or rule.severity) in ALARMING for one in outcome)


def swept(todo: tuple[Program, int]) -> dict[tuple[str, str, float], bool]:
    """Of one run: what each rule says with each value of each of its thresholds that were set by these runs."""
    program, seed = todo
    found = gather([journal_path(program, seed)]).runs
    out = {}
    for rule in CAUSES if found else ():
        for name, one in rule.thresholds.items():
            if one.basis.startswith(FOLDER):
                for value in steps_of(one.value):
                    out[rule.id, name, value] = speaks(rule, found[0], {name: value})
    return out


def steps_of(value: float) -> list[float]:
    return sorted({float(f"{value * factor:.4g}") for factor in FACTORS} | {value})


Looks = list[list[str]]
"""Of one run: the ids of what alarms, look by look."""


def looked_at(todo: tuple[Program, int]) -> dict[int, Looks]:
    """What is said of one run at every tenth of its way, for each length from which on a curve is taken at its word."""
    records = list(read(journal_path(*todo)))
    looks: dict[int, Looks] = {settled: [] for settled in LENGTHS}
    for share in range(1, LOOKS + 1):
        runs = build(in_blocks(records[: math.ceil(len(records) * share / LOOKS)]), "")[:1]
        seen = [(run, ranked(run)) for run in runs]
        for settled in LENGTHS:
            told = [one for run, found in seen for one in patient(run, found, settled) if one.severity in ALARMING]
            looks[settled].append([one.id for one in told])
    return looks


def ranked(run: Run) -> tuple[Found, ...]:
    """All findings, before any patience."""
    outcomes = [(rule, apply(rule, run, strict=True)) for rule in ALL]
    return rank(run, [(rule, one) for rule, outcome in outcomes if isinstance(outcome, tuple) for one in outcome])


def by_length(looks: Sequence[dict[int, Looks]]) -> list[dict[str, object]]:
    """For each length: how many healthy runs were alarmed at any look."""
    counts = {settled: sum(any(one[settled]) for one in looks) for settled in LENGTHS}
    return [
        {"steps": settled, "alarmed": count, "of": len(looks), "at_most": round(upper_bound(count, len(looks)), 4)}
        for settled, count in counts.items()
    ]


def live(looks: Sequence[Looks]) -> dict[str, object]:
    """How many healthy runs were alarmed, and by what."""
    n = len(looks)

    def told(count: int) -> dict[str, object]:
        return {"alarmed": count, "of": n, "at_most": round(upper_bound(count, n), 4)}

    twice = sum(any(set(a) & set(b) for a, b in pairwise(one)) for one in looks)
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "looks": LOOKS,
        "at_any_look": told(sum(any(one) for one in looks)),
        "twice_in_a_row": told(twice),
        "at_the_end": told(sum(bool(one[-1]) for one in looks)),
        "by": dict(Counter(id_ for one in looks for id_ in {x for look in one for x in look}).most_common()),
    }


def confidences(told: Sequence[Told], looks: Sequence[FirstLook]) -> dict[str, Any]:
    """The table of confidences, from the runs of families that rules were tuned on and from the first looks at others."""
    by_strength = {strength: round(surprise(told, strength), 4) for strength in STRENGTHS}
    return {
        "written by": "python -m calibration.watched",
        "strength": min(by_strength, key=lambda one: by_strength[one]),
        "surprise": by_strength,
        "elsewhere": elsewhere(looks),
        "shares": shares(told),
    }


def elsewhere(looks: Sequence[FirstLook]) -> dict[str, Any]:
    """What a word is worth on programs of others."""
    far = {one: round(surprise_elsewhere(looks, one), 4) for one in STRENGTHS}
    return {
        "odds": best_odds(looks),
        "strength": min(far, key=lambda one: far[one]),
        "surprise": far,
        "families": counts_elsewhere(looks),
    }


def unnamed(known: Iterable[tuple[Program, Sequence[tuple[str, bool, float]]]]) -> dict[str, Watched]:
    """Of each cause: how many runs, on how many no cause at all was named, and the first symptoms of all of them."""
    runs, silent = Counter[str](), Counter[str]()
    symptoms: dict[str, Counter[str]] = defaultdict(Counter)
    for program, alarms in known:
        for cause in program.causes[:1]:
            runs[cause] += 1
            silent[cause] += not any(is_cause for _, is_cause, _ in alarms)
            symptoms[cause].update([id_ for id_, is_cause, _ in alarms if not is_cause][:1])
    return {
        cause: Watched(count, silent[cause], dict(sorted(symptoms[cause].items())))
        for cause, count in sorted(runs.items())
    }


def likely_record(known: Sequence[tuple[Program, Sequence[tuple[str, bool, float]]]]) -> dict[str, object]:
    """The table that `likely` reads, and what it is worth: by family, from what the others show."""
    places: list[int] = []
    for family in sorted({program.family for program, _ in known}):
        others = unnamed(one for one in known if one[0].family != family)
        for program, alarms in known:
            symptom = next((id_ for id_, is_cause, _ in alarms if not is_cause), None)
            if program.family == family and program.causes and symptom and not any(one[1] for one in alarms):
                shares = shares_unnamed(symptom, others)
                listed = sorted(shares, key=lambda cause: (-shares[cause], cause))
                places.append(min((listed.index(c) for c in program.causes if c in listed), default=len(listed)))
    return {
        "written by": "python -m calibration.watched",
        "runs": sum(bool(program.causes) for program, _ in known),
        "symptom_without_cause": len(places),
        "true_cause_first": sum(place == 0 for place in places),
        "in_the_first_three": sum(place < 3 for place in places),
        "among_those_listed": sum(place < MOST for place in places),
        "causes": {cause: asdict(one) for cause, one in unnamed(known).items()},
    }


def main() -> int:
    """Measure, and write the records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--no-live", action="store_true", help="leave live.json as it is: the looks on the way take as long as all else"
    )
    args = parser.parse_args()
    todo = [
        (program, int(seed)) for seed in args.seeds.split(",") for program in chosen() if program.part != "held-out"
    ]
    run_all(todo, args.workers, TIMEOUT_S)
    todo = [pair for pair in todo if journal_path(*pair).exists()]
    with ProcessPoolExecutor(args.workers) as pool:
        verdicts = zip(todo, pool.map(diagnosed, todo, chunksize=8), strict=True)
        known = [(pair, alarms) for pair, alarms in verdicts if alarms is not None]
    told = [one for (program, _), alarms in known for one in told_of(program, alarms)]
    table = confidences(told, first_looks(kept())) | {"runs": len(known)}
    TABLE.write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    alarmed = [(program, alarms) for (program, _), alarms in known]
    LIKELY.write_text(json.dumps(likely_record(alarmed), indent=1) + "\n", "utf-8")
    folder = HERE / "watched"
    folder.mkdir(exist_ok=True)
    with ProcessPoolExecutor(args.workers) as pool:
        sweeps = list(pool.map(swept, [pair for pair, _ in known], chunksize=8))
        healthy = [] if args.no_live else [pair for pair, _ in known if pair[0].healthy]
        looks = list(pool.map(looked_at, healthy, chunksize=4))
    if looks:
        told_live = live([one[SETTLED] for one in looks]) | {"settled": SETTLED, "lengths": by_length(looks)}
        (folder / "live.json").write_text(json.dumps(told_live, indent=1) + "\n", "utf-8")
    for rule in CAUSES:
        spoken = [(program, any(id_ == rule.id for id_, _, _ in alarms)) for (program, _), alarms in known]
        own = [one for one in told if one.rule == rule.id and one.first]
        record = {
            "rule": rule.id,
            "measured": datetime.now(UTC).date().isoformat(),
            **rates(rule, spoken),
            "first": {"right": sum(one.right for one in own), "of": len(own)},
            "thresholds": {
                name: {
                    "value": one.value,
                    "unit": one.unit,
                    "sweep": [
                        {"value": value}
                        | {
                            key: [cell["fired"], cell["of"]]
                            for key, cell in rates(
                                rule,
                                [
                                    (pair[0], sweep.get((rule.id, name, value), False))
                                    for (pair, _), sweep in zip(known, sweeps, strict=True)
                                ],
                            ).items()
                        }
                        for value in steps_of(one.value)
                    ],
                }
                for name, one in rule.thresholds.items()
                if one.basis.startswith(FOLDER)
            },
        }
        (folder / f"{rule.id}.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(f"{len(known)} runs; strength {table['strength']}, elsewhere {table['elsewhere']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
