"""Batches of one class after another: the data are in the order of their labels, and nobody shuffles them."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ...signal.game import adversarial
from ..base import Change, Finding, Need, Rule, Severity, Threshold
from ..rewrite import changed, with_keyword
from ..seen import count, flag, looked, number, place, shape, text, training_calls

PURE = Threshold(
    0.5, unit="of the way from shuffled batches to batches of one class", basis="calibration/data-not-shuffled.json"
)
CALM = Threshold(0.5, unit="of the changes of label in a shuffled stream", basis="calibration/data-not-shuffled.json")
SAMPLES = Threshold(64, unit="labels", basis="calibration/data-not-shuffled.json")

OWN_ORDER = ("sampler", "batch_sampler")  # who gives one of these has an order in mind


def detect(
    run: Run, pure: float = PURE.value, calm: float = CALM.value, samples: float = SAMPLES.value
) -> Iterator[Finding]:
    if any(len(shape(call, "target_shape") or ()) > 1 for call in training_calls(run, "cross_entropy", "nll_loss")):
        return  # pixels and tokens have neighbours by nature
    game = adversarial(run)
    last: dict[float, Event] = {}
    for labels in looked(run, "labels"):
        last[number(labels, "loader") or 0.0] = labels
    for source, labels in last.items():
        loader = next((one for one in run.happened("loader") if number(one, "loader") == source), None)
        purity, expected = number(labels, "purity"), number(labels, "purity_expected")
        changes, usual = number(labels, "changes"), number(labels, "changes_expected")
        if purity is None or expected is None or changes is None or usual is None:
            continue
        if count(labels, "classes") < 2 or count(labels, "samples") < samples or _ordered_on_purpose(loader):
            continue
        if expected >= 1 or purity < expected + pure * (1 - expected) or changes >= calm * usual:
            continue  # a batch of one is of one class in any order
        if purity >= 1 and (game or 2 * changes * count(labels, "samples") >= count(labels, "batches")):
            continue  # batches of one class by turns: what is real and what is not, for a critic
        at = place(labels, "at") or place(loader, "at")
        yield Finding(
            onset=None,
            values={
                "purity": purity,
                "expected": expected,
                "batches": count(labels, "batches"),
                "classes": count(labels, "classes"),
            },
            place=at,
            change=_change(labels, loader),
        )
        return


def _ordered_on_purpose(loader: Event | None) -> bool:
    """Shuffled within each task, or by a sampler of the user's own."""
    if loader is None:
        return False
    return flag(loader, "shuffled") or text(loader, "sampler") not in {"", "SequentialSampler", "BatchSampler"}


def _change(labels: Event, loader: Event | None) -> Change | None:
    return changed(
        place(loader, "at") or place(labels, "at"),
        lambda code: with_keyword(code, "DataLoader", "shuffle", "True", unless=OWN_ORDER),
    )


RULE = Rule(
    id="data-not-shuffled",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:labels", optional=True),
        Need("event:loader", optional=True),
        Need("event:loss-call", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("event:graph", optional=True),
        Need("event:generated", optional=True),
    ),
    detect=detect,
    remedies=("shuffle-data",),
    explains=("loss-oscillation", "loss-spike", "loss-divergence", "plateau", "slow-descent", "chance-level-loss"),
    confidence=1.0,
    thresholds={"pure": PURE, "calm": CALM, "samples": SAMPLES},
    domain=("T9",),
)
