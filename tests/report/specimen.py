"""Diagnoses to be shown: every field filled, and every name as hostile as a log may make it."""

from types import MappingProxyType as Fixed

import numpy as np

from losscompass.diagnose.diagnosis import (
    Broken,
    ChecklistItem,
    Comparison,
    Diagnosis,
    Forecast,
    Found,
    Likely,
    NotChecked,
    Prescription,
    Reading,
    RunDiagnosis,
)
from losscompass.evidence.gathered import Unreadable
from losscompass.evidence.names import Kind, Phase, Role
from losscompass.evidence.records import Skipped
from losscompass.evidence.run import Run, Series
from losscompass.rules.base import Exhibit, Severity

HOSTILE = (
    "a\x1b[31m\x9b1m[bold red]x[/]\r\n::error::y ##[set-env]<script>alert(1)</script>|`b`\u202eevil\u2028"
    "=cmd|' /C calc'!A0 ../../etc\x07 {values} \ud800 \U0001f469\u200d\U0001f52c 損失"
)


def series(name, value, *, phase=Phase.TRAIN, kind=Kind.LOSS, axis="epoch", step=None):
    value = np.asarray(value, dtype=float)
    step = np.arange(1, value.size + 1, dtype=float) if step is None else np.asarray(step, dtype=float)
    return Series(name=name, raw=name, role=Role(phase, kind), axis=axis, step=step, value=value)


def run(*curves, source="runs/one.csv", name="", skipped=(), facts=None):
    headline = {str(one.role.phase): one.name for one in reversed(curves) if one.role.kind == Kind.LOSS}
    return Run(
        source=source,
        name=name,
        series=Fixed({one.name: one for one in curves}),
        curves=Fixed(headline),
        skipped=tuple(skipped),
        facts=Fixed(facts or {}),
    )


def overfitted(points=60):
    epoch = np.arange(points)
    train = 2.0 * np.exp(-epoch / 8) + 0.01
    return train, 1.8 * np.exp(-epoch / 6) + 0.4 + 0.01 * np.maximum(0, epoch - 14)


def sick(name="val/loss", source="runs/one.csv", word="plain"):
    """An overfitted run with something in every field; `word` stands wherever a log's text may."""
    train, val = overfitted()
    one = run(
        series("train/loss", train),
        series(name, val, phase=Phase.VALIDATION),
        source=source,
        name=word,
        skipped=[Skipped("cut-off-last-row", 2, word), Skipped("no-such-reason", 1)],
        facts={"format": "csv", "note": word},
    )
    return RunDiagnosis(
        run=one,
        reading=Reading(
            labels=("overfitting", "oscillating"),
            confidence=0.87,
            onset=15.0,
            axis="epoch",
            curve=name,
            first=float(val[0]),
            best=float(val.min()),
            best_at=15.0,
            last=float(val[-1]),
            values=Fixed({"word": word}),
        ),
        found=(
            Found(
                id="overfitting",
                kind="symptom",
                category="curve",
                severity=Severity.WARNING,
                confidence=0.9,
                onset=15.0,
                values=Fixed({"at": 15.0, "lowest": 0.5, "last": 0.8, "rise": 0.6}),
                exhibits=(Exhibit(name, (15.0, 60.0), (15.0,)),),
                explained_by=("no-such-cause",),
                remedies=("keep-best-checkpoint",),
            ),
            Found(
                id=word,
                kind="cause",
                category="loop",
                severity=Severity.CRITICAL,
                confidence=0.5,
                onset=None,
                values=Fixed({"word": word, "nan": float("nan")}),
                location=(word, 7),
            ),
        ),
        likely=(Likely(word, 0.3, word),),
        not_checked=(NotChecked("learning-rate-too-high", ("kind:learning-rate",)), NotChecked(word, (word,))),
        clear=("loss-flat",),
        broken=(Broken("loss-spike", f"ValueError: {word}"),),
        prescriptions=(
            Prescription(
                remedy="keep-best-checkpoint",
                stage="evaluation",
                risk="safe",
                answers=("overfitting",),
                parameters=Fixed({"curve": name, "best_at": 15.0, "best": 0.5}),
            ),
            Prescription(remedy=word, stage="data", risk="costly", answers=(word,), parameters=Fixed({"word": word})),
        ),
        forecasts=(
            Forecast(
                series=name,
                axis="epoch",
                at=np.array([75.0, 90.0]),
                median=np.array([0.9, 1.0]),
                low=np.array([0.8, np.nan]),
                high=np.array([1.0, np.inf]),
                limit=0.3,
                limit_interval=(0.2, np.inf),
                gain=-0.2,
                horizon=30.0,
            ),
        ),
        checklist=(ChecklistItem(area="rate", id=word, state="not-seen", because=(word,)),),
        inferred=Fixed({"classes": 10, "task": word}),
    )


def healthy(source="runs/healthy.csv"):
    epoch = np.arange(50)
    one = run(
        series("train/loss", np.exp(-epoch / 5) + 0.1),
        series("val/loss", np.exp(-epoch / 5) + 0.12, phase=Phase.VALIDATION),
        source=source,
    )
    reading = Reading(
        labels=("healthy-converged",),
        confidence=0.9,
        axis="epoch",
        curve="val/loss",
        first=1.12,
        best=0.12,
        best_at=50.0,
        last=0.12,
    )
    return RunDiagnosis(
        run=one,
        reading=reading,
        clear=("loss-flat",),
        not_checked=(NotChecked("learning-rate-too-high", ("kind:learning-rate",)),),
    )


def diagnosis(*runs, comparison=None, unreadable=(), skipped=()):
    return Diagnosis(runs=tuple(runs), comparison=comparison, unreadable=tuple(unreadable), skipped=tuple(skipped))


def hostile():
    """Two runs and an unreadable path whose every text is `HOSTILE`."""
    return diagnosis(
        sick(name=HOSTILE, source=HOSTILE, word=HOSTILE),
        healthy(source=HOSTILE),
        comparison=Comparison(refused=HOSTILE, values=Fixed({"word": HOSTILE})),
        unreadable=[Unreadable(source=HOSTILE, reason=HOSTILE, values=Fixed({"why": HOSTILE}))],
        skipped=[Skipped(HOSTILE, 1, HOSTILE)],
    )
