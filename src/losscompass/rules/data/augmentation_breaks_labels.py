"""Images are moved at random, and the masks or boxes that say where things are stay behind."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import shape, text
from ..source import place_at, program
from ..source.augment import moves

CORNERS = 4  # numbers of a box
REGRESSION = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
PLACES = ("box", "key", "point", "kp", "landmark", "coord", "cent", "corner", "xy", "pos", "joint")
"""Parts of the names that targets with places in the image bear."""


def detect(run: Run) -> Iterator[Finding]:
    read = program(run)
    images = {
        found[-2:]
        for one in run.happened("batch")
        if (found := shape(one, "shape")) is not None and len(found) == 4 and text(one, "phase") != "val"
    }
    spatial = boxes = placed = False
    for one in run.happened("loss-call"):
        target = shape(one, "target_shape")
        if target is None or text(one, "phase") == "val":
            continue
        spatial |= len(target) >= 3 and target[-2:] in images
        if len(target) == 2 and text(one, "function") in REGRESSION and images:
            boxes |= target[1] == CORNERS
            placed |= target[1] >= 2 and target[1] % 2 == 0
    if not (spatial or boxes or placed):
        return
    for move in moves(read):
        if not (spatial or boxes or any(word in move.target.lower() for word in PLACES)):
            continue
        yield Finding(
            onset=None,
            values={
                "what": f"words:augmentation-breaks-labels.{'apart' if move.apart else 'left'}",
                "image": move.image,
                "target": move.target,
            },
            place=place_at(move.file, move.node),
        )
        return


RULE = Rule(
    id="augmentation-breaks-labels",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:source", optional=True),
        Need("event:batch", optional=True),
        Need("event:loss-call", optional=True),
    ),
    detect=detect,
    remedies=("check-labels",),
    explains=("validation-below-train", "plateau", "slow-descent"),
    confidence=0.9,
    domain=("D5",),
)
