"""What a network answered to a batch, as sums: enough for its skill at the end of the run, and nothing of the samples."""

from collections.abc import Iterable
from typing import Any, Final

CLASS_LOSSES: Final = ("cross_entropy", "nll_loss", "multi_margin_loss")
BINARY_LOSSES: Final = ("binary_cross_entropy_with_logits", "binary_cross_entropy")

ROWS: Final = 1024
"""Samples of a batch that are looked at."""

_PIXELS: Final = 1000
"""Pixels or tokens of a batch that are looked at."""

LATE: Final = 0.85
"""Share of the run from which on answers count."""
STALE: Final = 0.6
"""Share of the run before which the last answers say nothing of its end."""


def answered(torch: Any, kind: str, columns: int, function: str, made: Any, wanted: Any) -> tuple[Any, ...] | None:
    """(rows, hits a class, asked a class, said a class), or (rows, and a column: squares of the errors, the targets, their squares).

    None where answers and targets are not of one shape, or of too many classes.
    """
    made = made.detach()
    if kind == "dense" or (kind == "tokens" and made.dim() > 2):
        made, wanted = _flat(made, wanted, binary=function in BINARY_LOSSES)
    made, wanted = made[:ROWS], wanted[:ROWS]
    if kind == "number":
        if made.shape[0] != wanted.shape[0]:
            return None
        errors = made.reshape(wanted.shape).double() - wanted.double()
        numbers = wanted.double()
        sums = torch.stack([errors.square().sum(0), numbers.sum(0), numbers.square().sum(0)]).tolist()
        return (int(wanted.shape[0]), *sums)
    if function in CLASS_LOSSES:
        said, asked, classes = made.argmax(1), wanted, columns
    else:
        border = 0.0 if function.endswith("logits") else 0.5
        said, asked, classes = (made.reshape(-1) > border).long(), (wanted > 0.5).long(), 2
    if classes > 256:
        return None
    good = (asked >= 0) & (asked < classes)
    said, asked = said[good].cpu(), asked[good].cpu()
    hits, of, told = (torch.bincount(each, minlength=classes).tolist() for each in (asked[said == asked], asked, said))
    return int(asked.numel()), hits, of, told


def _flat(made: Any, wanted: Any, *, binary: bool) -> tuple[Any, Any]:
    """Pixels or tokens of a batch as samples, evenly spread: (n,) or (n, classes) beside (n,)."""
    made = made.reshape(-1) if binary else made.movedim(1, -1).reshape(-1, made.shape[1])
    wanted = wanted.reshape(-1)
    every = max(1, wanted.numel() // _PIXELS) | 1
    return made[::every], wanted[::every]


def late(answers: Iterable[tuple[Any, ...]], position: int) -> list[tuple[Any, ...]]:
    """The answers of the last part of the run, without the position; none where that was not seen."""
    known = list(answers)
    last = known[-1][-1] if known else 0
    if last < STALE * position:
        return []
    return [one[:-1] for one in known if one[-1] >= LATE * last]
