"""What the target allows: what each loss reads for a guess and at best, what trivial guesses score, which metric to read (J2, J3, J6)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ._columns import AUDITED, column, figures, known, number, table, text


def detect(run: Run) -> Iterator[Finding]:
    outlook = known(run, "outlook")
    if not column(outlook, "losses").size:
        return
    losses, starts, baselines, floors = (column(outlook, key) for key in ("losses", "starts", "baselines", "floors"))
    shares = number(outlook, "majority", np.nan)
    yield Finding(
        onset=None,
        values={
            "task": text(outlook, "task"),
            "loss": str(losses[0]),
            "baseline": float(baselines[0]),
            "guess": shares if np.isfinite(shares) else 0.0,
            "metric": _metric(text(outlook, "task"), shares),
        },
        exhibits=(
            *table(
                ("loss", "start", "baseline", "floor"),
                zip(losses, starts.tolist(), baselines.tolist(), floors.tolist(), strict=True),
            ),
            *table(
                ("metric", "constant-answer"),
                zip(column(outlook, "metrics"), figures(outlook, "guesses").tolist(), strict=True),
            ),
        ),
    )


def _metric(task: str, majority: float) -> str:
    """The metric to read beside the loss."""
    if task == "regression":
        return "R²"
    if majority >= 0.75:
        return "F1, PR-AUC"
    return "accuracy, F1"


RULE = Rule(
    id="target-outlook",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(AUDITED, Need("event:outlook", optional=True)),
    detect=detect,
    confidence=0.95,
    domain=("J2", "J3", "J6"),
)
