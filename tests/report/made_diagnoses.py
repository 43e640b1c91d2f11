"""Diagnoses made by hand from synthetic curves, for the tests of the page."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from losscompass.diagnose.diagnosis import (
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
from losscompass.evidence.records import Event, Place, Skipped
from losscompass.evidence.run import Run, Series, TensorTrack
from losscompass.rules.base import Change, Exhibit, Severity

HOSTILE = (
    "</script><script>window.broken=1</script>",
    "<img src=x onerror=window.broken=1>",
    "javascript:window.broken=1",
    "\x1b[31mred\x1b]8;;http://evil.example\x07",
    "=HYPERLINK('http://evil.example')",
    "{{data}}",
    "]]><!--",
    "a\u202egnp.exe",
    "\ud800 half a pair",
    "\u2028line\u2029",
    "損失'\"`${window.broken=1}",
)


def series(name, kind, step, value, *, axis="step", epoch=None, time=None):
    phase = Phase(name.split("/")[0]) if name.split("/")[0] in {"train", "val", "test"} else Phase.NONE
    arrays = {"step": step, "value": value, "epoch": epoch, "time": time}
    arrays = {key: None if x is None else np.asarray(x, dtype=np.float64) for key, x in arrays.items()}
    return Series(name=name, raw=name, role=Role(phase, kind), axis=axis, **arrays)


def overfitting_run(seed=0, points=2000, source="runs/resnet-small", name="", turn=0.45, extra=()):
    rng = np.random.default_rng(seed)
    step = np.arange(points, dtype=float) * 10
    t = step / step[-1]
    train = 0.12 + 2.2 * np.exp(-6 * t) + 0.05 * rng.standard_normal(points) * (0.3 + np.exp(-3 * t))
    spike = int(points * 0.62)
    train[spike : spike + 3] += np.array([0.9, 1.4, 0.5])
    train[int(points * 0.8)] = np.nan
    epoch, clock = step / step[-1] * 30, 1.7e9 + step * 0.31
    at = np.linspace(step[-1] / 30, step[-1], 30)
    u = at / step[-1]
    val = 0.3 + 1.9 * np.exp(-6 * u) + 0.8 * np.clip(u - turn, 0, None) ** 1.3 + 0.012 * rng.standard_normal(30)
    curves = [
        series("train/loss", Kind.LOSS, step, train, epoch=epoch, time=clock),
        series("val/loss", Kind.LOSS, at, val, epoch=np.arange(1, 31), time=1.7e9 + at * 0.31),
        series("val/accuracy", Kind.METRIC_UP, at, 0.9 - 0.8 * np.exp(-5 * u), epoch=np.arange(1, 31)),
        series("train/accuracy", Kind.METRIC_UP, at, 0.99 - 0.88 * np.exp(-5 * u), epoch=np.arange(1, 31)),
        series("val/f1", Kind.METRIC_UP, at, 0.85 - 0.7 * np.exp(-4 * u), epoch=np.arange(1, 31)),
        series("train/loss/cls", Kind.LOSS_PART, step, train * 0.7, epoch=epoch),
        series("train/loss/box", Kind.LOSS_PART, step, train * 0.3, epoch=epoch),
        series("val/loss/cls", Kind.LOSS_PART, at, val * 0.7, epoch=np.arange(1, 31)),
        series(
            "lr", Kind.LEARNING_RATE, step, 1e-3 * np.minimum(t * 20, 1) * 0.5 * (1 + np.cos(np.pi * t)), epoch=epoch
        ),
        series("grad_norm", Kind.GRADIENT_NORM, step, 0.8 + rng.gamma(2, 0.2, points), epoch=epoch),
        series("samples_per_second", Kind.TIME, step, 900 + 20 * rng.standard_normal(points), epoch=epoch),
        *extra,
    ]
    return Run(
        source=source,
        name=name,
        series=MappingProxyType({one.name: one for one in curves}),
        curves=MappingProxyType({"train": "train/loss", "val": "val/loss"}),
        facts=MappingProxyType({"format": "TensorBoard", "framework": "PyTorch Lightning", "classes": 10}),
        skipped=(Skipped("damaged-record", 3, "byte 40960"),),
    )


def overfitting_diagnosis(**how):
    run = overfitting_run(**how)
    val = run.series["val/loss"]
    best = int(np.argmin(val.value))
    onset, last = float(val.step[best]), float(val.step[-1])
    ahead = np.linspace(last, last * 1.3, 12)
    grow = np.linspace(0, 1, 12)
    middle = val.value[-1] + 0.12 * grow
    found = (
        Found(
            id="overfitting",
            kind="symptom",
            category="curve",
            severity=Severity.WARNING,
            confidence=0.93,
            onset=onset,
            values={
                "at": onset,
                "lowest": float(val.value[best]),
                "last": float(val.value[-1]),
                "rise": 0.4,
                "train_then": 0.3,
                "train_last": 0.12,
            },
            exhibits=(
                Exhibit("val/loss", steps=(onset, last), marks=(onset,)),
                Exhibit("train/loss", steps=(onset, last)),
            ),
            remedies=("stop-earlier", "add-regularisation"),
        ),
        Found(
            id="non-finite-loss",
            kind="symptom",
            category="curve",
            severity=Severity.CRITICAL,
            confidence=0.99,
            onset=16000.0,
            values={"at": 16000.0, "count": 1},
            exhibits=(Exhibit("train/loss", steps=(15000.0, 16500.0)),),
            remedies=("clip-gradients",),
        ),
        Found(
            id="loss-spike",
            kind="symptom",
            category="curve",
            severity=Severity.NOTE,
            confidence=0.8,
            onset=12400.0,
            values={"at": 12400.0, "before": 0.2, "peak": 1.6, "count": 3},
            exhibits=(Exhibit("train/loss", steps=(12000.0, 12800.0)),),
            explained_by=("overfitting",),
            location=("train.py", 42),
        ),
        Found(
            id="chance-level-start",
            kind="symptom",
            category="value",
            severity=Severity.NOTE,
            confidence=0.9,
            onset=0.0,
            values={"curve": "val/loss", "classes": 10, "chance": 2.303, "start": 2.2},
            exhibits=(Exhibit("val/loss"),),
        ),
    )
    return RunDiagnosis(
        run=run,
        reading=Reading(
            labels=("overfitting", "spike-recovered"),
            confidence=0.91,
            onset=onset,
            axis="step",
            curve="val/loss",
            first=float(val.value[0]),
            best=float(val.value[best]),
            best_at=onset,
            last=float(val.value[-1]),
        ),
        found=found,
        likely=(Likely("data-leakage", 0.34, "split-check"), Likely("learning-rate-too-high", 0.21, "rate-sweep")),
        not_checked=(
            NotChecked("dead-units", ("kind:gradient-norm",)),
            NotChecked("overconfidence", ("val/accuracy",)),
        ),
        clear=("loss-divergence", "loss-flat", "plateau"),
        prescriptions=(
            Prescription(
                remedy="stop-earlier",
                stage="evaluation",
                risk="safe",
                answers=("overfitting",),
                parameters={"at": onset},
            ),
            Prescription(
                remedy="clip-gradients", stage="learning-rate", risk="changes-result", answers=("non-finite-loss",)
            ),
            Prescription(
                remedy="add-regularisation", stage="regularisation", risk="changes-result", answers=("overfitting",)
            ),
            Prescription(remedy="more-data-or-augmentation", stage="data", risk="costly", answers=("overfitting",)),
        ),
        forecasts=(
            Forecast(
                series="val/loss",
                axis="step",
                at=ahead,
                median=middle,
                low=middle - 0.15 * grow,
                high=middle + 0.2 * grow,
                limit=None,
                limit_interval=None,
                gain=0.12,
                horizon=last * 0.3,
            ),
        ),
        checklist=(
            ChecklistItem(area="rate", id="rate-fits", state="tick", because=("plateau",)),
            ChecklistItem(area="rate", id="rate-schedule", state="not-seen"),
            ChecklistItem(area="data", id="data-split", state="cross", because=("overfitting",)),
            ChecklistItem(area="model", id="model-size", state="not-seen"),
            ChecklistItem(area="loss", id="loss-finite", state="cross", because=("non-finite-loss",)),
            ChecklistItem(area="logging", id="logging-validation", state="tick"),
        ),
        inferred={"classes": 10},
    )


def healthy_diagnosis(source="runs/healthy", name="", seed=3, points=60, level=0.2):
    rng = np.random.default_rng(seed)
    epoch = np.arange(1, points + 1, dtype=float)
    value = level + 1.8 * np.exp(-epoch / 8) + 0.004 * rng.standard_normal(points)
    one = series("val/loss", Kind.LOSS, epoch, value, axis="epoch")
    two = series("train/loss", Kind.LOSS, epoch, value * 0.94, axis="epoch")
    run = Run(
        source=source,
        name=name,
        series=MappingProxyType({"val/loss": one, "train/loss": two}),
        curves=MappingProxyType({"val": "val/loss", "train": "train/loss"}),
        facts=MappingProxyType({"format": "CSV"}),
    )
    best = int(np.argmin(value))
    reading = Reading(
        labels=("healthy-converged",), confidence=0.88, axis="epoch", curve="val/loss",
        first=float(value[0]), best=float(value[best]), best_at=float(epoch[best]), last=float(value[-1]),
    )  # fmt: skip
    return RunDiagnosis(run=run, reading=reading, clear=("overfitting", "loss-flat"))


def one_run():
    return Diagnosis(runs=(overfitting_diagnosis(),), skipped=(Skipped("not-a-log", 4, "runs/readme.md"),))


def many_runs(refused=""):
    runs = (
        overfitting_diagnosis(name="baseline"),
        overfitting_diagnosis(seed=5, name="wide", turn=0.6, points=900),
        healthy_diagnosis(name="dropout 0.3"),
        healthy_diagnosis(name="dropout 0.5", seed=8, level=0.27, points=45),
    )
    comparison = (
        Comparison(refused=refused, on="val/loss") if refused else Comparison(ranked=(2, 3, 1, 0), on="val/loss")
    )
    return Diagnosis(runs=runs, comparison=comparison, unreadable=(Unreadable(source="notes.bin", reason="binary"),))


def hostile():
    """Names that would run, escape, or break a page that took them for markup, wherever a name can stand."""
    step = np.arange(40.0)
    extra = tuple(
        Series(
            name=f"train/loss/{bad}",
            raw=bad,
            role=Role(Phase.TRAIN, Kind.LOSS_PART),
            axis="step",
            step=step,
            value=np.exp(-step / 9),
        )
        for bad in HOSTILE
    )
    base = overfitting_diagnosis(source=HOSTILE[0], name=HOSTILE[1], extra=extra)
    run = base.run
    facts = MappingProxyType({"format": HOSTILE[2], HOSTILE[0]: HOSTILE[1], HOSTILE[8]: HOSTILE[3]})
    skipped = tuple(Skipped(bad, 2, bad) for bad in HOSTILE)
    run = Run(source=run.source, name=run.name, series=run.series, curves=run.curves, facts=facts, skipped=skipped)
    found = tuple(
        Found(
            id=bad, kind="symptom", category="curve", severity=Severity.NOTE, confidence=0.5, onset=900.0,
            values={"curve": bad}, exhibits=(Exhibit(f"train/loss/{bad}"),), location=(bad, 3),
        )
        for bad in HOSTILE
    )  # fmt: skip
    one = RunDiagnosis(
        run=run,
        reading=base.reading,
        found=base.found + found,
        broken=(),
        not_checked=tuple(NotChecked(bad, (bad,)) for bad in HOSTILE),
    )
    return Diagnosis(
        runs=(one, healthy_diagnosis(source=HOSTILE[4], name=HOSTILE[5])),
        unreadable=tuple(Unreadable(source=bad, reason=bad) for bad in HOSTILE),
    )


def edges():
    """Runs at the edges of what a log can hold: empty, single, constant, not finite, huge, tiny, unordered, of other axes."""
    n = 12
    count = np.arange(n, dtype=float)
    down = np.exp(-count / 4)
    kinds = {
        "empty": ([], []),
        "single": ([5.0], [0.7]),
        "constant": (count, np.full(n, 0.5)),
        "zeros": (count, np.zeros(n)),
        "all-nan": (count, np.full(n, np.nan)),
        "all-inf": (count, np.full(n, np.inf)),
        "mixed": (count, np.where(count % 3 == 0, np.nan, np.where(count % 5 == 0, -np.inf, down))),
        "huge": (count, down * 1e300),
        "largest": (count, np.where(count % 2 == 0, 1.7e308, -1.7e308)),
        "runaway": (count, 10.0 ** (count * 20)),
        "tiny": (count, down * 1e-310),
        "negative": (count, -down),
        "same-step": (np.zeros(n), down),
        "repeated-steps": (np.repeat(count[:4], 3), down),
        "large-steps": (count + 2.0**52, down),
        "small-steps": (count * 1e-9, down),
    }
    runs = []
    for name, (step, value) in kinds.items():
        train = series("train/loss", Kind.LOSS, step, value)
        val = series("val/loss", Kind.LOSS, np.arange(3.0), [0.9, 0.8, 0.85], axis="epoch")  # no way from step to epoch
        reward = series("val/reward", Kind.REWARD, step, value, time=np.asarray(step)[::-1] + 1.7e9)
        run = Run(
            source=f"runs/{name}",
            series=MappingProxyType({one.name: one for one in (train, val, reward)}),
            curves=MappingProxyType({"train": "train/loss", "val": "val/loss", "test": "val/reward"}),
        )
        ends = {"first": value[0], "best": min(value), "last": value[-1], "best_at": step[0]} if len(value) else {}
        found = Found(
            id="plateau", kind="symptom", category="curve", severity=Severity.WARNING, confidence=0.5,
            onset=step[0] if len(step) else None, values={}, exhibits=(Exhibit("train/loss", steps=(0.0, 0.0)), Exhibit("no/such")),
        )  # fmt: skip
        reading = Reading(
            labels=("too-short-to-say",), confidence=0.0, curve="train/loss", **{k: float(x) for k, x in ends.items()}
        )
        runs.append(RunDiagnosis(run=run, reading=reading, found=(found,)))
    runs.append(
        RunDiagnosis(run=Run(source="runs/nothing"), reading=Reading(labels=("not-a-training-log",), confidence=1.0))
    )
    return Diagnosis(runs=tuple(runs))


def watched_run(seed=0):
    """A run as the watcher tells it: tensors by layer, the data it saw, and a cause with the line to change."""
    rng = np.random.default_rng(seed)
    one = overfitting_diagnosis(source=".losscompass/run-1.journal")
    step = np.arange(0.0, 2000.0, 40.0)
    layers = [f"features.{k}.weight" for k in range(0, 18, 3)] + ["classifier.weight", "classifier.bias"]
    tracks = {}
    for depth, layer in enumerate(layers):
        norm = 1e-4 * 4.0**depth * np.exp(0.2 * rng.standard_normal(step.size))
        tracks[f"gradient/{layer}"] = track(layer, "gradient", step, norm=norm)
        tracks[f"update/{layer}"] = track(layer, "update", step, ratio=norm * 0.1, norm=norm * 0.01)
        dead = np.clip(depth / 10 + step / 9000, 0, 1)
        tracks[f"activation/relu{depth}"] = track(
            f"relu{depth}", "activation", step, dead=dead, depth=np.full(step.size, depth)
        )
    tracks["gradient/features.0.weight"].stats["norm"].setflags(write=True)
    tracks["gradient/features.0.weight"].stats["norm"][-1] = np.inf
    shares = tuple(np.array([5.0, 3, 2, 2, 1, 1, 1, 0.5, 0.3, 0.2]) / 16)
    order = {"batches": 100, "samples": 6400, "classes": 10, "shares": shares, "purity": 0.9, "purity_expected": 0.36}
    events = (
        Event("labels", 100.0, {**order, "changes": 0.02, "changes_expected": 0.81, "repeats": 0}),
        Event(
            "samples",
            900.0,
            {"train": 6400, "val": 1000, "val_seen": 1000, "val_in_train": 240, "train_repeats": 0.0},
        ),
    )
    cause = Found(
        id="loss-oscillation",
        kind="cause",
        category="curve",
        severity=Severity.CRITICAL,
        confidence=0.97,
        onset=0.0,
        values={"at": 0.0, "back": 200.0, "swing": 0.4, "level": 1.0},
        exhibits=(Exhibit("train/loss", steps=(0.0, 2000.0)),),
        location=("train.py", 31),
        code="optimizer = torch.optim.SGD(model.parameters(), lr=1.0)",
        change=Change(
            place=Place("train.py", 31, "optimizer = torch.optim.SGD(model.parameters(), lr=1.0)", "main"),
            before="optimizer = torch.optim.SGD(model.parameters(), lr=1.0)",
            after="optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
        ),
        remedies=("lower-learning-rate", "clip-gradients"),
    )
    scores = [
        series(f"val/accuracy/{name}", Kind.METRIC_UP, np.arange(5), np.linspace(0.1, top, 5), axis="epoch")
        for name, top in (("cat", 0.91), ("dog", 0.88), ("axolotl", 0.31), ("owl", 0.79))
    ]
    run = replace(
        one.run,
        series=MappingProxyType({**one.run.series, **{x.name: x for x in scores}}),
        tensors=MappingProxyType(tracks),
        events=events,
    )
    return Diagnosis(runs=(replace(one, run=run, found=(cause, *one.found)),))


def track(tensor, kind, step, **stats):
    return TensorTrack(tensor=tensor, kind=kind, step=step, stats=MappingProxyType(stats))
