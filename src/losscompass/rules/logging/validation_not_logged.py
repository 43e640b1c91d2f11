"""A training curve and nothing to judge it by: memorising and learning look the same."""

from collections.abc import Iterator

from ...evidence.names import Kind
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity


def detect(run: Run) -> Iterator[Finding]:
    loss = run.curve("train")
    judged = any(name.startswith(("val/", "test/")) for name in run.series)
    if loss is not None and loss.role.kind is not Kind.REWARD and not judged:
        yield Finding(onset=None, values={"curve": loss.name}, exhibits=(Exhibit(loss.name),))


RULE = Rule(
    id="validation-not-logged",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(Need("curve:train", points=8), Need("val/*|test/*", optional=True)),
    detect=detect,
    remedies=("log-validation",),
    confidence=1.0,
    domain=("T10",),
)
