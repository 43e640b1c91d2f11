"""A rate that is too high, as it shows in the weights of a watched run: a step turns over what the layers hold."""

import numpy as np

from ..evidence.names import Kind
from ..evidence.run import Run, Series
from .base import Exhibit, Finding, Undecided
from .looks import EARLY, last, median_of, update_ratio, usual, values, weights
from .seen import count, number, place, text
from .source import place_at, program
from .source.setup import given_rate, own_optimiser

# Of the weights of a layer (the median one) that a step changes; sound programs of the zoo: up to 0.07, usual is 0.001 to 0.01.
TURNED, OVERTURNED, USUAL = 0.1, 0.4, 0.003
# A first step that moves each weight by a quarter and more, and is all that is left of most layers: no layer starts like this.
FAR, GONE, MATRIX = 0.25, 0.1, 64
# Outputs of a layer after the first step over those before (the median one), and those before over the inputs.
BLOWN, SOUND = 10.0, 10.0
POINTS = 12
FELL, HALVED = 0.9, 0.5  # of the first loss that is left at the end


def seen_in_the_weights(run: Run) -> Finding | None:
    """Of a watched run: a step that turns over a good part of each layer, and a loss that does not come down for it."""
    loss, rates = run.curve("train"), [one for one in run.series.values() if one.role.kind is Kind.LEARNING_RATE]
    if run.facts.get("watched") is not True or loss is None or not rates or not any(run.tensors):
        return None
    ratio, first = update_ratio(run), float(loss.value[0])
    sound = loss.value[np.isfinite(loss.value)]
    end = float(np.median(sound[-max(3, len(loss) // 10) :])) if sound.size else first
    leapt = sound.size > 0 and float(sound[: max(POINTS, len(loss) // 10)].max()) >= 2 * abs(first)
    at_peak = ratio * _climb(rates[0])
    if TURNED <= ratio < OVERTURNED <= at_peak and leapt:
        ratio = at_peak  # the first steps, which were looked at, were those of a warm-up
    over = ratio >= OVERTURNED
    if sound.size < len(loss) and end <= first and not over:
        return None  # it came down until it broke: not the rate, but a number that no rate would save
    lost = any(text(one, "what") in {"activation", "loss", "weight"} for one in run.happened("non-finite"))
    wiped = _wiped(run)
    if wiped is not None:
        ratio = 1.0
    elif (
        not ratio >= TURNED
        or (run.facts.get("reinforcement") is True and not over)
        or (len(loss) < POINTS and not (lost and over))
        or (first <= 0 and not lost)
    ) or (end <= (HALVED if over else FELL) * first and not (over and (leapt or lost))):
        return None
    return Finding(
        onset=float(loss.step[0]),
        values={
            "curve": loss.name,
            "step": float(loss.step[0]),
            "rate": float(np.nanmax(rates[0].value)),
            "good_rate": float(f"{np.nanmax(rates[0].value) * USUAL / ratio:.2g}"),
        },
        exhibits=(Exhibit(loss.name, steps=(float(loss.step[0]), float(loss.step[-1]))), Exhibit(rates[0].name)),
        confidence=0.95 if wiped is None else 0.9,
        place=place(next(iter(run.happened("optimizer")), None), "at"),
    )


def seen_in_the_outputs(run: Run) -> Finding | None:
    """Of weights that are moved by hand: a first step after which sound layers give tens of times what they gave, and the loss is lost."""
    loss, loop = run.curve("train"), next(iter(run.happened("loop")), None)
    if run.facts.get("watched") is not True or loss is None or len(loss) < POINTS or loop is None:
        return None
    first, end = float(loss.value[0]), loss.value[-max(3, len(loss) // 10) :]
    if run.happened("optimizer") or not count(loop, "by_hand") or not first > 0 or bool(np.median(end) < first):
        return None
    tracks = [one for one in run.tracks("activation") if values(one, "std").size >= 2]
    grown = [float(values(one, "std")[1]) / start for one in tracks if (start := float(values(one, "std")[0])) > 0]
    given = [number(one, "std") or 0.0 for one in run.happened("batch") if text(one, "phase") == "train"][:1]
    sound = all(float(values(one, "std")[0]) <= SOUND * max(1.0, *given) for one in tracks)
    if len(grown) < 2 or median_of(grown) < BLOWN or not sound:
        return None
    try:
        read = program(run)
    except Undecided:
        return None
    made = own_optimiser(read)
    rate = given_rate(read, *made) if made is not None else None
    if made is None or rate is None or rate <= 0:
        return None
    step = float(loss.step[0])
    return Finding(
        onset=step,
        values={
            "curve": loss.name,
            "step": step,
            "rate": rate,
            # The first layer's outputs grow with the step itself.
            "good_rate": float(f"{rate * TURNED / max(grown[0], 1.0):.2g}"),
        },
        exhibits=(Exhibit(loss.name, steps=(step, float(loss.step[-1]))),),
        confidence=0.9,
        place=place_at(*made),
    )


def _climb(rate: Series) -> float:
    """How many times higher the rate climbs than it was when the steps of `update_ratio` were taken."""
    early = float(np.nanmedian(rate.value[:EARLY]))
    return float(np.nanmax(rate.value)) / early if early > 0 else 1.0


def _wiped(run: Run) -> float | None:
    """How far the first step moves a weight, where it leaves nothing of what the layers started with; else None."""
    first = [one for one in weights(run, "update") if last(one, "size") >= MATRIX and values(one, "ratio").size]
    steps = [usual(one, "norm", 1) / last(one, "size") ** 0.5 for one in first]
    gone = [one for one in first if 1.0 - GONE < usual(one, "ratio", 1) < 1.0 + GONE]
    far = median_of(steps)
    return far if len(first) >= 2 and len(gone) >= 0.8 * len(first) and far >= FAR else None
