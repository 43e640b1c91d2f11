import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.signal.patience import patience

SCORES = st.lists(st.floats(-100, 100), min_size=1, max_size=60).map(np.array)


@pytest.mark.parametrize(
    ("score", "waited"),
    [
        ([1, 2, 3, 4], 3),
        ([1, 0, 0, 0, 0, 0, 2, 0, 0], 9),
        ([5, 4, 3], 3),
        ([7], 3),
    ],
)
def test_half_as_much_again_as_the_longest_wait(score, waited):
    assert patience(np.array(score, float)) == waited


@given(SCORES)
def test_early_stopping_with_it_would_have_found_the_best(score):
    best, waited = -np.inf, 0
    for value in score:
        waited = 0 if value > best else waited + 1
        best = max(best, value)
        if waited >= patience(score):
            break
    assert best == score.max()
