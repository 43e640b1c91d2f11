"""The losses are those of opponents, which rise when the other side gets better: no verdict rests on them (L3, J7)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.headline import headlines
from ..base import Exhibit, Finding, Need, Rule, Severity
from ._game import GAME


def detect(run: Run) -> Iterator[Finding]:
    lines = headlines(run)
    if lines.adversarial and lines.train is not None:
        series = lines.train.series
        yield Finding(
            onset=float(series.step[0]),
            values={"series": series.name, "first": float(series.value[0]), "last": float(series.value[-1])},
            exhibits=(Exhibit(series.name, steps=(float(series.step[0]), float(series.step[-1]))),),
        )


RULE = Rule(
    id="adversarial-losses",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("curve:train", points=4),
        Need("kind:loss|kind:loss-part", points=4),
        Need("curve:val|curve:test|kind:reward", optional=True),
        *GAME,
    ),
    detect=detect,
    confidence=0.83,
    labels=("oscillating",),
    domain=("L3", "J7"),
)
