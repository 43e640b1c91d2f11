"""Whether two networks are trained against each other, or one against a measure that another one learns: no loss of theirs converges."""

import re
from collections.abc import Iterable

from ..evidence.names import Kind
from ..evidence.records import Event
from ..evidence.run import Run

_DUELS = (
    (frozenset(("g", "gen", "generator", "netg")), frozenset(("d", "dis", "disc", "discriminator", "netd", "critic"))),
    (frozenset(("act", "actor", "policy", "pi", "pg")), frozenset(("cri", "critic", "value", "vf", "q"))),
)
"""Words of the two sides: generator and discriminator, actor and critic."""

_IN_TURN = re.compile(r"S[^S]*B[^S]*S")
_TOGETHER = re.compile(r"B[^S]*B")
"""Of the acts of a step: one optimiser steps, then something is back-propagated and another one steps; or all is
back-propagated first."""

_UNUSED = 1.1  # backwards a step of the one against those of the other: up to five steps of a critic, 6 / 5
SIDES = _DUELS[0]
"""Words of a generator and of its critic."""


def adversarial(run: Run) -> bool:
    """Whether the losses are those of opponents: by what they, or their optimisers, are called, or by what the run did.

    What it did: an optimiser of its own for each side, that step in turn, and a loss that goes through the tensors of both
    beside one that reaches those of one side only; or samples that one network makes and another one is shown beside real ones.
    """
    losses = (s for s in run.series.values() if s.role.kind in {Kind.LOSS, Kind.LOSS_PART})
    if a_duel((f"{s.name} {s.raw}" for s in losses), *_DUELS):
        return True
    made = {_number(one, "number"): one for one in run.happened("optimizer") if _number(one, "follows") in {None, -1.0}}
    if len(made) < 2:
        return False
    if run.happened("generated"):
        return True
    return a_duel((str(one.data.get("variable", "")) for one in made.values()), *_DUELS) or _through_each_other(run)


def a_duel(names: Iterable[str], *sides: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Whether some of the names are of the one side, and some of the other."""
    said = [_words(name) for name in names]
    return any(any(one & words for words in said) and any(other & words for words in said) for one, other in sides)


def _words(name: str) -> set[str]:
    return set(re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))


def _through_each_other(run: Run) -> bool:
    """One loss through both networks, one through a single one, again and again by turns, and a step after each."""
    when: dict[bool, list[float]] = {True: [], False: []}
    sites: dict[float, set[bool]] = {}
    for graph in run.happened("graph"):
        holders, site = _number(graph, "holders"), _number(graph, "site")
        if holders and site is not None and isinstance(graph.step, int | float):
            when[holders > 1].append(float(graph.step))
            sites.setdefault(site, set()).add(holders > 1)
    if not all(when.values()) or {True} not in sites.values() or {False} not in sites.values():
        return False
    by_turns = min(when[True]) < max(when[False]) and min(when[False]) < max(when[True])
    acts = [str(one.data.get("order", "")) for one in run.happened("loop")]
    in_turn = any(map(_IN_TURN.search, acts)) or not any(map(_TOGETHER.search, acts))
    return in_turn and (by_turns or _thrown_away(run))


def _thrown_away(run: Run) -> bool:
    """Whether one side is given gradients that no step of it uses: the other one learns through it."""
    acts = {_number(one, "optimizer"): one for one in run.happened("loop")}
    counts = [(_number(one, "backwards") or 0.0, _number(one, "steps") or 0.0) for one in acts.values()]
    used = [backwards / steps for backwards, steps in counts if backwards > 0 and steps > 0]
    return len(used) > 1 and max(used) > _UNUSED * min(used)


def _number(event: Event, key: str) -> float | None:
    value = event.data.get(key)
    return (
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15 else None
    )
