"""Parameters of the trained model that the loss reaches and no optimiser holds: they stay as they were initialised."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import changed, receiver_of, with_receiver
from ..seen import count, flag, last_looks, number, place, shown, step_of, text, texts


def detect(run: Run) -> Iterator[Finding]:
    last = last_looks(run)
    if any(flag(look, "reached_not_held_loaded") for look in last):
        return  # only the head of a network that was trained before is trained: done on purpose
    began: dict[float | None, float] = {}
    for look in run.happened("coverage"):
        began.setdefault(number(look, "optimizer"), step_of(look) or 0.0)
    for look in last:
        # What one optimiser misses, another beside it may hold, or one that comes later (two phases). It is beside itself even
        # where steps are counted from the start again.
        start = began[number(look, "optimizer")]
        beside = [other for other in last if other is look or (step_of(other) or 0.0) >= start]
        missed = set.intersection(*(set(texts(other, "reached_not_held_names")) for other in beside))
        if not missed or not count(look, "reached_held") or not count(look, "reached_not_held"):
            continue
        names = tuple(name for name in texts(look, "reached_not_held_names") if name in missed)
        yield Finding(
            onset=None,
            values={
                "missed": count(look, "reached_not_held"),
                "share": number(look, "reached_not_held_share") or 0.0,
                "held": count(look, "reached_held"),
                "names": shown(names),
            },
            place=place(look, "at", "step"),
            change=_change(run, look),
        )
        return


def _change(run: Run, look: Event) -> Change | None:
    """`model.parameters()` where only those of a part of it were given."""
    at = place(look, "at")
    given = receiver_of(at, "parameters")
    names = [text(model, "variable") for model in run.happened("model")]
    whole = [name for name in names if name and given is not None and given.startswith(f"{name}.")]
    if len(whole) != 1:
        return None
    return changed(at, lambda code: with_receiver(code, "parameters", whole[0]))


RULE = Rule(
    id="optimizer-misses-parameters",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:coverage", optional=True), Need("event:model", optional=True)),
    detect=detect,
    remedies=("give-all-parameters",),
    explains=("learning-rate-too-low", "plateau", "slow-descent", "loss-flat", "stalled-metric"),
    confidence=0.9,
    domain=("T9",),
)
