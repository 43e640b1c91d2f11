"""A layer of one or two units of which none is left at the end."""

from ...evidence.records import Event
from ...evidence.run import Run
from ..looks import values as looks_at
from ..pairs import network
from ..seen import count

FULL = 0.8  # skill of a network to which little is missing
ALIKE = 0.15  # difference of the skill from training to validation


def died_out(run: Run, model: Event, look: Event) -> bool:
    """Whether a layer is dead at the end where one has one or two units, and the rest does no better in training than in validation."""
    net, other = network(look, "train"), network(look, "val")
    seen = [looks_at(one, "dead") for one in run.tensors.values() if one.kind == "activation"]
    died = any(one.size >= 2 and min(one[-2:]) == 1 for one in seen)
    alike = net is not None and other is not None and net < FULL and abs(net - other) < ALIKE
    return died and alike and count(model, "narrowest") <= 2
