"""Parameters that were given to the optimiser and want no gradient, though they were never trained."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, flag, last_looks, number, place, shown, text, texts
from ..source.lines import freezes

MUCH = 0.5  # share of the numbers of a model that are frozen, where nothing else is known
LITTLE = 0.05  # share that a model does without: a small layer left as it was made is no accident (the zoo: 1 % on purpose, 46 % and more by mistake)
WEIGHTS = 3  # without a bias among them: one or two (embeddings made elsewhere) are fixed on purpose


def detect(run: Run) -> Iterator[Finding]:
    models = run.happened("model")
    stepped = any(count(loop, "steps") or count(loop, "failed_backwards") for loop in run.happened("loop"))
    none_learns = stepped and not any(count(one, "trainable") or flag(one, "loaded") for one in models)
    if none_learns and (total := sum(count(one, "parameters") for one in models)):
        names = shown(tuple(text(one, "variable") or text(one, "class") for one in models))
        yield Finding(
            onset=None,
            values={"frozen": total, "share": 1.0, "names": names},
            place=place(models[0], "frozen") or freezes(run) or place(models[0], "at"),
        )
        return
    if not run.happened("coverage") and any(count(loop, "by_hand") for loop in run.happened("loop")):
        yield from _by_hand(run, models)
        return
    first: dict[float | None, bool] = {}  # loaded or trained before, when they were first seen frozen
    for look in run.happened("coverage"):
        if count(look, "held_frozen"):
            first.setdefault(number(look, "optimizer"), flag(look, "frozen_loaded"))
    thawed = {number(loop, "optimizer") for loop in run.happened("loop") if count(loop, "thawed")}
    for look in last_looks(run):
        if (share := number(look, "frozen_share") or 1.0) < LITTLE or number(look, "optimizer") in thawed:
            continue  # few, or only for the first steps
        fresh = texts(look, "frozen_fresh_names")
        if fresh and count(look, "reached_held"):  # used, frozen, and still the random numbers that they began with
            yield Finding(
                onset=None,
                values={"frozen": count(look, "frozen"), "share": share, "names": shown(fresh)},
                severity=Severity.WARNING,
                place=place(look, "frozen") or freezes(run, texts(look, "frozen_names")) or place(look, "at", "model"),
            )
            return
        # Frozen on purpose: loaded or trained before; or not given to the optimiser in the first place.
        if first.get(number(look, "optimizer"), True) or not _are_layers(texts(look, "held_frozen_names")):
            continue
        yield Finding(
            onset=None,
            values={
                "frozen": count(look, "held_frozen"),
                "share": share,
                "names": shown(texts(look, "held_frozen_names")) or "?",
            },
            severity=None if not count(look, "reached_held") else Severity.WARNING,
            place=place(look, "frozen") or freezes(run, texts(look, "held_frozen_names")) or place(look, "at", "model"),
        )
        return


def _by_hand(run: Run, models: tuple[Event, ...]) -> Iterator[Finding]:
    """Of a training without an optimiser of torch: the only model, frozen by a line of the script, with nothing loaded."""
    model = models[0] if len(models) == 1 else None
    if model is None or flag(model, "loaded"):
        return
    at = place(model, "frozen") or freezes(run)
    if at is None:
        return
    whole, learns = count(model, "parameters"), count(model, "trainable")
    if 0 < learns <= whole * (1 - MUCH):
        yield Finding(
            onset=None,
            values={
                "frozen": whole - learns,
                "share": 1 - learns / whole,
                "names": text(model, "variable") or text(model, "class"),
            },
            severity=Severity.WARNING,
            confidence=0.85,
            place=at,
        )


def _are_layers(names: tuple[str, ...]) -> bool:
    """Whether whole layers are among them, not only tables that are fixed by nature, such as positions."""
    last = [name.rpartition(".")[2] for name in names]  # those of recurrent layers are numbered: "weight_ih_l0"
    return any(name.startswith("bias") for name in last) or sum(name.startswith("weight") for name in last) >= WEIGHTS


RULE = Rule(
    id="parameters-frozen",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:coverage", optional=True),
        Need("event:model", optional=True),
        Need("event:loop", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("thaw-parameters",),
    explains=(
        "learning-rate-too-low",
        "loss-flat",
        "plateau",
        "slow-descent",
        "chance-level-loss",
        "constant-metric",
        "stalled-metric",
    ),
    confidence=0.9,
    domain=("T9",),
)
