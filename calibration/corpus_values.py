"""More of the corpus: classifiers, detectors, agents and schedules, for the rules on values, metrics, rates and logs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from losscompass.evidence.names import Kind, Phase, Role
from losscompass.evidence.run import Run

from .corpus import Array, Case, Maker

_QUIET = (
    "plateau",
    "loss-still-falling",
    "validation-below-train",
    "generalization-gap",
)  # shapes that prove nothing here
_ILL = (
    *_QUIET,
    "slow-descent",
    "loss-flat",
    "overfitting",
    "loss-divergence",
    "loss-oscillation",
    "loss-spike",
    "training-past-best",
)


def _with(run: Run, facts: Mapping[str, float | int | str] | None = None, **more: tuple[Array, Phase, Kind]) -> Run:
    """The run with further series on the axis of its training loss. In names "__" stands for "/"."""
    loss = run.series["train/loss"]
    series = dict(run.series)
    for key, (values, phase, kind) in more.items():
        name = key.replace("__", "/")
        value = np.ascontiguousarray(values, dtype=np.float64)
        value.setflags(write=False)
        series[name] = replace(loss, name=name, raw=name, role=Role(phase, kind), value=value)
    return replace(run, series=MappingProxyType(series), facts=MappingProxyType(dict(facts or {})))


def _plain(m: Maker, train: Array, shape: str) -> Run:
    """A run of one curve at its own scale."""
    run = m.run(shape, np.ones_like(train))
    value = np.ascontiguousarray(train, dtype=np.float64)
    value.setflags(write=False)
    return replace(run, series=MappingProxyType({"train/loss": replace(run.series["train/loss"], value=value)}))


def _case(m: Maker, shape: str, run: Run, *ill: str, open: tuple[str, ...] = ()) -> Case:  # noqa: A002
    every = (*(_ILL if ill else _QUIET), "validation-not-logged", "chance-level-start", *open)
    return Case(f"{m.noise_kind}/{m.length}", shape, run, frozenset(ill), frozenset(every))


def _long(m: Maker, least: int = 20) -> tuple[int, Array]:
    n = max(m.n(), least)
    return n, np.arange(n) / (n - 1)


def _bounded(m: Maker, level: Array, width: float) -> Array:
    return np.clip(level + width * m.noise(level.size), 1e-3, 0.999)


# -- healthy ---------------------------------------------------------------------------------------------------------------


def classifier(m: Maker) -> Case:
    """K classes from ln K down, accuracy from 1/K up."""
    _n, x = _long(m)
    k, pace = int(m.rng.choice([2, 4, 10, 100, 1000])), m.rng.uniform(0.05, 0.3)
    best = m.rng.uniform(max(0.5, 1.6 / k), 0.97)
    learned = 1 - np.exp(-x / pace)
    loss = np.log(k) * (1 - learned * m.rng.uniform(0.4, 0.95))
    accuracy = _bounded(m, 1 / k + (best - 1 / k) * learned, 0.004)
    run = _with(
        _plain(m, m.rough(loss, held=False), "classifier"), train__accuracy=(accuracy, Phase.TRAIN, Kind.METRIC_UP)
    )
    return _case(m, "classifier", run)


def detector(m: Maker) -> Case:
    """Three terms that all fall, at different paces, and their sum."""
    _n, x = _long(m)
    parts = {
        f"train__loss__{name}": (
            m.rough(start * (floor + (1 - floor) * np.exp(-x / m.rng.uniform(0.05, 0.4))), held=False),
            Phase.TRAIN,
            Kind.LOSS_PART,
        )
        for name, start, floor in (("box", 2.0, 0.4), ("cls", 4.0, 0.1), ("dfl", 4.2, 0.3))
    }
    run = _with(_plain(m, np.sum([value for value, _, _ in parts.values()], axis=0), "detector"), **parts)
    return _case(m, "detector", run)


def agent(m: Maker) -> Case:
    """A reward that rises and levels off, as noisy as rewards are."""
    n, x = _long(m)
    reward = 1 - np.exp(-x / m.rng.uniform(0.1, 0.6)) + m.rng.uniform(0.05, 0.25) * m.noise(n)
    run = _with(_plain(m, m.rough(1 + 0 * x, held=False), "agent"), reward=(reward, Phase.TRAIN, Kind.REWARD))
    return _case(m, "agent", run, open=("loss-flat", "loss-oscillation"))


def scheduled(m: Maker) -> Case:
    """A usual schedule: warm-up and cosine or linear decay, steps by ten, or constant."""
    n, x = _long(m)
    warm = np.minimum(1, (np.arange(n) + 1) / max(1, 0.05 * n))
    shapes = (0.5 * (1 + np.cos(np.pi * x)), 1 - x, 0.1 ** np.floor(3 * x), np.ones(n))
    rate = 10 ** m.rng.uniform(-4, -1) * warm * shapes[m.rng.integers(4)]
    run = _with(
        _plain(m, m.rough(m.descent(n, done=True), held=False), "scheduled"), lr=(rate, Phase.NONE, Kind.LEARNING_RATE)
    )
    return _case(m, "scheduled", run)


HEALTHY: tuple[Callable[[Maker], Case], ...] = (classifier, detector, agent, scheduled)


# -- ill -------------------------------------------------------------------------------------------------------------------


def glued(m: Maker) -> Case:
    """A loss at ln K with noise of up to 0.3 %."""
    n, _ = _long(m)
    k = int(m.rng.choice([2, 3, 4, 10, 20, 100, 1000]))
    loss = np.log(k) * (1 + m.rng.uniform(2e-4, 3e-3) * np.clip(m.noise(n), -3, 3))
    return _case(m, "glued", _plain(m, loss, "glued"), "chance-level-loss")


def wide_head(m: Maker) -> Case:
    """A start one and a half to fifteen nats above ln K; only a log by steps shows it."""
    _n, x = _long(m)
    k = int(m.rng.choice([2, 10, 100]))
    loss = np.log(k) * (0.1 + 0.9 * np.exp(-5 * x)) + m.rng.uniform(1.5, 15) * np.exp(-x / 0.05)
    run = _with(_plain(m, loss, "wide head"), facts={"classes": k})
    ill = ("initial-loss-off",) if m.length == "steps" else ()
    return _case(m, "wide head", run, *ill, open=("initial-loss-off", *_ILL))


def clamped(m: Maker) -> Case:
    """The overflow of a soft-max, or Keras's clip, from some point on."""
    _n, x = _long(m)
    loss = np.where(x > m.rng.uniform(0.1, 0.7), m.rng.choice([87.3365, 16.1181]), 2.3 * np.exp(-x))
    return _case(m, "clamped", _plain(m, loss, "clamped"), "clamped-loss")


