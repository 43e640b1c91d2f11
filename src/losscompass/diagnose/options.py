"""What the user can tell beside the log."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log
from types import MappingProxyType

from ..evidence.run import Run
from ..rules.base import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the log does not say but the user knows, and which rules to run.

    `priors`: shares of the classes, positive; need not sum to 1. `target`: name of a series (its canonical name, its raw
    name, or the last part of either) and the value it should reach. `select`, `ignore`: ids or categories of rules.
    """

    task: str | None = None  # "binary", "multiclass", "regression", "language-model" …
    classes: int | None = None
    priors: tuple[float, ...] = ()
    target: tuple[str, float] | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.classes is not None and self.classes < 2:
            raise ValueError("classes must be at least 2")
        if any(not share > 0 for share in self.priors):
            raise ValueError("priors must be positive")

    def wants(self, rule: Rule, category: str) -> bool:
        """Whether this rule is to be run."""
        tags = {rule.id, category}
        if self.select and tags.isdisjoint(self.select):
            return False
        return tags.isdisjoint(self.ignore)

    def inform(self, run: Run) -> Run:
        """The run with what the user told among its facts; the user's word stands above the log's."""
        told: dict[str, str | float | int | bool] = {}
        if self.task is not None:
            told["task"] = self.task
        classes = self.classes if self.classes is not None else len(self.priors)
        if classes >= 2:
            told["classes"] = classes
        if len(self.priors) >= 2:
            total = sum(self.priors)
            told["prior-entropy"] = -sum(p / total * log(p / total) for p in self.priors)
            told["priors"] = ",".join(f"{p / total:.9g}" for p in self.priors)
        if self.target is not None:
            told["target"], told["target-value"] = self.target[0], float(self.target[1])
        facts: Mapping[str, str | float | int | bool] = MappingProxyType({**run.facts, **told})
        return replace(run, facts=facts) if told else run
