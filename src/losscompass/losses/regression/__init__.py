"""Losses of numbers: how far the prediction is from the target."""

from typing import Final

from ..base import Loss
from .gaussian_nll import LOSS as GAUSSIAN_NLL
from .huber import LOSS as HUBER
from .mae import LOSS as MAE
from .mse import LOSS as MSE
from .pinball import LOSS as PINBALL
from .poisson_nll import LOSS as POISSON_NLL
from .rmse import LOSS as RMSE
from .smooth_l1 import LOSS as SMOOTH_L1

LOSSES: Final[tuple[Loss, ...]] = (MSE, RMSE, MAE, HUBER, SMOOTH_L1, GAUSSIAN_NLL, POISSON_NLL, PINBALL)