def collapsed(m: Maker) -> Case:
    """An accuracy that repeats the share of the largest class."""
    n, x = _long(m)
    same = np.full(n, m.rng.uniform(0.1, 0.95))
    run = _with(
        _plain(m, m.rough(0.5 + 0.1 * np.exp(-x), held=False), "collapsed"),
        val__accuracy=(same, Phase.VALIDATION, Kind.METRIC_UP),
    )
    return _case(m, "collapsed", run, "constant-metric", open=("stalled-metric",))


def density(m: Maker) -> Case:
    """A log-likelihood of densities, which passes zero."""
    n, x = _long(m)
    loss = 2 - 4 * (1 - np.exp(-x / m.rng.uniform(0.1, 0.5))) + 0.02 * m.noise(n)
    return _case(m, "density", _plain(m, loss, "density"), "negative-loss")


def double_softmax(m: Maker) -> Case:
    """Loss = ln(e + K − 1) − accuracy, up to noise of half a point."""
    n, x = _long(m)
    k = int(m.rng.choice([2, 4, 10, 100]))
    accuracy = _bounded(m, 1 / k + (0.95 - 1 / k) * (1 - np.exp(-x / m.rng.uniform(0.1, 0.4))), 0.003)
    loss = np.log(np.e + k - 1) - accuracy + np.abs(0.004 * m.noise(n))
    run = _with(_plain(m, loss, "double soft-max"), train__accuracy=(accuracy, Phase.TRAIN, Kind.METRIC_UP))
    return _case(m, "double soft-max", run, "softmax-before-cross-entropy", open=("chance-level-loss",))


