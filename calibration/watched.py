"""How often the rules on tensors speak on healthy and on faulty programs: `python -m calibration.watched`.

Runs programs of the zoo's families that rules may be tuned on under `losscompass.watch`, once each (their journals are kept in `.zoo/watched/`), and
writes calibration/watched/<rule>.json: for a range of each threshold how many healthy runs and how many of its own faults a rule
speaks on, by family, with the exact 95 % upper bound of the rate on healthy ones. Families held out are never looked at.
With `--cached` only the journals that are there already are measured.
"""

import contextlib
import hashlib
import io
import json
import os
import runpy
import signal
import sys
import warnings
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from zoo.manifest import Program, programs

import losscompass
from losscompass.diagnose.diagnosis import Broken
from losscompass.diagnose.engine import apply
from losscompass.evidence.run import Run
from losscompass.readers.discover import gather
from losscompass.rules.all import ALL
from losscompass.rules.base import Rule

from .sweep import FACTORS, HERE, upper_bound

CACHE = HERE.parent / ".zoo" / "watched"
TIMEOUT_S = 45  # the first steps are what these rules read; a run that is cut off is one that was interrupted
FOLDER = "calibration/watched/"
RULES = tuple(rule for rule in ALL if any(one.basis.startswith(FOLDER) for one in rule.thresholds.values()))


def chosen() -> tuple[Program, ...]:
    """The healthy programs but for combinations, and the faults of these rules."""
    ids = {rule.id for rule in RULES}
    tune = [one for one in programs() if one.split == "tune"]
    return tuple(one for one in tune if (one.healthy and "+" not in one.id) or ids & set(one.causes))


def path_of(program: Program) -> Path:
    """Where the journal of a program is kept, by what the program is."""
    return CACHE / f"{program.id}--{hashlib.sha256(program.source.encode()).hexdigest()[:12]}.journal"


def journal(program: Program) -> Path:
    """The journal of one watched run; made if it is not there yet."""
    path = path_of(program)
    if not path.exists():
        folder = CACHE / "programs" / program.id
        folder.mkdir(parents=True, exist_ok=True)
        script, draft = folder / "train.py", path.with_suffix(".part")
        script.write_text(program.source, "utf-8")
        draft.unlink(missing_ok=True)
        kept, sys.argv = sys.argv, [str(script)]
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.alarm(TIMEOUT_S)
        # A faulty program may end with any error: that is part of what is measured.
        with (
            contextlib.suppress(Exception, KeyboardInterrupt),
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(),
            losscompass.watch(draft, show=False),
        ):
            warnings.simplefilter("ignore")
            runpy.run_path(str(script), run_name="__main__")
        signal.alarm(0)
        sys.argv = kept
        draft.rename(path)
    return path


def speaks(rule: Rule, run: Run, **thresholds: float) -> bool:
    """Whether the rule finds something with these thresholds; not where it cannot look."""
    swept = Rule(
        **{name: getattr(rule, name) for name in ("id", "kind", "severity", "needs", "remedies", "explains")},
        detect=lambda seen: rule.detect(seen, **thresholds),
    )
    outcome = apply(swept, run, strict=True)
    assert not isinstance(outcome, Broken)
    return isinstance(outcome, tuple) and bool(outcome)


def counts(rule: Rule, runs: list[tuple[Program, Run]], **thresholds: float) -> dict[str, object]:
    """Fired and asked, of healthy runs and of the rule's own faults, in all and by family."""
    healthy, ill = Counter[tuple[str, bool]](), Counter[tuple[str, bool]]()
    for program, run in runs:
        if program.healthy:
            healthy[program.family, speaks(rule, run, **thresholds)] += 1
        elif rule.id in program.causes:
            ill[program.family, speaks(rule, run, **thresholds)] += 1
    fired, asked = sum(n for (_, spoke), n in healthy.items() if spoke), healthy.total()
    return {
        "healthy": [fired, asked],
        "at_most": round(upper_bound(fired, asked), 4),
        "ill": [sum(n for (_, spoke), n in ill.items() if spoke), ill.total()],
        "healthy_by_family": by_family(healthy),
        "ill_by_family": by_family(ill),
    }


def by_family(seen: Counter[tuple[str, bool]]) -> dict[str, list[int]]:
    return {
        name: [seen[name, True], seen[name, True] + seen[name, False]] for name in sorted({name for name, _ in seen})
    }


def record(rule: Rule, runs: list[tuple[Program, Run]]) -> dict[str, object]:
    """Everything that is measured of one rule."""
    thresholds = {}
    for name, one in rule.thresholds.items():
        values = sorted({float(f"{one.value * factor:.4g}") for factor in FACTORS} | {one.value})
        sweep = [{"value": value} | brief(counts(rule, runs, **{name: value})) for value in values]
        thresholds[name] = {"value": one.value, "unit": one.unit, "sweep": sweep}
    return {
        "rule": rule.id,
        "measured": datetime.now(UTC).date().isoformat(),
        "thresholds": thresholds,
        **counts(rule, runs),
        "confidence": None,
    }


def brief(counted: dict[str, object]) -> dict[str, object]:
    return {key: counted[key] for key in ("healthy", "at_most", "ill")}


def main() -> int:
    """Measure, and write the records."""
    os.environ.update(ZOO_SEED="0", OMP_NUM_THREADS="1")
    CACHE.mkdir(parents=True, exist_ok=True)
    todo = [one for one in chosen() if "--cached" not in sys.argv or path_of(one).exists()]
    runs = []
    for number, program in enumerate(todo, 1):
        sys.stderr.write(f"\r{number}/{len(todo)} {program.id:60s}")
        found = gather([journal(program)]).runs
        runs += [(program, run) for run in found[:1]]
    sys.stderr.write("\n")
    (HERE / "watched").mkdir(exist_ok=True)
    for rule in RULES:
        measured = record(rule, runs)
        (HERE / "watched" / f"{rule.id}.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
        print(rule.id, "healthy", measured["healthy"], "at most", measured["at_most"], "ill", measured["ill"])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
