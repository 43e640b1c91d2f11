"""A loss for each batch, of which only the one that the loop over the batches has left is used."""

from collections import Counter

from ...evidence.run import Run
from ..base import Finding
from ..seen import count, loops, number, place, text
from ..source import place_at, program_told
from ..source.overwritten import overwritten

LEAST = 3  # batches of a pass, of which all but one are thrown away


def thrown_away(run: Run) -> Finding | None:
    """The source lets a loop over batches set the loss anew, and back-propagates what the last one left; and so it was."""
    backwards = {(spot.file, spot.line) for one in run.happened("graph") if (spot := place(one, "at")) is not None}
    found = [place_at(*one) for one in overwritten(program_told(run))]
    lines = [one for one in found if (one.file, one.line) in backwards]
    thrown = _many_a_step(run)
    for loop in loops(run) if len(lines) == 1 else ():
        backward = place(loop, "backward")
        if backward is None or (backward.file, backward.line) != (lines[0].file, lines[0].line):
            continue
        made = max(count(loop, "losses"), count(loop, "forwards"), thrown * count(loop, "backwards"))
        own, whole = count(loop, "backwards"), count(loop, "any_backwards")
        if own >= 2 and (thrown >= LEAST or made >= LEAST * max(own, whole)):
            shown = {"losses": made, "backwards": own, "thrown": made - own, "epochs": own}
            return Finding(onset=None, values=shown, place=lines[0])
    return None


def _many_a_step(run: Run) -> int:
    """How many losses of one line were computed for one step, where several steps that were looked at tell the same."""
    calls = [call for call in run.happened("loss-call") if text(call, "phase") != "val"]
    steps = Counter((number(call, "site"), call.step) for call in calls)
    often = Counter[float | None]()
    for (site, _), times in steps.items():
        often[site] += times >= LEAST
    lines = {site for site, looks in often.items() if looks >= 2}
    return min((times for (site, _), times in steps.items() if site in lines and times >= LEAST), default=0)
