import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.signal.robust import difference_noise, level_and_noise, rolling_median, spread, tail_weight


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize("n", [300, 3_000, 100_000])
def test_noise_is_told_from_descent(rng, n):
    value = 5.0 * np.exp(-np.arange(n) / (n / 6)) + 0.02 * rng.standard_normal(n)
    assert difference_noise(value) == pytest.approx(0.02, rel=0.25)


@given(st.floats(1e-6, 1e6), st.floats(-1e6, 1e6), st.integers(0, 2**31))
def test_noise_scales_and_does_not_shift(scale, shift, seed):
    value = np.random.default_rng(seed).standard_normal(200)
    noise = difference_noise(value)
    assert difference_noise(value * scale) == pytest.approx(noise * scale, rel=1e-6)
    assert difference_noise(value + shift) == pytest.approx(noise, rel=1e-3)


def test_a_smooth_curve_has_next_to_no_noise():
    value = 1.0 / np.arange(1, 500)
    assert difference_noise(value) < 1e-3


def test_rounded_values_still_have_a_spread():
    value = np.array([1.0] * 90 + [1.1] * 10)
    assert spread(value) > 0.0


def test_heavy_tails_are_noticed(rng):
    assert tail_weight(rng.standard_normal(20_000)) == pytest.approx(1.0, abs=0.1)
    assert tail_weight(rng.standard_t(3, 20_000)) > 1.4


@pytest.mark.parametrize("n", [1, 2, 7, 500, 10_000])
@pytest.mark.parametrize("window", [1, 5, 50])
def test_a_running_median_keeps_a_line_and_drops_an_outlier(n, window):
    line = np.linspace(0.0, 1.0, n) if n > 1 else np.zeros(1)
    assert rolling_median(line, window) == pytest.approx(line, abs=1e-9)
    if window >= 5 and n >= 500:
        spoilt = line.copy()
        spoilt[n // 2] = 1e9
        assert np.abs(rolling_median(spoilt, window) - line).max() < 0.1


@pytest.mark.parametrize("n", [400, 50_000])
def test_the_usual_level_looks_back_only(n):
    value = np.zeros(n)
    value[n // 2 :] = 1.0
    level, noise = level_and_noise(value, 20)
    assert level[n // 2] == 0.0
    assert level[-1] == 1.0
    assert np.all(noise >= 0.0)
