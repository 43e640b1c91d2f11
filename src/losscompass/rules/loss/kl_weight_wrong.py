"""A VAE whose divergence counts many times more, or less, than its reconstruction: one is summed where the other is averaged."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import looked, number, place

FAR = 20.0
"""From 1 in either direction: the weights that people choose for disentangled or for sharp models lie mostly between 0.1 and
10; what is left over from mixing a sum with a mean is as large as a picture has pixels, or a batch samples times dimensions."""


def detect(run: Run) -> Iterator[Finding]:
    graphs = [graph for graph in looked(run, "graph") if (number(graph, "kl_weight") or 0.0) > 0]
    weights = [number(graph, "kl_weight") or 1.0 for graph in graphs]
    if not weights:
        return
    steady = max(weights) < 1.01 * min(weights)  # one that grows is a warm-up, and was not seen to its end
    if min(weights) >= FAR or (steady and max(weights) <= 1 / FAR):
        yield Finding(onset=None, values={"weight": weights[-1]}, place=place(graphs[0], "outermost", "at"))


RULE = Rule(
    id="kl-weight-wrong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:graph", optional=True)),
    detect=detect,
    remedies=("reweigh-loss-parts",),
    explains=("composite-part-stalled", "plateau", "loss-flat"),
    confidence=0.85,
    domain=("L2",),
)
