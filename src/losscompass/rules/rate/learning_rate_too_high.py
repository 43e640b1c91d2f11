"""The loss falls while the learning rate is small, and breaks away as the rate climbs."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.robust import difference_noise, rolling_median
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold, Undecided
from ..looks import update_ratio
from ..seen import place, text

CLIMB = Threshold(1.5, unit="rate at the break / rate at the start", basis="calibration/learning-rate-too-high.json")
GIVEN_BACK = Threshold(0.5, unit="share of the fall", basis="calibration/learning-rate-too-high.json")
CERTAIN = Threshold(6.0, unit="noise of the loss", basis="calibration/learning-rate-too-high.json")


# Of the weights of a layer (the median one) that a step changes; sound programs of the zoo: up to 0.07, usual is 0.001 to 0.01.
TURNED, OVERTURNED, USUAL = 0.1, 0.4, 0.003
FELL, HALVED = 0.9, 0.5  # of the first loss that is left at the end
LEAST = 12  # points


def detect(
    run: Run, climb: float = CLIMB.value, given_back: float = GIVEN_BACK.value, certain: float = CERTAIN.value
) -> Iterator[Finding]:
    if (seen := _seen_in_the_weights(run)) is not None:
        yield seen
        return
    loss = run.curve("train")
    rates = [one for one in run.series.values() if one.role.kind is Kind.LEARNING_RATE]
    if run.facts.get("watched") is True and (loss is None or len(loss) < LEAST or not rates):
        raise Undecided("watched-tensors")
    if run.facts.get("reinforcement") is True:
        return  # an agent's loss is measured against what moves as it learns
    if loss is None or loss.role.direction != -1 or not rates:
        return
    rate = max(rates, key=len)
    if rate.axis != loss.axis:
        raise Undecided("rate-on-the-axis-of-the-loss")
    at = np.interp(loss.step, rate.step, rate.value)
    value = np.where(np.isfinite(loss.value), loss.value, np.inf)  # a loss that is no number has broken away
    finite = np.isfinite(loss.value)
    if np.count_nonzero(finite) < 12:
        return
    smooth = rolling_median(value, max(3, len(loss) // 50))
    low = int(smooth[: max(2, int(at.argmax()) + 1)].argmin())  # the low on the way up
    fall = float(np.median(value[:3]) - smooth[low])
    noise = certain * difference_noise(loss.value[finite])
    needed = max(given_back * fall, noise)
    broken = np.flatnonzero(smooth[low:] > smooth[low] + needed)
    if not broken.size or fall <= 0 or not np.median(smooth[-max(3, len(loss) // 20) :]) > smooth[low] + needed:
        return  # it stayed, or it came back
    top, gone = int(at.argmax()), low + int(broken[0])
    began = float(np.median(at[: max(1, len(loss) // 20)]))
    if at[gone] >= max(climb * began, at[low]) > 0 and gone <= top + len(loss) // 20:
        left = low + int(np.flatnonzero(smooth[low:] > smooth[low] + min(noise, needed))[0])
        position = float(loss.step[left])
        yield Finding(
            onset=position,
            values={"curve": loss.name, "step": position, "rate": float(at[left]), "good_rate": float(at[low])},
            exhibits=(
                Exhibit(loss.name, steps=(position, float(loss.step[-1])), marks=(position,)),
                Exhibit(rate.name),
            ),
        )


def _seen_in_the_weights(run: Run) -> Finding | None:
    """Of a watched run: a step that turns over a good part of each layer, and a loss that does not come down for it."""
    loss, rates = run.curve("train"), [one for one in run.series.values() if one.role.kind is Kind.LEARNING_RATE]
    if run.facts.get("watched") is not True or loss is None or not rates or not any(run.tensors):
        return None
    ratio, first = update_ratio(run), float(loss.value[0])
    last = float(np.median(loss.value[-max(3, len(loss) // 10) :]))
    over = ratio >= OVERTURNED
    leapt = float(loss.value[: max(LEAST, len(loss) // 10)].max()) >= 2 * abs(first)
    lost = any(text(one, "what") in {"activation", "loss", "weight"} for one in run.happened("non-finite"))
    if (
        not ratio >= TURNED
        or (run.facts.get("reinforcement") is True and not over)
        or (len(loss) < LEAST and not (lost and over))
    ):
        return None
    if last <= (HALVED if over else FELL) * first and not (over and (leapt or lost)):
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
        confidence=0.95,
        place=place(next(iter(run.happened("optimizer")), None), "at"),
    )


RULE = Rule(
    id="learning-rate-too-high",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched|curve:train", points=12, finite=False),
        Need("fact:watched|kind:learning-rate", points=3),
        Need("curve:train", finite=False, optional=True),
        Need("kind:learning-rate|fact:reinforcement|event:non-finite|event:optimizer|tensor:update", optional=True),
    ),
    detect=detect,
    remedies=("lower-learning-rate", "lengthen-warmup", "clip-gradients"),
    explains=(
        *("loss-divergence", "non-finite-loss", "loss-oscillation", "loss-spike"),
        *("loss-flat", "plateau", "dead-relu", "chance-level-loss"),
    ),
    thresholds={"climb": CLIMB, "given_back": GIVEN_BACK, "certain": CERTAIN},
    domain=("T1",),
)
