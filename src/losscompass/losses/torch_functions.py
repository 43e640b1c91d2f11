"""Which loss of the catalogue a function of torch computes, and where it starts before anything is learned."""

from collections.abc import Mapping
from types import MappingProxyType

from .base import Setting
from .targets import normal_target
from .task import Unfit, named

FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "cross_entropy": "cross-entropy",
        "nll_loss": "nll",
        "binary_cross_entropy_with_logits": "bce-with-logits",
        "binary_cross_entropy": "bce",
        "mse_loss": "mse",
        "l1_loss": "mae",
        "smooth_l1_loss": "smooth-l1",
        "huber_loss": "huber",
    }
)
"""Function of `torch.nn.functional` → id of the loss."""

BY_CLASSES = frozenset({"cross_entropy", "nll_loss"})
BY_TARGET = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"})


def expected_start(
    function: str, *, classes: int | None = None, mean: float | None = None, std: float | None = None
) -> float | None:
    """What the mean of the loss reads while every prediction is nought: even scores, or 0 against the targets.

    `mean`, `std`: of the targets, taken as normal. None where the function is not known, or too little is told.
    """
    if function not in FUNCTIONS or (function in BY_CLASSES and (classes is None or classes < 2)):
        return None
    target = None
    if function in BY_TARGET:
        if mean is None or std is None:
            return None
        try:
            target = normal_target(mean, std)
        except Unfit:
            return None
    loss = named(FUNCTIONS[function])
    return loss.readings(loss, Setting(classes=classes if function in BY_CLASSES else None, target=target)).start
