import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.signal.trend import mann_kendall, theil_sen


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.integers(2, 3000))
def test_a_line_has_its_slope(slope, cut, n):
    x = np.arange(n, dtype=float)
    found, offset = theil_sen(x, slope * x + cut)
    assert found == pytest.approx(slope, rel=1e-6, abs=1e-6)
    assert offset == pytest.approx(cut, rel=1e-6, abs=1e-2)


def test_a_quarter_of_outliers_does_not_move_the_slope():
    rng = np.random.default_rng(3)
    x = np.arange(400, dtype=float)
    y = 0.5 * x
    y[rng.choice(400, 100, replace=False)] += 1e4
    assert theil_sen(x, y)[0] == pytest.approx(0.5, abs=0.2)


def test_no_steps_no_slope():
    assert theil_sen(np.zeros(5), np.arange(5.0))[0] == 0.0
    assert theil_sen(np.empty(0), np.empty(0)) == (0.0, 0.0)


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.8])
def test_noise_without_trend_is_seldom_called_one(memory):
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(200):
        noise = rng.standard_normal(120)
        for i in range(1, noise.size):
            noise[i] += memory * noise[i - 1]
        alarms += mann_kendall(noise)[1] < 0.01
    assert alarms <= (6 if memory == 0.0 else 24)


def test_a_trend_in_noise_is_seen():
    rng = np.random.default_rng(5)
    tau, p = mann_kendall(-0.02 * np.arange(200) + rng.standard_normal(200))
    assert tau < 0.0
    assert p < 0.001


@given(st.lists(st.floats(-1e9, 1e9), max_size=50))
def test_ranks_never_fail(values):
    tau, p = mann_kendall(np.array(values))
    assert -1.0 <= tau <= 1.0
    assert 0.0 <= p <= 1.0
