# ruff: noqa: ANN001, ANN201, ANN202, ARG001, ARG005, PLW2901, RUF007 - a numpy training reads better bare
"""Which cause is behind a symptom, how often: small trainings with one fault each, read as any log would be.

    python calibration/causes.py            # writes src/losscompass/diagnose/cause_shares.json

Every cause is given the same number of runs (three tasks, several seeds), so a share is "of runs with this first symptom,
one fault drawn with equal chance". That is no frequency in the wild, which nobody has measured for logs; it is what a
curve alone can tell apart. The networks are multi-layer perceptrons in numpy, the data come from a random teacher network.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from losscompass.diagnose.engine import diagnose_run
from losscompass.evidence.names import Kind, Phase, Role
from losscompass.evidence.run import Run, Series
from losscompass.rules.base import Severity

OUT = Path(__file__).parent.parent / "src" / "losscompass" / "diagnose" / "cause_shares.json"
SEEDS = 5
LEAST_RUNS = 8  # with the same first symptom, for its causes to be told by shares
TASKS = ("ten-classes", "two-classes", "regression")
BATCH, EPOCHS, SAMPLES, FEATURES = 32, 16, 2400, 12


@dataclass(frozen=True)
class Setup:
    """A training. The defaults are healthy; a fault changes one of them."""

    task: str
    rate: float = 0.002  # of Adam
    hidden: tuple[int, ...] = (32, 32)
    activation: str = "relu"
    weight_scale: float = 1.0  # times He's
    bias: float = 0.0
    dropout: float = 0.1
    decay: float = 1e-4
    epochs: int = EPOCHS
    samples: int = SAMPLES
    clip: float = np.inf
    input_scale: float = 1.0
    target_scale: float = 1.0
    rate_at: Callable[[float], float] = lambda _: 1.0
    prepare: Callable[["Setup", dict], None] = lambda s, d: None
    loss: str = "proper"
    update: str = "proper"
    trainable: tuple[int, ...] | None = None
    shuffle: bool = True
    dropout_in_validation: bool = False
    flip_sign: bool = False
    summed: bool = False


def made_data(s: Setup, rng) -> dict:
    """Inputs, targets and a tenth of wrong labels, from a random teacher."""
    n = s.samples + 400
    x = rng.standard_normal((n, FEATURES))
    teacher = np.tanh(x @ rng.standard_normal((FEATURES, 24)) / np.sqrt(FEATURES)) @ rng.standard_normal((24, 10))
    if s.task == "regression":
        y = teacher[:, 0] / teacher[:, 0].std() + 0.2 * rng.standard_normal(n)
    elif s.task == "two-classes":
        y = (teacher[:, 0] + 0.4 * rng.standard_normal(n) > 0).astype(int)
    else:
        y = (teacher / teacher.std() + 0.3 * rng.standard_normal((n, 10))).argmax(1)
    data = {"x": x[:-400] * s.input_scale, "y": y[:-400], "xv": x[-400:] * s.input_scale, "yv": y[-400:], "rng": rng}
    if s.task == "regression":
        data["y"], data["yv"] = data["y"] * s.target_scale, data["yv"] * s.target_scale
    s.prepare(s, data)
    return data


def loss_and_gradient(s: Setup, z, y):
    """Mean loss and its gradient by the output."""
    n = len(y)
    if s.task == "regression":
        if s.loss == "broadcast":  # (N, 1) against (N,)
            e = z - y[None, :]
            return float((e**2).mean()), 2 * e.mean(1, keepdims=True) / n
        e = z[:, 0] - y
        return float((e**2).mean()), 2 * e[:, None] / n
    if s.loss == "unstable":
        p = np.exp(z * 30) / np.exp(z * 30).sum(1, keepdims=True)
        return float(-np.log(p[np.arange(n), y]).mean()), 30 * (p - np.eye(z.shape[1])[y]) / n
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    if s.loss == "double-softmax":
        q = np.exp(p) / np.exp(p).sum(1, keepdims=True)
        g = (q - np.eye(z.shape[1])[y]) / n
        return float(-np.log(q[np.arange(n), y]).mean()), p * (g - (g * p).sum(1, keepdims=True))
    return float(-np.log(np.maximum(p[np.arange(n), y], 1e-30)).mean()), (p - np.eye(z.shape[1])[y]) / n


def train(s: Setup, seed: int) -> Run:
    """One training, as the log it would leave."""
    rng = np.random.default_rng([seed, TASKS.index(s.task)])
    data = made_data(s, rng)
    widths = (FEATURES, *s.hidden, {"regression": 1, "two-classes": 2}.get(s.task, 10))
    ws = [
        s.weight_scale * rng.standard_normal((a, b)) * np.sqrt((2 if i < len(widths) - 2 else 0.3) / a)
        for i, (a, b) in enumerate(zip(widths[:-1], widths[1:], strict=True))
    ]
    bs = [np.full(b, s.bias if i < len(widths) - 2 else 0.0) for i, b in enumerate(widths[1:])]
    params = [*ws, *bs]
    m, v, kept = ([np.zeros_like(p) for p in params] for _ in range(3))
    t = 0

    def forward(x, drop):
        acts, masks = [x], []
        for i, (w, b) in enumerate(zip(ws, bs, strict=True)):
            z = acts[-1] @ w + b
            if i == len(ws) - 1:
                return z, acts, masks
            h = {"relu": lambda z: np.maximum(z, 0), "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "none": lambda z: z}[
                s.activation
            ](z)
            mask = (rng.random(h.shape) >= s.dropout) / (1 - s.dropout) if drop and s.dropout else np.ones_like(h)
            masks.append((z, h, mask))
            acts.append(h * mask)
        raise AssertionError

    logged = defaultdict(list)
    batches = len(data["y"]) // min(BATCH, len(data["y"]))
    total = s.epochs * batches
    for _ in range(s.epochs):
        order = rng.permutation(len(data["y"])) if s.shuffle else np.argsort(data["y"], kind="stable")
        losses, right = [], []
        for part in np.array_split(order, batches):
            z, acts, masks = forward(data["x"][part], drop=True)
            value, g = loss_and_gradient(s, z, data["y"][part])
            losses.append(value * (len(part) if s.summed else 1))
            right.append(np.mean(z.argmax(1) == data["y"][part]))
            g = -g if s.flip_sign else g
            g = g * len(part) if s.summed else g
            gw, gb = [], []
            for i in range(len(ws) - 1, -1, -1):
                gw.insert(0, acts[i].T @ g)
                gb.insert(0, g.sum(0))
                if i:
                    z, h, mask = masks[i - 1]
                    g = (g @ ws[i].T) * mask
                    g = g * {"relu": z > 0, "sigmoid": h * (1 - h), "none": 1.0}[s.activation]
            grads = [*gw, *gb]
            norm = np.sqrt(sum(float((x**2).sum()) for x in grads))
            if norm > s.clip:
                grads = [x * s.clip / norm for x in grads]
            if s.update == "accumulate":
                kept = grads = [a + b for a, b in zip(kept, grads, strict=True)]
            t += 1
            rate = s.rate * s.rate_at(t / total)
            for k, (p, x) in enumerate(zip(params, grads, strict=True)):
                if s.update == "none" or (s.trainable is not None and k % len(ws) not in s.trainable):
                    continue
                if s.update == "sgd":
                    p -= rate * x
                    continue
                m[k] = 0.9 * m[k] + 0.1 * x
                v[k] = 0.999 * v[k] + 0.001 * x**2
                p -= rate * (m[k] / (1 - 0.9**t) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8) + s.decay * p)
        z = forward(data["xv"], drop=s.dropout_in_validation)[0]
        logged["train/loss"].append(np.mean(losses))
        logged["val/loss"].append(loss_and_gradient(s, z, data["yv"])[0] * (BATCH if s.summed else 1))
        if s.task != "regression":
            logged["train/accuracy"].append(np.mean(right))
            logged["val/accuracy"].append(np.mean(z.argmax(1) == data["yv"]))
    series = {name: _series(name, values) for name, values in logged.items()}
    return Run(source="made", series=series, curves={"train": "train/loss", "val": "val/loss"})


def _series(name, values):
    value = np.asarray(values, dtype=np.float64)
    kind = Kind.LOSS if name.endswith("loss") else Kind.METRIC_UP
    return Series(
        name=name,
        raw=name,
        role=Role(Phase(name.split("/")[0]), kind),
        axis="epoch",
        step=np.arange(1.0, value.size + 1),
        value=value,
    )


# -- faults ----------------------------------------------------------------------------------------------------------------


def shuffled_labels(s, d):
    d["y"] = d["rng"].permutation(d["y"])


def noisy_labels(s, d):
    wrong = d["rng"].random(len(d["y"])) < 0.4
    d["y"] = np.where(wrong, d["rng"].permutation(d["y"]), d["y"])


def no_information(s, d):
    d["x"], d["xv"] = d["rng"].standard_normal(d["x"].shape), d["rng"].standard_normal(d["xv"].shape)


def one_nan(s, d):
    d["x"][d["rng"].integers(len(d["x"])), 3] = np.nan


def other_scale_in_validation(s, d):
    d["xv"] = d["xv"] * 2.5 + 1.0


def copies_in_validation(s, d):
    half = len(d["yv"]) // 2
    d["xv"][:half], d["yv"][:half] = d["x"][:half], d["y"][:half]


def outliers(s, d):
    d["x"][d["rng"].integers(len(d["x"]), size=8)] *= 1000.0


def sentinels(s, d):
    for key in ("x", "xv"):
        d[key] = np.where(d["rng"].random(d[key].shape) < 0.05, -999.0, d[key])


def rare_class(s, d):
    keep = (d["y"] != 1) | (d["rng"].random(len(d["y"])) < 0.05)
    d["x"], d["y"] = d["x"][keep], d["y"][keep]
    keep = (d["yv"] != 1) | (d["rng"].random(len(d["yv"])) < 0.05)
    d["xv"], d["yv"] = d["xv"][keep], d["yv"][keep]


CLASSES, ALL_TASKS, NUMBERS = TASKS[:2], TASKS, TASKS[2:]
FAULTS: dict[str, list[tuple[tuple[str, ...], dict]]] = {
    "learning-rate-too-high": [
        (ALL_TASKS, {"rate": 0.03}),
        (ALL_TASKS, {"rate": 0.1}),
        (ALL_TASKS, {"rate": 1.0}),
        (ALL_TASKS, {"rate": 1.0, "update": "sgd"}),
        (ALL_TASKS, {"rate": 3.0, "update": "sgd"}),
        (ALL_TASKS, {"rate": 10.0, "update": "sgd"}),
    ],
    "learning-rate-too-low": [(ALL_TASKS, {"rate": 1e-7}), (ALL_TASKS, {"rate": 1e-5})],
    "scheduler-misconfigured": [(ALL_TASKS, {"rate_at": lambda x: 0.1 ** (x * 60)})],
    "missing-zero-grad": [(ALL_TASKS, {"update": "accumulate"})],
    "step-missing": [(ALL_TASKS, {"update": "none", "dropout": 0.0})],
    "optimizer-holds-other-parameters": [(ALL_TASKS, {"update": "none"})],
    "parameters-frozen": [(ALL_TASKS, {"trainable": (2,)})],
    "softmax-before-cross-entropy": [(CLASSES, {"loss": "double-softmax"})],
    "shape-broadcast-in-loss": [(NUMBERS, {"loss": "broadcast"})],
    "numerical-instability-in-loss": [(CLASSES, {"loss": "unstable"})],
    "loss-wrong-sign": [(ALL_TASKS, {"flip_sign": True})],
    "loss-reduction-wrong": [(ALL_TASKS, {"summed": True, "update": "sgd", "rate": 0.1})],
    "label-misaligned": [(ALL_TASKS, {"prepare": shuffled_labels})],
    "label-noise": [(ALL_TASKS, {"prepare": noisy_labels})],
    "inputs-uninformative": [(ALL_TASKS, {"prepare": no_information})],
    "inputs-not-scaled": [(ALL_TASKS, {"input_scale": 255.0})],
    "sentinel-in-features": [(ALL_TASKS, {"prepare": sentinels})],
    "outliers-in-data": [(ALL_TASKS, {"prepare": outliers})],
    "target-not-scaled": [(NUMBERS, {"target_scale": 1e4})],
    "non-finite-data": [(ALL_TASKS, {"prepare": one_nan})],
    "preprocessing-mismatch": [(ALL_TASKS, {"prepare": other_scale_in_validation})],
    "train-validation-leak": [(ALL_TASKS, {"prepare": copies_in_validation})],
    "class-imbalance": [(TASKS[1:2], {"prepare": rare_class})],
    "data-not-shuffled": [(ALL_TASKS, {"shuffle": False})],
    "train-mode-in-validation": [(ALL_TASKS, {"dropout": 0.4, "dropout_in_validation": True})],
    "dead-relu": [(ALL_TASKS, {"bias": -30.0})],
    "vanishing-gradients": [(ALL_TASKS, {"activation": "sigmoid", "hidden": (32,) * 7, "weight_scale": 0.7})],
    "exploding-gradients": [(ALL_TASKS, {"hidden": (32,) * 6, "weight_scale": 4.0, "update": "sgd", "rate": 0.05})],
    "bad-initialisation": [(ALL_TASKS, {"weight_scale": 0.0}), (ALL_TASKS, {"weight_scale": 8.0})],
    "no-nonlinearity": [(ALL_TASKS, {"activation": "none"})],
    "underfit-capacity": [(ALL_TASKS, {"hidden": (2,)})],
    "overfitting": [
        (ALL_TASKS, {"samples": 96, "dropout": 0.0, "decay": 0.0, "epochs": 80}),
        (ALL_TASKS, {"samples": 320, "dropout": 0.0, "decay": 0.0, "epochs": 60}),
    ],
    "dropout-too-strong": [(ALL_TASKS, {"dropout": 0.95})],
    "weight-decay-too-strong": [(ALL_TASKS, {"decay": 30.0})],
    "gradient-clip-too-tight": [(ALL_TASKS, {"clip": 1e-6, "update": "sgd", "rate": 0.05})],
    "undertrained": [(ALL_TASKS, {"epochs": 8, "rate": 0.0003})],
}


def verdict(run: Run) -> tuple[str, set[str]]:
    """What losscompass puts first among the symptoms of warning and above (empty: nothing), and the causes it names."""
    found = diagnose_run(run).found
    serious = [one for one in found if one.severity is not Severity.NOTE]
    first = next((one.id for one in serious if one.kind == "symptom"), "")
    return first, {one.id for one in serious if one.kind == "cause"}


def main() -> None:
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    runs, named = Counter(), Counter()
    healthy = Counter(verdict(train(Setup(task), 1000 + seed))[0] for task in TASKS for seed in range(SEEDS))
    for cause, ways in FAULTS.items():
        for tasks, change in ways:
            for task in tasks:
                for seed in range(SEEDS):
                    with np.errstate(all="ignore"):
                        run = train(replace(Setup(task), **change), seed)
                    first, causes = verdict(run)
                    tallies[first][cause] += 1
                    runs[cause] += 1
                    named[cause] += cause in causes
        print(f"{cause:34} { {s: t[cause] for s, t in tallies.items() if t[cause]} }", file=sys.stderr, flush=True)
    shares = {}
    for symptom, counts in sorted(tallies.items()):
        if symptom and sum(counts.values()) >= LEAST_RUNS:
            rates = {cause: count / runs[cause] for cause, count in counts.most_common() if count >= 2}
            total = sum(rates.values())
            shares[symptom] = {
                cause: round(rate / total, 3) for cause, rate in sorted(rates.items(), key=lambda one: -one[1])
            }
    record = {
        "how": "calibration/causes.py",
        "seeds": SEEDS,
        "runs": dict(runs),
        "healthy": {symptom or "nothing": count for symptom, count in healthy.items()},
        "named": {cause: count for cause, count in named.items() if count},
        "silent": {cause: tallies[""][cause] for cause in runs if tallies[""][cause]},
        "shares": shares,
    }
    OUT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
