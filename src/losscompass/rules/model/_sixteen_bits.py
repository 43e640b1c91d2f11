"""Weights in 16 bits where no update of a tensor was seen, and where they were put so."""

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Threshold, Undecided
from ..seen import count, loops, number, place, steps_in, text
from ..source import place_at, program
from ..source.setup import converted

# share of the numbers that a step leaves as they were, beyond those without gradient
LOST = Threshold(0.5, unit="share of the numbers", basis="calibration/watched/low-precision.json")
LOOKS = 256  # steps that are looked at where the weights are moved by hand
STEPS = 20  # of these, the fewest that tell something
EARLY = 50  # steps: later, a run may break by its rate


def moved_by_hand(run: Run) -> tuple[str, float] | None:
    """Weights that are moved by hand, and stay where they are in many steps."""
    for loop in loops(run) if run.happened("loop") else ():
        looks, moved = min(LOOKS, count(loop, "backwards") - 1), count(loop, "by_hand")
        if (number(loop, "optimizer") or 0) < 0 and looks >= STEPS and 0 < moved <= (1 - LOST.value) * looks:
            return "still", 1 - moved / looks
    return None


def broken_early(run: Run, half: str) -> tuple[str, float] | None:
    """Numbers beyond what float16 holds, before the run could blow up by itself."""
    first = next(iter(run.happened("non-finite")), None)
    if first is None or half != "float16" or text(first, "what") not in {"activation", "loss", "gradient", "weight"}:
        return None
    return ("beyond", 0.0) if steps_in(run, first) <= EARLY else None


def where_converted(run: Run) -> Place | None:
    """Where the model was put into 16 bits, else where the optimiser was made."""
    try:
        read = program(run)
    except Undecided:
        read = None
    model = next(iter(run.happened("model")), None)
    found = converted(read, text(model, "variable") if model is not None else "") if read is not None else None
    return place_at(*found) if found else place(next(iter(run.happened("optimizer")), None), "at")
