"""The loss falls while the learning rate is small, and breaks away as the rate climbs."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.robust import difference_noise, rolling_median
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold, Undecided
from ..oversteps import POINTS, seen_in_the_outputs, seen_in_the_weights

CLIMB = Threshold(1.5, unit="rate at the break / rate at the start", basis="calibration/learning-rate-too-high.json")
GIVEN_BACK = Threshold(0.5, unit="share of the fall", basis="calibration/learning-rate-too-high.json")
CERTAIN = Threshold(6.0, unit="noise of the loss", basis="calibration/learning-rate-too-high.json")


def detect(
    run: Run, climb: float = CLIMB.value, given_back: float = GIVEN_BACK.value, certain: float = CERTAIN.value
) -> Iterator[Finding]:
    if (seen := seen_in_the_weights(run) or seen_in_the_outputs(run)) is not None:
        yield seen
        return
    loss = run.curve("train")
    rates = [one for one in run.series.values() if one.role.kind is Kind.LEARNING_RATE]
    if run.facts.get("reinforcement") is True:
        return  # an agent's loss is measured against what moves as it learns
    if loss is None or loss.role.direction != -1 or not rates:
        return
    rate = max(rates, key=len)
    if len(loss) < POINTS or len(rate) < 3:
        raise Undecided("longer-curve")
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


RULE = Rule(
    id="learning-rate-too-high",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("curve:train", points=1, finite=False),
        Need("fact:watched|kind:learning-rate"),
        Need("fact:watched", optional=True),
        Need("event:non-finite", optional=True),
        Need("fact:reinforcement", optional=True),
        Need("tensor:update", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("event:batch", optional=True),
        Need("event:source", optional=True),
        Need("tensor:activation", optional=True),
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
