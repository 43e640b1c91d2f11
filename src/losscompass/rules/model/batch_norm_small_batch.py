"""Batch norm on batches of one or two samples: their mean and variance are no estimate of anything."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, looked, loops, place, shape, text
from ..source.lines import cuts_batches

SMALL = 2  # samples: normalised by their own mean and variance, two numbers are +1 and -1 whatever they were
LOOKS = 3
ALONE = "Expected more than 1 value per channel when training"
"""What torch says of a batch norm that is given a single value a channel."""


def detect(run: Run) -> Iterator[Finding]:
    models = [one for one in looked(run, "model") if count(one, "batch_norm")]
    if not models:
        return
    failed = next((one for one in run.happened("failed") if ALONE in text(one, "message")), None)
    if failed is not None:  # the rest of the data is a batch of its own, and was one sample
        yield Finding(
            onset=failed.step,
            values={"batch": 1, "layers": count(models[0], "batch_norm")},
            severity=Severity.CRITICAL,
            place=cuts_batches(run) or place(failed, "at"),
        )
        return
    for loop in loops(run):
        checked, frozen = count(loop, "train_checked"), count(loop, "train_in_eval")
        if not checked or frozen:
            return  # fine-tuned with the statistics it came with
    sizes = [
        seen for one in run.happened("batch") if one.data.get("phase") == "train" and (seen := shape(one, "shape"))
    ]
    if len(sizes) < LOOKS or any(not 0 < size[0] <= SMALL for size in sizes):
        return
    small = [one for one in run.happened("loader") if 0 < count(one, "batch_size") <= SMALL]
    yield Finding(
        onset=None,
        values={"batch": max(size[0] for size in sizes), "layers": count(models[0], "batch_norm")},
        place=place(small[0] if len(small) == 1 else None, "at") or place(models[0], "batch-norm", "at"),
    )


RULE = Rule(
    id="batch-norm-small-batch",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:model", optional=True),
        Need("event:loop", optional=True),
        Need("event:batch", optional=True),
        Need("event:loader", optional=True),
        Need("event:failed", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("larger-batch",),
    explains=("loss-oscillation", "slow-descent", "plateau", "generalization-gap", "loss-spike"),
    confidence=0.85,
    domain=("T9",),
)
