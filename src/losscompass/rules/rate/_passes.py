"""How often a scheduler is stepped in an epoch."""

from ...evidence.records import Event
from ...evidence.run import Run
from ..seen import count, number

PASSES = 3  # of validation


def by_epoch(run: Run, one: Event) -> tuple[float | None, float | None, float]:
    """Calls and steps an epoch, and epochs. Where no loader is passed over, a validation pass ends an epoch."""
    calls, steps, epochs = number(one, "calls_per_epoch"), number(one, "steps_per_epoch"), number(one, "epochs") or 0.0
    passes = max((count(loop, "val_passes") for loop in run.happened("loop")), default=0)
    if calls is None and steps is None and not epochs and passes >= PASSES:
        return count(one, "calls") / passes, count(one, "steps") / passes, float(passes)
    return calls, steps, epochs
