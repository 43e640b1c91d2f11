"""A sudden rise of the loss far outside its own recent noise, and the way back (C6)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.headline import headlines
from ...signal.spikes import spikes
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

RISE = Threshold(10.0, unit="local noise, heavy tails allowed for", basis="calibration/loss-spike.json")
SHARE = Threshold(0.5, unit="rise as a share of the level before", basis="calibration/loss-spike.json")


def detect(run: Run, rise: float = RISE.value, share: float = SHARE.value) -> Iterator[Finding]:
    lines = headlines(run)
    if lines.adversarial:
        return
    for curve in (lines.train, lines.held):
        if curve is None or curve.turned < 0:
            continue
        back = [s for s in spikes(curve.value, rise, share) if s.recovered is not None]
        if not back:
            continue
        worst = back[0]
        onset = float(curve.series.step[worst.start])
        yield Finding(
            onset=onset,
            values={
                "series": curve.series.name,
                "at": onset,
                "before": worst.before,
                "peak": worst.peak,
                "back": float(curve.series.step[worst.recovered or 0]),
                "count": len(back),
                "lasted": (worst.recovered or worst.start) - worst.start,
            },
            exhibits=(
                Exhibit(
                    curve.series.name,
                    steps=(onset, float(curve.series.step[worst.recovered or 0])),
                    marks=tuple(sorted(float(curve.series.step[s.start]) for s in back[:20])),
                ),
            ),
        )


RULE = Rule(
    id="loss-spike",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("curve:train|curve:val|curve:test", points=20),
        Need("kind:loss|kind:loss-part|kind:reward", optional=True),
        *GAME,
    ),
    detect=detect,
    remedies=("clip-gradients", "lower-learning-rate", "inspect-batch"),
    thresholds={"rise": RISE, "share": SHARE},
    confidence=0.55,
    labels=("spike-recovered",),
    domain=("C6",),
)
