"""Every rule over every run: evidence in, diagnosis out.

Each rule ends in exactly one of four outcomes: found, clear, not checked, broken. A rule that could not look, or that
raised, is never read as clear.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from ..evidence.gathered import Gathered
from ..evidence.run import Run
from ..losses.judge import Judgement
from ..remedies import ALL as REMEDIES
from ..rules.all import ALL, CATEGORY
from ..rules.base import Finding, Rule, Undecided, Value
from .checklist import checklist
from .compare import compare
from .diagnosis import Broken, Diagnosis, NotChecked, Reading, RunDiagnosis
from .early import patient
from .forecasts import forecasts
from .judged import judged
from .likely import likely
from .narrow import take
from .options import Options
from .prescribe import prescribe
from .rank import rank
from .reading import read_curves

__all__ = ["Options", "apply", "diagnose", "diagnose_run", "take"]

UNTOLD = Options()
T = TypeVar("T")


def apply(rule: Rule, run: Run, *, strict: bool = False) -> tuple[Finding, ...] | NotChecked | Broken:
    """One rule on one run: what it found (nothing: clear), or why it could not look, or how it failed.

    `strict` (for tests) lets the rule's own error through instead of recording it.
    """
    narrowed, missing = take(run, rule.needs)
    if missing:
        return NotChecked(rule.id, missing)
    try:
        with np.errstate(all="ignore"):  # values up to 1e308 may be logged: overflow is no fault of a rule
            return tuple(rule.detect(narrowed))
    except Undecided as undecided:
        return NotChecked(rule.id, (undecided.missing,))
    except Exception as error:
        if strict:
            raise
        return Broken(rule.id, f"{type(error).__name__}: {error}")


def diagnose_run(
    run: Run, options: Options = UNTOLD, *, rules: Sequence[Rule] = ALL, strict: bool = False
) -> RunDiagnosis:
    """The verdict on one run."""
    informed = options.inform(run)
    seen: list[tuple[Rule, Finding]] = []
    not_checked: list[NotChecked] = []
    broken: list[Broken] = []
    clear: list[str] = []
    for rule in rules:
        if not options.wants(rule, CATEGORY.get(rule.id, "")):
            continue
        match apply(rule, informed, strict=strict):
            case NotChecked() as outcome:
                not_checked.append(outcome)
            case Broken() as outcome:
                broken.append(outcome)
            case ():
                clear.append(rule.id)
            case findings:
                seen.extend((rule, finding) for finding in findings)
    found = patient(run, rank(run, seen))
    inferred: dict[str, Value] = {}
    for _, finding in seen:
        inferred.update(finding.facts)

    def part(name: str, work: Callable[[], T], otherwise: T) -> T:
        """What one part of the verdict says. If it fails, the others still stand, and its failure is shown."""
        try:
            with np.errstate(all="ignore"):
                return work()
        except Exception as error:
            if strict:
                raise
            broken.append(Broken(name, f"{type(error).__name__}: {error}"))
            return otherwise

    unread = Reading(labels=("too-short-to-say",), confidence=0.0)
    reading = part("reading", lambda: read_curves(informed, found), unread)
    nothing: tuple[Judgement | None, Mapping[str, Value]] = (None, {})
    judgement, concluded = part("judgement", lambda: judged(informed, reading, inferred), nothing)
    return RunDiagnosis(
        run=informed,
        reading=reading,
        found=found,
        likely=part("likely", lambda: likely(found, watched=run.facts.get("watched") is True), ()),
        not_checked=tuple(not_checked),
        clear=tuple(clear),
        prescriptions=part("prescriptions", lambda: prescribe(informed, found, REMEDIES), ()),
        forecasts=part("forecast", lambda: forecasts(informed, found), ()),
        checklist=part("checklist", lambda: checklist(informed, found, clear, not_checked), ()),
        inferred=MappingProxyType({**concluded, **inferred}),
        judgement=judgement,
        broken=tuple(broken),  # last: what failed above is in it
    )


def diagnose(gathered: Gathered, options: Options = UNTOLD, *, strict: bool = False) -> Diagnosis:
    """The verdict on everything that was gathered: the run with the most logged points first."""
    runs = sorted(gathered.runs, key=lambda run: -run.points)  # stable: equals stay in the order of the walk
    verdicts = tuple(diagnose_run(run, options, strict=strict) for run in runs)
    return Diagnosis(
        runs=verdicts,
        comparison=compare(verdicts) if len(verdicts) > 1 else None,
        unreadable=gathered.unreadable,
        skipped=gathered.skipped,
    )
