"""Sums over samples where the mean would have been a usual loss, told by what a step does to the weights."""

from ...evidence.run import Run
from ..distance import form
from ..looks import update_ratio
from ..oversteps import TURNED, seen_in_the_weights
from ..seen import shape, text


def summed_distance(run: Run) -> int:
    """Of a loss written by hand that ends in a sum: the samples of a batch, if the mean would have been borne; else 0."""
    first = next(iter(run.happened("graph")), None)
    given = [one for one in run.happened("batch") if text(one, "phase") == "train"]
    size = (shape(given[0], "shape") or (0,))[0] if given else 0
    return size if first is not None and form(first) == "Sum" and size and bears_the_mean(run, size) else 0


def bears_the_mean(run: Run, size: int) -> bool:
    """Whether the run is turned over by steps that would be usual ones, if the loss were the mean."""
    return seen_in_the_weights(run) is not None and update_ratio(run) <= TURNED * size / 2
