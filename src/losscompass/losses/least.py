"""The least value of a function of one number, for best constants that have no closed form."""

from collections.abc import Callable

import numpy as np


def least(function: Callable[[float], float], low: float = -30.0, high: float = 30.0) -> float:
    """The least value between two ends, of a function with one valley there or several wider than a sixtieth of the way.

    A grid finds the valley, golden sections its bottom (to 1e-9 of the width).
    """
    grid = np.linspace(low, high, 121)
    lowest = int(np.argmin([function(float(x)) for x in grid]))
    left, right = float(grid[max(lowest - 1, 0)]), float(grid[min(lowest + 1, 120)])
    golden = (5**0.5 - 1) / 2
    one, two = right - golden * (right - left), left + golden * (right - left)
    at_one, at_two = function(one), function(two)
    for _ in range(40):
        if at_one < at_two:
            right, two, at_two = two, one, at_one
            one = right - golden * (right - left)
            at_one = function(one)
        else:
            left, one, at_one = one, two, at_two
            two = left + golden * (right - left)
            at_two = function(two)
    return min(at_one, at_two, function(float(grid[lowest])))
