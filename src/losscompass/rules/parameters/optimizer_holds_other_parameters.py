"""The optimiser holds parameters that the loss never reaches, while those that it reaches are held by nobody."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import changed, receiver_of, same_scope, with_receiver
from ..seen import count, flag, looked, number, place, shown, text, texts


def detect(run: Run) -> Iterator[Finding]:
    coverage = looked(run, "coverage")
    for holder in sorted({number(one, "optimizer") or 0.0 for one in coverage}):
        looks = [one for one in coverage if (number(one, "optimizer") or 0.0) == holder]
        if not all(_holds_others(one) or _holds_anothers(one) for one in looks):
            continue
        last = looks[-1]
        change = _change(run, last)
        yield Finding(
            onset=None,
            values={
                "held": count(last, "held"),
                "trained": count(last, "reached_not_held"),
                "names": shown(texts(last, "reached_not_held_names")),
            },
            # Its own model runs, and the loss goes through a copy of it: that call is the wrong one.
            place=place(last, "model", "at") if _through_a_copy(last) else place(last, "at", "step"),
            change=change,
        )
        return


def _holds_others(look: Event) -> bool:
    """Nothing that it holds is reached, and what is reached is held by no optimiser: no GAN, no turns of two optimisers."""
    held = count(look, "held")
    frozen = count(look, "held_frozen") == held
    return (
        held > 0
        and count(look, "held_not_reached") == held
        and not count(look, "reached_held")
        and count(look, "reached_not_held") > 0
        and not frozen
        and not _detached_at_its_call(look)
    )


def _detached_at_its_call(look: Event) -> bool:
    """Whether its own network runs and is cut off in the very line that calls it, and the loss reaches one that was trained before."""
    called, cut = place(look, "model"), place(look, "cut")
    here = called is not None and cut is not None and (called.file, called.line) == (cut.file, cut.line)
    return here and count(look, "cut") >= count(look, "held") and flag(look, "reached_not_held_loaded")


def _holds_anothers(look: Event) -> bool:
    """All that it holds is held by another optimiser as well, and what it was made for is held by none: a name mixed up."""
    held = count(look, "held")
    alike = held > 0 and count(look, "held_elsewhere") == held
    return alike and count(look, "reached_not_held") > 0 and not flag(look, "reached_not_held_loaded")


def _through_a_copy(look: Event) -> bool:
    """Whether what it holds is called all the same, and what the loss reaches had a state loaded into it: a target network."""
    called = 0 < count(look, "held") == count(look, "held_called")
    return called and flag(look, "reached_not_held_loaded") and not count(look, "reached_held")


def _change(run: Run, look: Event) -> Change | None:
    """The one model that was seen to run, if it goes by another name than the one whose parameters were given."""
    at = place(look, "at")
    given = receiver_of(at, "parameters")
    called = [model for model in run.happened("model") if same_scope(place(model, "at"), at)]
    names = {text(model, "variable") for model in called}
    if at is None or given is None or _through_a_copy(look) or len(names) != 1 or names & {"", given}:
        return None
    (name,) = names
    return changed(at, lambda code: with_receiver(code, "parameters", name))


RULE = Rule(
    id="optimizer-holds-other-parameters",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), Need("event:coverage", optional=True), Need("event:model", optional=True)),
    detect=detect,
    remedies=("give-all-parameters",),
    explains=(
        "learning-rate-too-low",
        "optimizer-misses-parameters",
        "loss-flat",
        "plateau",
        "chance-level-loss",
        "constant-metric",
        "loss-oscillation",
    ),
    confidence=0.97,
    domain=("T9",),
)
