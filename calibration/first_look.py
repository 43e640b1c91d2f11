"""Keep what was said of families that nobody had looked at: `python -m calibration.first_look FAMILY… [--seeds 0]`.

To be run on a family that is being opened, before anything is learnt from it: what is said of it then is the only evidence of how much a stated
confidence is worth on programs of others, and it cannot be had twice. Appends to calibration/first_looks.json; `calibration.watched` reads it. Families that stand there
already are left as they are, with exit code 2.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from statistics import fmean
from typing import TypedDict

from zoo.run import chosen, journal_path, run_all, written

from losscompass.diagnose.confidence import inside

from .sweep import HERE
from .told import FirstLook, diagnosed, told_of

RECORD = HERE / "first_looks.json"
TIMEOUT_S = 180.0


class Look(TypedDict):
    """When a family was first looked at, how many runs, and what stood first on them: rule, stated confidence, what that was worth by then on
    the families that rules were tuned on, whether it was right."""

    day: str
    runs: int
    first: list[tuple[str, float, float, bool]]


def looks() -> dict[str, Look]:
    """By family."""
    found: dict[str, Look] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    return found


def first_looks(record: Mapping[str, Look]) -> list[FirstLook]:
    """One a family and rule."""
    groups: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    for family, one in record.items():
        for rule, _, worth, right in one["first"]:
            groups[family, rule].append((worth, right))
    return [
        FirstLook(family, rule, fmean(worth for worth, _ in of), fmean(right for _, right in of))
        for (family, rule), of in sorted(groups.items())
    ]


def look(families: Iterable[str], seeds: Iterable[int], workers: int) -> dict[str, Look]:
    """What is said of them now."""
    wanted = set(families)
    todo = [(program, seed) for seed in seeds for program in chosen() if program.family in wanted]
    run_all(todo, workers, TIMEOUT_S)
    todo = [pair for pair in todo if journal_path(*pair).exists()]
    record: dict[str, Look] = {}
    with ProcessPoolExecutor(workers) as pool:
        for (program, _), alarms in zip(todo, pool.map(diagnosed, todo, chunksize=4), strict=True):
            if alarms is None:
                continue
            today = Look(day=datetime.now(UTC).date().isoformat(), runs=0, first=[])
            one = record.setdefault(program.family, today)
            one["runs"] += 1
            one["first"] += [
                (t.rule, t.stated, round(inside(t.rule, t.stated), 4), t.right)
                for t in told_of(program, alarms)
                if t.first
            ]
    return record


def as_text(record: Mapping[str, Look]) -> str:
    """As JSON, a run a line."""
    families = []
    for family, one in record.items():
        runs = ",\n".join(f"  {json.dumps(row)}" for row in one["first"])
        families.append(
            f' {json.dumps(family)}: {{"day": "{one["day"]}", "runs": {one["runs"]}, "first": [\n{runs}\n ]}}'
        )
    return "{\n" + ",\n".join(families) + "\n}\n"


def main() -> int:
    """Look once, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="+", metavar="FAMILY")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    record, known = looks(), {program.family for program in chosen()}
    if strange := sorted(set(args.families) - known):
        sys.stderr.write(f"no such family in zoo/families: {', '.join(strange)}\n")
        return 2
    if again := sorted(set(args.families) & set(record)):
        sys.stderr.write(f"looked at before, and kept as it was then: {', '.join(again)}\n")
        return 2
    record |= look(args.families, [int(seed) for seed in args.seeds.split(",")], args.workers)
    written(RECORD, as_text(record))
    for family in args.families:
        first = record[family]["first"] if family in record else []
        sys.stdout.write(f"{family}: {sum(right for *_, right in first)} of {len(first)} named first were right\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
