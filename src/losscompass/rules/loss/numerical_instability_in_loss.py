"""A logarithm, a root or a quotient of the loss that nothing guards, and a loss or gradient that is no number."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import looked, number, place, text, texts

FIRST = ("loss", "gradient")  # what is no number first where the loss breaks: not the data, nor what the layers give
DIVERGED = 10.0  # times its first value: then the run blew up before the loss broke


def detect(run: Run) -> Iterator[Finding]:
    graphs = [graph for graph in looked(run, "graph") if texts(graph, "fragile")]
    broken = run.happened("non-finite")
    if not graphs:
        return
    graph = next((one for one in graphs if place(one, "fragile")), graphs[0])
    where = place(graph, "fragile", "outermost", "at")
    names = ", ".join(name.partition("×")[0].lower() for name in texts(graph, "fragile"))
    if not broken:  # it has not happened yet, and may not in this run
        if any(name.startswith("Log") for name in texts(graph, "fragile")):
            yield Finding(
                onset=None,
                values={"operations": names, "what": "–", "before": "–"},
                severity=Severity.NOTE,
                confidence=0.5,
                place=where,
            )
        return
    before, loss = number(broken[0], "before"), run.curve("train")
    began = _began(graph, run)  # of the same backward: the script may have trained something else before
    if began is None:
        began = float(loss.value[0]) if loss is not None and len(loss) else before
    if text(broken[0], "what") not in FIRST:
        return
    if before is not None and began is not None and abs(before) > DIVERGED * max(abs(began), 1.0):
        return
    shown = f"{before:.4g}" if before is not None else "–"
    yield Finding(
        onset=None, values={"operations": names, "what": text(broken[0], "what"), "before": shown}, place=where
    )


def _began(graph: Event, run: Run) -> float | None:
    """What the loss of the same line was worth when it was first seen; None where that was no number."""
    mine = [one for one in run.happened("graph") if number(one, "site") == number(graph, "site")]
    return next((value for one in mine if (value := number(one, "value")) is not None), None)


RULE = Rule(
    id="numerical-instability-in-loss",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:graph", optional=True),
        Need("event:non-finite", optional=True),
        Need("curve:train", optional=True),
    ),
    detect=detect,
    remedies=("guard-the-loss", "mixed-precision-care"),
    explains=("non-finite-loss",),
    confidence=0.9,
    domain=("L2", "T9"),
)
