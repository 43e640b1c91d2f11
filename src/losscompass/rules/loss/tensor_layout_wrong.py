"""Axes that are mixed up: a view that cuts across them, or samples on the axis that a layer reads as time."""

from collections import defaultdict
from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Undecided
from ..seen import count, flag, number, place, shape, text
from ..source import program
from ..source.padding import padded_in_rows
from ._views import VIEWS, names_axes

LOOKS = 3  # calls of a layer: one batch may be as long as it is wide
LENGTHS = 2  # different lengths beside one and the same number of rows: padded sentences in batches
SIZES = 6  # of the targets over the run: a last batch that is smaller makes two
IN_ROWS = 0.9  # confidence
TURNED = "view size is not compatible with input tensor's size and stride"
"""What torch says of a view of a tensor whose axes were swapped or cut before."""


def detect(run: Run) -> Iterator[Finding]:
    if not any(run.happened(name) for name in ("graph", "layout", "sequence-call", "failed")):
        raise Undecided("watched-graph")
    for event in (*run.happened("graph"), *run.happened("layout")):
        before, after = shape(event, "scrambled_from"), shape(event, "scrambled_to")
        where = place(event, "scrambled") or (place(event, "at") if event.name == "layout" else None)
        if not before or not after or (flag(event, "scrambled_regroups") and not names_axes(where)):
            continue
        yield Finding(
            onset=None,
            values={"what": VIEWS[0], "seen": f"{_shown(before)} → {_shown(after)}"},
            place=where,
        )
        return
    failed = next((one for one in run.happened("failed") if text(one, "message").startswith(TURNED)), None)
    if failed is not None:
        message = text(failed, "message").partition(" (")[0]
        yield Finding(onset=None, values={"what": VIEWS[0], "seen": message}, confidence=0.8, place=place(failed, "at"))
        return
    sizes = max((count(loop, "target_sizes") for loop in run.happened("loop")), default=0)
    calls: dict[object, list[Event]] = defaultdict(list)
    for call in run.happened("sequence-call"):
        spot = place(call, "at")
        calls[(spot.file, spot.line) if spot else None, text(call, "class")].append(call)
    padded = bool(run.happened("source")) and padded_in_rows(program(run))
    for looks in calls.values():
        confidence = _samples_as_time(looks, sizes) or (padded and _reads_columns(looks) and IN_ROWS) or 0.0
        if confidence:
            given = shape(looks[0], "shape") or ()
            yield Finding(
                onset=None,
                values={"what": text(looks[0], "class"), "seen": _read(given, flag(looks[0], "batch_first"))},
                confidence=confidence,
                place=place(looks[0], "at"),
            )
            return


def _reads_columns(looks: list[Event]) -> bool:
    """Whether a layer is given batches of sequences, and reads the first axis as time."""
    shapes = [given for call in looks if (given := shape(call, "shape")) is not None]
    return all(len(given) == 3 for given in shapes) and not any(flag(call, "batch_first") for call in looks)


def _time(call: Event, given: tuple[int, ...]) -> int:
    """The axis that the layer reads as time."""
    return 1 if len(given) == 3 and flag(call, "batch_first") else 0


def _samples_as_time(looks: list[Event], sizes: int) -> float:
    """How sure it is that the axis of time holds the samples of a batch; 0 where nothing says so."""
    shapes = [(call, given) for call in looks if (given := shape(call, "shape")) and 2 <= len(given) <= 3]
    if len(shapes) < LOOKS:
        return 0.0
    by_loader = by_target = 0
    for call, given in shapes:
        steps = given[_time(call, given)]
        rows = given[1 - _time(call, given)] if len(given) == 3 else 1
        drawn, targets = number(call, "loader_rows") or -1.0, number(call, "targets") or -1.0
        if rows in (drawn, targets) or (drawn > 1 and rows % drawn == 0):
            return 0.0
        by_loader += steps == drawn > 1
        by_target += steps == targets > 1 and rows > 1
    if len(shapes) in (by_loader, by_target):
        return 0.95
    first = {given[:1] for call, given in shapes if len(given) == 3 and not flag(call, "batch_first")}
    lengths = {given[1] for call, given in shapes if len(given) == 3}
    padded = len(first) == 1 and first != {(1,)} and len(lengths) >= LENGTHS and sizes >= SIZES
    return 0.85 if padded else 0.0


def _read(given: tuple[int, ...], batch_first: bool) -> str:
    return f"{_shown(given)}, batch_first={batch_first}" if len(given) == 3 else _shown(given)


def _shown(sizes: tuple[int, ...]) -> str:
    return " × ".join(map(str, sizes))


RULE = Rule(
    id="tensor-layout-wrong",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:graph", optional=True),
        Need("event:layout", optional=True),
        Need("event:loop", optional=True),
        Need("event:failed", optional=True),
        Need("event:sequence-call", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("match-shapes",),
    explains=("plateau", "loss-flat", "slow-descent", "chance-level-loss", "generalization-gap", "overfitting"),
    confidence=0.95,
    domain=("T9", "L2"),
)
