"""The sum falls, but one of its parts does not: the other terms pay for it."""

import re
from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.game import adversarial
from ...signal.robust import difference_noise
from ...signal.thin import block_edges, block_levels
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

FALL = Threshold(0.2, unit="share of the first sum", basis="calibration/composite-part-stalled.json")
RISE = Threshold(0.2, unit="share of the part's first value", basis="calibration/composite-part-stalled.json")
STILL = Threshold(0.02, unit="share of the part's first value", basis="calibration/composite-part-stalled.json")
MAY_RISE = re.compile(r"(^|[^a-z])(kld?|reg|penalty|adv|gan|gen|disc|entropy|l2|decay)", re.IGNORECASE)


def detect(
    run: Run, fall: float = FALL.value, rise: float = RISE.value, still: float = STILL.value
) -> Iterator[Finding]:
    if adversarial(run):
        return  # what one side gains the other loses
    total = block_levels(run.series["train/loss"].value, block_edges(len(run.series["train/loss"]), 8))
    if total[0] <= 0 or total[0] - total[-1] < fall * total[0]:
        return
    for name, part in sorted(run.series.items()):
        if name == "train/loss":
            continue
        levels = block_levels(part.value, block_edges(len(part), 8))
        first, last = float(levels[0]), float(levels[-1])
        noise = difference_noise(part.value)
        if first <= 0 or last < 0.02 * total[-1]:
            continue  # an unused term, or one too small to matter
        rises = last - first > max(rise * first, 4 * noise)
        stays = abs(last - first) <= still * first and float(levels.max() - levels.min()) <= 4 * still * first
        if rises or stays:
            yield Finding(
                onset=float(part.step[0]),
                values={
                    "part": name,
                    "first": first,
                    "last": last,
                    "sum_first": float(total[0]),
                    "sum_last": float(total[-1]),
                },
                exhibits=(Exhibit(name), Exhibit("train/loss")),
                severity=Severity.WARNING if rises and not MAY_RISE.search(name.split("/")[-1]) else None,
            )


RULE = Rule(
    id="composite-part-stalled",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("train/loss", points=16),
        Need("train/loss/*", points=16),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("event:graph", optional=True),
        Need("event:generated", optional=True),
    ),
    detect=detect,
    remedies=("reweigh-loss-parts", "check-labels"),
    thresholds={"fall": FALL, "rise": RISE, "still": STILL},
    domain=("L6", "L7"),
)
