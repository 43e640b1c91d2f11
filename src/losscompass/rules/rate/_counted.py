"""What the settings of torch's schedulers say that they count: epochs, or batches."""

from math import log

from ...evidence.records import Event
from ..seen import count, number, numbers, text
from ._free_schedule import MEANT, SPENT


def counts_epochs(one: Event, calls: float, steps: float, epochs: float) -> bool:
    """Whether, stepped by the batch, it spends the rate within an epoch, or swings to and fro where it should sink once."""
    gamma, size = number(one, "gamma"), number(one, "step_size")
    low, high = number(one, "lr_low"), number(one, "lr_high")
    match text(one, "class"):
        case "StepLR" | "ExponentialLR" as kind:
            every = 1.0 if kind == "ExponentialLR" else size
            if gamma is None or not 0 < gamma < 1 or every is None or every < 1:
                return False
            within_an_epoch = calls / every * log(gamma) <= log(SPENT)
            # Spent when two thirds of the run are over, where by the epoch it would sink as far as a schedule should.
            spent = 2 / 3 * calls * epochs / every * log(gamma) <= log(SPENT)
            return within_an_epoch or (spent and epochs >= every and epochs / every * log(gamma) >= log(MEANT))
        case "MultiStepLR":
            milestones = numbers(one, "milestones")
            return len(milestones) >= 1 and 2 * max(milestones) <= steps and max(milestones) >= 2
        case "CosineAnnealingLR":
            half = number(one, "T_max") or 0.0
            planned = 2 * half <= steps or round(epochs) == half
            return half >= 2 and planned and count(one, "calls") >= 3 * half
        case "PolynomialLR" | "LinearLR":
            sinks = (number(one, "lr_last") or 0.0) < (number(one, "lr_first") or 0.0)
            length = number(one, "total_iters") or 0.0
            return length >= 2 and sinks and round(epochs) == length
        case "ReduceLROnPlateau":
            patience = number(one, "patience")
            few = patience is not None and patience < steps
            return few and low is not None and high is not None and low <= SPENT * high
        case _:
            return False


def counts_batches(one: Event, steps: float) -> bool:
    """Whether its whole length is a number of batches, of which not half was used when the run was over."""
    keys = {"OneCycleLR": "total_steps", "CosineAnnealingLR": "T_max", "PolynomialLR": "total_iters"}
    length = number(one, keys.get(text(one, "class"), "")) or 0.0
    whole = abs(length / steps - round(length / steps)) < 1e-6
    return whole and length >= 2 * steps and 2 * count(one, "calls") < length
