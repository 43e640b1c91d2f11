"""What learning rates a run used."""

from ..evidence.names import Kind
from ..evidence.run import Run, Series


def rate_series(run: Run) -> Series | None:
    """The best-logged learning rate, finite points only."""
    rates = [one.finite() for _, one in sorted(run.series.items()) if one.role.kind is Kind.LEARNING_RATE]
    rates = [one for one in rates if len(one)]
    return max(rates, key=len, default=None)


def highest_rate(run: Run) -> float | None:
    """The highest rate that was used; None where none was logged or it was zero."""
    rates = rate_series(run)
    highest = 0.0 if rates is None else float(rates.value.max())
    return highest if highest > 0 else None


def round_rate(rate: float) -> float:
    """Two digits: a rate is a guess, and should look like one."""
    return float(f"{rate:.2g}")