def imbalanced(m: Maker) -> Case:
    """The loss falls by learning the class shares, the answer stays the largest class."""
    n, x = _long(m)
    level = np.full(n, m.rng.uniform(0.55, 0.9)) + 0.002 * np.clip(m.noise(n), -3, 3)
    run = _with(
        _plain(m, m.rough(0.3 + 0.5 * np.exp(-8 * x), held=False), "imbalanced"),
        train__accuracy=(level, Phase.TRAIN, Kind.METRIC_UP),
    )
    return _case(m, "imbalanced", run, "stalled-metric", open=("chance-level-loss",))


def quality_turns(m: Maker) -> Case:
    """FID turns at a fifth to two thirds of the run, the loss does not."""
    n, x = _long(m)
    at = m.rng.uniform(0.2, 0.65)
    fid = np.where(x < at, 200 - 160 * x / at, 40 + m.rng.uniform(30, 150) * (x - at) / (1 - at)) + m.noise(n)
    run = _with(
        _plain(m, m.rough(m.descent(n, done=False), held=False), "quality turns"),
        val__fid=(fid, Phase.VALIDATION, Kind.METRIC_DOWN),
    )
    return _case(m, "quality turns", run, "generative-quality-divergence")


def reward_lost(m: Maker) -> Case:
    """A reward that falls back by 60 to 120 % of what was gained."""
    n, x = _long(m, 40)
    at = m.rng.uniform(0.3, 0.7)
    reward = np.where(x < at, x / at, 1 - m.rng.uniform(0.6, 1.2) * (x - at) / (1 - at)) + m.rng.uniform(
        0.02, 0.1
    ) * m.noise(n)
    run = _with(_plain(m, m.rough(1 + 0 * x, held=False), "reward lost"), reward=(reward, Phase.TRAIN, Kind.REWARD))
    return _case(m, "reward lost", run, "reward-falling")


def part_rises(m: Maker) -> Case:
    """One term rises by 30 to 150 % while the sum falls."""
    _n, x = _long(m)
    box = m.rough(1 + m.rng.uniform(0.3, 1.5) * (1 - np.exp(-3 * x)), held=False)
    cls = m.rough(6 * np.exp(-4 * x) + 0.3, held=False)
    run = _with(
        _plain(m, box + cls, "part rises"),
        train__loss__box=(box, Phase.TRAIN, Kind.LOSS_PART),
        train__loss__cls=(cls, Phase.TRAIN, Kind.LOSS_PART),
    )
    return _case(m, "part rises", run, "composite-part-stalled")


def rate_too_high(m: Maker) -> Case:
    """Falls while the rate climbs, breaks away before the climb is over."""
    _n, x = _long(m, 40)
    warm = m.rng.uniform(0.5, 0.9)
    broken = m.rng.uniform(0.5, 0.7) * warm
    loss = 1 + 3 * np.exp(-x / 0.08) + np.where(x > broken, m.rng.uniform(8, 60) * (x - broken), 0)
    rate = 10 ** m.rng.uniform(-4, -1) * np.minimum(1, x / warm)
    run = _with(_plain(m, m.rough(loss, held=True), "rate too high"), lr=(rate, Phase.NONE, Kind.LEARNING_RATE))
    return _case(m, "rate too high", run, "learning-rate-too-high")


def rate_too_low(m: Maker) -> Case:
    """A straight line at a rate of 1e-9 to 1e-7."""
    n, x = _long(m)
    loss = 3 * (1 - m.rng.uniform(0.01, 0.08) * x) + 0.001 * m.noise(n)
    run = _with(
        _plain(m, loss, "rate too low"), lr=(np.full(n, 10 ** m.rng.uniform(-9, -7)), Phase.NONE, Kind.LEARNING_RATE)
    )
    return _case(m, "rate too low", run, "learning-rate-too-low")


def spent(m: Maker) -> Case:
    """A rate of zero for the last 35 to 80 % of the run."""
    n, x = _long(m)
    rate = 1e-3 * np.maximum(0, 1 - x / m.rng.uniform(0.2, 0.6))
    run = _with(
        _plain(m, m.rough(m.descent(n, done=True), held=False), "spent"), lr=(rate, Phase.NONE, Kind.LEARNING_RATE)
    )
    return _case(m, "spent", run, "scheduler-misconfigured")


ILL: tuple[Callable[[Maker], Case], ...] = (
    glued,
    wide_head,
    clamped,
    collapsed,
    density,
    double_softmax,
    imbalanced,
    quality_turns,
    reward_lost,
    part_rises,
    rate_too_high,
    rate_too_low,
    spent,
)
