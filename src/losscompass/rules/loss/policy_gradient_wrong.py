"""An estimate of a policy gradient that credits actions with what they did not do."""

from collections.abc import Iterator
from itertools import chain

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import changed
from ..seen import count, loops, place
from ..source import place_at, program
from ..source.policy import (
    Estimate,
    attached_advantages,
    fresh_draws,
    learns_from_rewards,
    products,
    raw_rewards,
    sums_so_far,
    wrong_orders,
)


def detect(run: Run) -> Iterator[Finding]:
    read = program(run)
    if not learns_from_rewards(read) or not any(count(one, "backwards") for one in loops(run)):
        return
    forwards = {
        (where.file, where.line)
        for one in (*run.happened("model"), *run.happened("loop"))
        if (where := place(one, *(("at",) if one.name == "model" else ("forward",)))) is not None
    }
    weighed = products(read)
    for one in chain(
        fresh_draws(read),
        wrong_orders(read, weighed),
        sums_so_far(read),
        raw_rewards(read, weighed),
        attached_advantages(read, weighed, forwards),
    ):
        where = place_at(one.file, one.node)
        yield Finding(
            onset=None,
            values={"what": f"words:policy-gradient-wrong.{one.form}"},
            confidence=one.confidence,
            place=where,
            change=_change(one, where),
        )
        return


def _change(one: Estimate, where: Place) -> Change | None:
    """The line as it should be, where that is certain."""
    if one.form == "order" and where.code.count(".append(") == 1:
        return changed(where, lambda code: code.replace(".append(", ".insert(0, "))
    return None


RULE = Rule(
    id="policy-gradient-wrong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:source", optional=True),
        Need("event:loop", optional=True),
        Need("event:model", optional=True),
    ),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=(
        "loss-divergence",
        "loss-oscillation",
        "loss-flat",
        "plateau",
        "slow-descent",
        "reward-falling",
        "negative-loss",
        "stalled-metric",
    ),
    confidence=0.9,
    domain=("T9",),
)
