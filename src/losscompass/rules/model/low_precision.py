"""Weights in 16 bits whose updates are rounded away: most numbers stay as they are, although their gradient is not zero."""

from collections.abc import Iterator

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..looks import median_of, usual, weights
from ..seen import count, looked, loops, number, place, text
from ..source import place_at, program
from ..source.setup import converted

HALF = ("float16", "bfloat16")
# share of the numbers that a step leaves as they were, beyond those without gradient
LOST = Threshold(0.5, unit="share of the numbers", basis="calibration/watched/low-precision.json")
LAYERS = 2
LOOKS, STEPS = (
    256,
    20,
)  # the steps that are looked at where the weights are moved by hand, and the fewest that tell something
EARLY = 50  # steps: later, a run may break by its rate


def detect(run: Run, lost_at: float = LOST.value) -> Iterator[Finding]:
    batches = [one for one in run.happened("batch") if text(one, "phase") == "train"]
    entered = {text(batch, "dtype") for batch in batches}
    formats = entered | {text(call, "input_dtype") for call in (() if batches else looked(run, "loss-call"))}
    formats |= {text(call, "input_dtype") for call in run.happened("loss-call")}
    half = next((one for one in HALF if one in formats), None)
    if half is None:
        return
    # What enters the model in 16 bits meets weights in 16 bits: autocast changes neither.
    if half in entered and (form := _by_hand(run) or _broken(run, half)) is not None:
        values: dict[str, float | str] = {
            "what": f"words:low-precision.{form[0]}",
            "format": half,
            "share": form[1],
            "layers": 0,
        }
        yield Finding(onset=None, values=values, place=_where(run), severity=Severity.CRITICAL, confidence=0.9)
        return
    gradients = {one.tensor: usual(one, "zero") for one in weights(run, "gradient")}
    # Under autocast the weights have 32 bits, and next to no update is rounded away.
    lost = [
        usual(one, "zero") - gradients[one.tensor]
        for one in weights(run, "update")
        if gradients.get(one.tensor, 1.0) < lost_at
    ]
    if len(lost) < LAYERS or median_of(lost) < lost_at:
        return
    yield Finding(
        onset=None,
        values={
            "what": "words:low-precision.lost",
            "format": half,
            "share": median_of(lost),
            "layers": len(lost),
        },
        place=_where(run),
    )


def _by_hand(run: Run) -> tuple[str, float] | None:
    """Weights that are moved by hand, and stay where they are in many steps."""
    for loop in loops(run) if run.happened("loop") else ():
        looks, moved = min(LOOKS, count(loop, "backwards") - 1), count(loop, "by_hand")
        if (number(loop, "optimizer") or 0) < 0 and looks >= STEPS and 0 < moved <= (1 - LOST.value) * looks:
            return "still", 1 - moved / looks
    return None


def _broken(run: Run, half: str) -> tuple[str, float] | None:
    """Numbers beyond what float16 holds, before the run could blow up by itself."""
    first = next(iter(run.happened("non-finite")), None)
    if first is None or half != "float16" or text(first, "what") not in {"activation", "loss", "gradient", "weight"}:
        return None
    return ("beyond", 0.0) if (first.step or 0) <= EARLY else None


def _where(run: Run) -> Place | None:
    """Where the model was put into 16 bits, else where the optimiser was made."""
    try:
        read = program(run)
    except Undecided:
        read = None
    model = next(iter(run.happened("model")), None)
    found = converted(read, text(model, "variable") if model is not None else "") if read is not None else None
    return place_at(*found) if found else place(next(iter(run.happened("optimizer")), None), "at")


RULE = Rule(
    id="low-precision",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loss-call", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:batch", optional=True),
        Need("event:loop", optional=True),
        Need("event:model", optional=True),
        Need("event:non-finite", optional=True),
        Need("event:source", optional=True),
        Need("tensor:update", optional=True),
        Need("tensor:gradient", optional=True),
    ),
    detect=detect,
    remedies=("mixed-precision-care",),
    explains=(
        "learning-rate-too-low",
        "plateau",
        "loss-flat",
        "slow-descent",
        "chance-level-loss",
        "non-finite-loss",
        "numerical-instability-in-loss",
    ),
    thresholds={"lost_at": LOST},
    confidence=0.95,
    domain=("T9",),
)
