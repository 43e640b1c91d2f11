"""Curves whose truth is known, by family, to measure on what share of healthy runs a rule speaks, and what it misses.

A family is a kind of noise × a length: Gaussian, t with five and with three degrees of freedom, and Gaussian noise that
remembers (first-order autocorrelation 0.7); runs of a few epochs, of many epochs, and of thousands of steps. Rates are kept
by family, never only averaged: an average hides the heavy tail. Everything follows from a seed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from losscompass.evidence.names import Kind, Phase, Role
from losscompass.evidence.run import Run, Series

NOISES = ("gauss", "t5", "t3", "memory")
LENGTHS = ("few-epochs", "epochs", "steps")
SCALES = (1e-3, 1.0, 1e4)

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Case:
    """A run and what is true of it. `ill`: ids of the rules that should speak; empty for a healthy run."""

    family: str  # "t3/epochs"
    shape: str  # how it was made
    run: Run
    ill: frozenset[str] = field(default_factory=frozenset)
    open: frozenset[str] = field(default_factory=frozenset)  # rules for which it proves nothing either way
    healthy: bool = False  # nothing of severity warning or above is true of it


@dataclass(slots=True)
class Maker:
    """Draws the parts of a run of one family."""

    rng: np.random.Generator
    noise_kind: str
    length: str

    def n(self) -> int:
        """How many readings."""
        low, high = {"few-epochs": (6, 25), "epochs": (30, 300), "steps": (400, 4000)}[self.length]
        return round(float(np.exp(self.rng.uniform(np.log(low), np.log(high)))))

    def noise(self, n: int) -> Array:
        """Noise of unit spread."""
        match self.noise_kind:
            case "t5":
                return self.rng.standard_t(5, n) / np.sqrt(5 / 3)
            case "t3":
                return self.rng.standard_t(3, n) / np.sqrt(3.0)
            case "memory":
                raw = self.rng.standard_normal(n)
                for i in range(1, n):
                    raw[i] = 0.7 * raw[i - 1] + np.sqrt(1 - 0.49) * raw[i]
                return raw
            case _:
                return self.rng.standard_normal(n)

    def rough(self, level: Array, *, held: bool) -> Array:
        """The levels as they would be logged: noise in proportion to the level, never below zero."""
        if self.length == "steps" and not held:
            width = np.exp(self.rng.uniform(np.log(0.02), np.log(0.2)))
        else:
            width = np.exp(self.rng.uniform(np.log(0.002), np.log(0.12 if held else 0.015)))
        return level * np.maximum(1.0 + width * self.noise(level.size), 0.05)

    def descent(self, n: int, *, done: bool) -> Array:
        """A fall from 1 to a floor: exponential, a power law, or in steps of the learning rate; `done` if it levels off."""
        x = np.arange(n) / max(1, n - 1)
        floor = self.rng.uniform(0.05, 0.7)
        match self.rng.integers(3):
            case 0:
                shape = np.exp(-x * (self.rng.uniform(8, 25) if done else self.rng.uniform(1.0, 2.5)))
            case 1:
                power = self.rng.uniform(0.5, 1.5)
                shape = (1 + x * (self.rng.uniform(50, 500) if done else self.rng.uniform(2, 6))) ** -power
                if done:  # the rate decays to nothing over the last third
                    shape = shape[-1] + (shape - shape[-1]) * np.clip((1 - x) / 0.35, 0, 1) ** 0.5
                    shape[int(0.8 * n) :] = shape[int(0.8 * n)]
            case _:
                shape = (
                    0.4 * np.exp(-20 * x)
                    + 0.4 * np.exp(-40 * np.clip(x - 0.3, 0, 1))
                    + 0.2 * np.exp(-60 * np.clip(x - 0.6, 0, 1))
                )
                if not done:
                    shape = 0.5 * np.exp(-3 * x) + 0.5 * (1 - x)
        return floor + (1 - floor) * shape

    def run(self, shape: str, train: Array, held: Array | None = None, **extra: Array) -> Run:
        """A run of these curves, at one of three scales."""
        scale = float(self.rng.choice(SCALES))
        axis = "step" if self.length == "steps" else "epoch"
        every = 10 if axis == "step" else 1
        series = {"train/loss": _series("train/loss", train * scale, axis, every)}
        curves = {"train": "train/loss"}
        if held is not None:
            stretch = (train.size - 1) / max(1, held.size - 1) * every
            series["val/loss"] = _series("val/loss", held * scale, axis, stretch)
            curves["val"] = "val/loss"
        for name, value in extra.items():
            series[name] = _series(name, value, axis, every)
        return Run(source=f"synthetic {shape}", series=MappingProxyType(series), curves=MappingProxyType(curves))

    def held(self, level: Array) -> Array:
        """What a validation at every epoch (or forty times in a run of steps) would read."""
        if self.length == "steps":
            level = level[np.linspace(0, level.size - 1, 40).round().astype(int)]
        return self.rough(level, held=True)


def _series(name: str, value: Array, axis: str, every: float) -> Series:
    phase = Phase(name.split("/", 1)[0])
    step = np.arange(value.size) * float(every) + 1.0
    step.setflags(write=False)
    value = np.ascontiguousarray(value, dtype=np.float64)
    value.setflags(write=False)
    return Series(name=name, raw=name, role=Role(phase, Kind.LOSS), axis=axis, step=step, value=value)  # type: ignore[arg-type]


# -- healthy ---------------------------------------------------------------------------------------------------------------


def converged(m: Maker) -> Case:
    level = m.descent(m.n(), done=True)
    apart = m.rng.uniform(1.0, 1.4)
    return _case(
        m, "converged", m.run("converged", m.rough(level, held=False), m.held(level * apart)), open=("plateau",)
    )


def improving(m: Maker) -> Case:
    level = m.descent(m.n(), done=False)
    apart = m.rng.uniform(1.0, 1.3)
    run = m.run("improving", m.rough(level, held=False), m.held(level * apart))
    return _case(m, "improving", run, ill=("loss-still-falling",))


def held_out_below(m: Maker) -> Case:
    level = m.descent(m.n(), done=True)
    run = m.run("held-out below", m.rough(level, held=False), m.held(level * m.rng.uniform(0.5, 0.85)))
    return _case(m, "held-out below", run, ill=("validation-below-train",), open=("plateau",))


def levelled_gap(m: Maker) -> Case:
    """Validation levels off early and stays, while training goes on: a gap, but no turn."""
    n = m.n()
    train = m.descent(n, done=False)
    x = np.arange(n) / max(1, n - 1)
    stop = m.rng.uniform(0.3, 0.6)
    held = np.interp(np.minimum(x, stop), x, train) * m.rng.uniform(1.0, 1.2)
    smooth = np.convolve(np.pad(held, (3, 3), mode="edge"), np.ones(7) / 7, mode="valid")
    run = m.run("levelled gap", m.rough(train, held=False), m.held(smooth))
    return _case(m, "levelled gap", run, open=("plateau", "generalization-gap"))


HEALTHY: tuple[Callable[[Maker], Case], ...] = (converged, improving, held_out_below, levelled_gap)


# -- ill -------------------------------------------------------------------------------------------------------------------


def turned(m: Maker) -> Case:
    """Validation turns after 10–70 % of the run and ends 5–150 % above its lowest."""
    n = m.n()
    train = m.descent(n, done=False)
    x = np.arange(n) / max(1, n - 1)
    at = m.rng.uniform(0.1, 0.7)
    held = np.interp(np.minimum(x, at), x, train) * m.rng.uniform(1.0, 1.2)
    rise = np.exp(m.rng.uniform(np.log(0.05), np.log(1.5)))
    held = held * (1 + rise * np.clip((x - at) / (1 - at), 0, 1) ** m.rng.uniform(0.6, 1.3))
    run = m.run("turned", m.rough(train, held=False), m.held(held))
    return _case(
        m, "turned", run, ill=("overfitting", "training-past-best"), open=("generalization-gap", "overconfidence")
    )


def flat(m: Maker) -> Case:
    """Nothing is learned: noise around a level, after a first drop of up to a tenth."""
    n = max(m.n(), 8)
    level = 1 + m.rng.uniform(0, 0.1) * np.exp(-np.arange(n) / max(1.0, 0.03 * n))
    run = m.run("flat", _narrow(m, level), _narrow(m, m.held(level) * 0 + 1.0))
    return _case(m, "flat", run, ill=("loss-flat",), open=("plateau", "overfitting", "loss-oscillation"))


def ran_away(m: Maker) -> Case:
    """After a while the loss climbs above where it began, at once or by and by."""
    n = max(m.n(), 10)
    level = m.descent(n, done=False)
    x = np.arange(n) / (n - 1)
    at = m.rng.uniform(0.1, 0.7)
    top = np.exp(m.rng.uniform(np.log(1.3), np.log(1e3)))
    ramp = np.clip((x - at) / (0.02 if m.rng.random() < 0.5 else 1 - at), 0, 1)
    level = np.where(x > at, level * (1 - ramp) + top * ramp, level)
    run = m.run("ran away", m.rough(level, held=False), m.held(level * 1.05))
    return _case(m, "ran away", run, ill=("loss-divergence",), open=_AFTER_A_BREAK)


def broke(m: Maker) -> Case:
    """From some point on the loss is NaN."""
    n = max(m.n(), 8)
    train = m.rough(m.descent(n, done=False), held=False)
    at = int(n * m.rng.uniform(0.05, 0.8))
    train[at:] = np.nan
    return _case(m, "broke", m.run("broke", train), ill=("non-finite-loss",), open=_AFTER_A_BREAK)


def swinging(m: Maker) -> Case:
    """Up and down by 40–150 % of the level, and nowhere to go."""
    n = max(m.n(), 20)
    x = np.arange(n)
    swing = m.rng.uniform(0.2, 0.75)
    wave = np.sin(2 * np.pi * x / m.rng.uniform(3, max(6, n / 6)) + m.rng.uniform(0, 6))
    level = 1 + swing * (0.7 * wave + 0.5 * np.clip(m.noise(n), -2, 2))
    return _case(
        m,
        "swinging",
        m.run("swinging", np.maximum(level, 0.02)),
        ill=("loss-oscillation",),
        open=("plateau", "loss-flat"),
    )


def stuck(m: Maker) -> Case:
    """A quick first fall, then nothing for 65–95 % of the run."""
    n = max(m.n(), 20)
    x = np.arange(n) / (n - 1)
    floor = m.rng.uniform(0.3, 0.7)
    level = floor + (1 - floor) * np.exp(-x / m.rng.uniform(0.01, 0.05))
    run = m.run("stuck", m.rough(level, held=False), m.held(level * m.rng.uniform(1.0, 1.2)))
    return _case(m, "stuck", run, ill=("plateau",))


def jumped(m: Maker) -> Case:
    """One to three jumps to twice to ten times the level, each gone within a twentieth of the run."""
    n = max(m.n(), 40)
    level = m.rough(m.descent(n, done=True), held=False)
    for at in m.rng.uniform(0.3, 0.8, m.rng.integers(1, 4)):
        start, size = int(at * n), m.rng.uniform(1.0, 9.0)
        length = max(2, int(0.05 * n))
        level[start : start + length] *= 1 + size * np.exp(
            -np.arange(level[start : start + length].size) / (length / 4)
        )
    return _case(m, "jumped", m.run("jumped", level), ill=("loss-spike",), open=("plateau",))


def crawling(m: Maker) -> Case:
    """A steady fall of 2–8 % over the whole run."""
    n = max(m.n(), 12)
    level = 1 - m.rng.uniform(0.02, 0.08) * np.linspace(0, 1, n)
    run = m.run("crawling", level * (1 + 0.002 * np.clip(m.noise(n), -4, 4)))
    open_ = ("loss-still-falling", "loss-flat", "plateau", "learning-rate-too-low")
    return _case(m, "crawling", run, ill=("slow-descent",), open=open_)


def wide_gap(m: Maker) -> Case:
    """Validation stays two and a half to ten times above training, without turning."""
    level = m.descent(m.n(), done=True)
    run = m.run("wide gap", m.rough(level, held=False), m.held(level * m.rng.uniform(2.5, 10)))
    return _case(m, "wide gap", run, ill=("generalization-gap",), open=("plateau",))


ILL: tuple[Callable[[Maker], Case], ...] = (turned, flat, ran_away, broke, swinging, stuck, jumped, wide_gap, crawling)

_AFTER_A_BREAK = (
    "loss-spike",
    "overfitting",
    "plateau",
    "loss-flat",
    "loss-oscillation",
    "loss-still-falling",
    "training-past-best",
)


def _narrow(m: Maker, level: Array) -> Array:
    """Noise of at most one per cent: a flat loss that swings by more is another story."""
    return level * (1 + m.rng.uniform(5e-4, 0.01) * np.clip(m.noise(level.size), -4, 4))


def _case(m: Maker, shape: str, run: Run, ill: tuple[str, ...] = (), open: tuple[str, ...] = ()) -> Case:  # noqa: A002
    return Case(f"{m.noise_kind}/{m.length}", shape, run, frozenset(ill), frozenset(open))


def cases(each: int, seed: int = 20) -> Iterator[Case]:
    """`each` cases of every shape and family."""
    from . import corpus_values  # it builds on this module

    sound = (*HEALTHY, *corpus_values.HEALTHY)
    for noise in NOISES:
        for length in LENGTHS:
            for number, make in enumerate((*HEALTHY, *ILL, *corpus_values.HEALTHY, *corpus_values.ILL)):
                for i in range(each):
                    place = [seed, NOISES.index(noise), LENGTHS.index(length), number, i]
                    case = make(Maker(np.random.default_rng(place), noise, length))
                    yield replace(case, healthy=make in sound)
