"""Every loss that is known, and how to find one by whatever name it goes by."""

import re
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from .base import Loss
from .classification import LOSSES as CLASSIFICATION
from .detection import LOSSES as DETECTION
from .embedding import LOSSES as EMBEDDING
from .generative import LOSSES as GENERATIVE
from .penalty import LOSSES as PENALTY
from .regression import LOSSES as REGRESSION
from .reinforcement import LOSSES as REINFORCEMENT
from .segmentation import LOSSES as SEGMENTATION

ALL: Final[tuple[Loss, ...]] = (
    *REGRESSION,
    *CLASSIFICATION,
    *EMBEDDING,
    *SEGMENTATION,
    *DETECTION,
    *GENERATIVE,
    *REINFORCEMENT,
    *PENALTY,
)


def find(name: str) -> Loss | None:
    """The loss of that id or alias; None where there is none.

    Case, blanks, "-", "_", what stands before the last dot ("nn.", "torch.nn.functional.") and a "loss" at the end do not matter.
    """
    return _BY_NAME.get(_plain(name))


def close(name: str, count: int = 3) -> tuple[str, ...]:
    """The ids of the losses whose names look most like this one, to be offered when `find` finds none."""
    found = (_BY_NAME[one].id for one in get_close_matches(_plain(name), _BY_NAME, n=count * 3))
    return tuple(dict.fromkeys(found))[:count]


def _plain(name: str) -> str:
    """A name without what people write differently: "nn.MSELoss", "mse_loss" and "MSE" are all "mse"."""
    letters = re.sub(r"[^a-z0-9]", "", name.rsplit(".", 1)[-1].casefold())
    return letters.removesuffix("loss") or letters


# where two share a name, an id goes before an alias, and what comes first in `ALL` before what comes later
_NAMES = (*((loss.id, loss) for loss in ALL), *((alias, loss) for loss in ALL for alias in loss.aliases))
_BY_NAME: Final = MappingProxyType({_plain(name): loss for name, loss in reversed(_NAMES)})
