"""Batches of one class after another: the data are in the order of their labels, and nobody shuffles them."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ...signal.game import adversarial
from ..base import Change, Finding, Need, Rule, Severity, Threshold
from ..rewrite import changed, with_keyword
from ..seen import count, flag, looked, number, place, shape, text, training_calls
from ..source.lines import label_made

PURE = Threshold(
    0.5, unit="of the way from shuffled batches to batches of one class", basis="calibration/data-not-shuffled.json"
)
CALM = Threshold(0.5, unit="of the changes of label in a shuffled stream", basis="calibration/data-not-shuffled.json")
SAMPLES = Threshold(64, unit="labels", basis="calibration/data-not-shuffled.json")

BATCHES = 16  # all of one class, from the start
ROWS, MAJORITY = 40, 0.9  # answers of the rest of the training, and the share of their most frequent class
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
        alone = count(labels, "classes") == 1 and count(labels, "samples") >= samples and _more_to_come(run)
        if alone and count(labels, "batches") >= BATCHES and not _ordered_on_purpose(loader, stream=True):
            purity, expected, changes, usual = 1.0, 1.0 / max(2, _columns(run)), 0.0, 1.0
        elif count(labels, "classes") < 2 or count(labels, "samples") < samples or _ordered_on_purpose(loader):
            continue
        if expected >= 1 or purity < expected + pure * (1 - expected) or changes >= calm * usual:
            continue  # a batch of one is of one class in any order
        if purity >= 1 and (game or 2 * changes * count(labels, "samples") >= count(labels, "batches")):
            continue  # batches of one class by turns: what is real and what is not, for a critic
        at = (label_made(run) if alone else None) or place(labels, "at") or place(loader, "at")
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


def _columns(run: Run) -> int:
    """The classes that the network can answer."""
    shapes = [shape(call, "input_shape") or () for call in training_calls(run, "cross_entropy", "nll_loss")]
    return max((one[1] for one in shapes if len(one) == 2), default=0)


def _more_to_come(run: Run) -> bool:
    """Whether the network is asked for other classes later, in training itself."""
    if _columns(run) < 2:
        return False
    return any(
        count(look, "train_net_rows") >= ROWS and 0 < (number(look, "train_majority") or 0.0) <= MAJORITY
        for look in run.happened("data-look")
    )


def _ordered_on_purpose(loader: Event | None, stream: bool = False) -> bool:
    """Shuffled within each task, or by a sampler of the user's own. `stream`: the data set itself gives the order."""
    if loader is None:
        return False
    if stream and flag(loader, "iterable"):
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
        Need("event:data-look", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("shuffle-data",),
    explains=("loss-oscillation", "loss-spike", "loss-divergence", "plateau", "slow-descent", "chance-level-loss"),
    confidence=1.0,
    thresholds={"pure": PURE, "calm": CALM, "samples": SAMPLES},
    domain=("T9",),
)
