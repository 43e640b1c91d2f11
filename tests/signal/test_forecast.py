"""The forecast: what it promises on any curve, and that its constants are the measured ones."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from losscompass.signal import forecast as module
from losscompass.signal.forecast import LEAST, forecast

RECORD = Path(__file__).resolve().parents[2] / "calibration" / "forecast.json"
RANDOM = np.random.default_rng(7)


def curve(shape, n=200, noise=0.0):
    step = np.arange(1.0, n + 1.0)
    return step, shape(step) + noise * RANDOM.standard_normal(n)


def test_the_constants_are_those_of_the_record():
    constants = json.loads(RECORD.read_text(encoding="utf-8"))["constants"]
    assert constants == {name: getattr(module, name) for name in constants}


def test_the_record_meets_its_bar():
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    (half,) = (one for one in record["by cut"] if one["what"] == "cut at 50%")
    assert 0.85 <= half["held, repositories left out"] <= 0.95
    for kind in ("median error", "mean error"):
        assert half[kind]["forecast"] < min(half[kind]["last value"], half[kind]["power law"])


SHAPES = {
    "power law": lambda t: 0.5 + 3.0 * t**-0.5,
    "exponential": lambda t: 0.5 + 3.0 * np.exp(-t / 60.0),
    "flat": lambda t: np.full(t.size, 2.3),
    "rising": lambda t: 1.0 + 0.002 * t,
    "rewards": lambda t: -200.0 + 300.0 * (1.0 - np.exp(-t / 80.0)),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_smooth_curves_end_where_it_says(shape, noise):
    step, value = curve(shape, 400, noise * float(np.ptp(shape(np.arange(1.0, 401.0)))))
    result = forecast(step[:200], value[:200], horizon=200.0)
    end = float(shape(step)[-1])
    assert result.at[0] == 200.0
    assert result.at[-1] == 400.0
    assert result.low[-1] - 1e-9 <= end <= result.high[-1] + 1e-9
    assert abs(result.median[-1] - end) <= abs(shape(step)[199] - end) + 0.1 * np.ptp(value[:200]) + 1e-9


def test_the_interval_widens_and_holds_the_middle():
    result = forecast(*curve(SHAPES["power law"], noise=0.05))
    width = result.high - result.low
    assert np.all(result.low <= result.median)
    assert np.all(result.median <= result.high)
    assert width[-1] > width[1] > 0


def test_a_loss_that_heads_below_zero_is_forecast_at_zero_with_its_interval_in_order():
    result = forecast(np.arange(1.0, 101.0), np.linspace(1.0, 0.5, 100), horizon=3000.0)
    assert np.all(result.low <= result.median)
    assert np.all(result.median[1:] < result.high[1:])
    assert result.low.min() >= 0.0


def test_a_bending_curve_has_a_limit_and_a_straight_one_has_none():
    bending = forecast(*curve(SHAPES["exponential"], 400))
    assert bending.limit == pytest.approx(0.5, abs=0.1)
    assert bending.limit_interval[0] <= bending.limit <= bending.limit_interval[1]
    assert forecast(*curve(SHAPES["rising"], 400)).limit is None


def test_a_loss_that_was_never_negative_does_not_become_so():
    result = forecast(*curve(lambda t: 0.01 + np.exp(-t / 10.0), 60), horizon=1000.0)
    assert result.low.min() >= 0.0
    assert result.median.min() >= 0.0


@pytest.mark.parametrize(("factor", "shift"), [(1e-6, 0.0), (1e6, 0.0), (1.0, 40.0)])
def test_the_unit_does_not_matter(factor, shift):
    step, value = curve(SHAPES["power law"], noise=0.05)
    plain, scaled = forecast(step, value), forecast(step, value * factor + shift)
    np.testing.assert_allclose(scaled.median, plain.median * factor + shift, rtol=1e-6)
    np.testing.assert_allclose(forecast(step * 500.0, value).median, plain.median, rtol=1e-9)


def test_up_is_the_mirror_of_down():
    step, value = curve(SHAPES["power law"], noise=0.05)
    down, up = forecast(step, value - 10.0), forecast(step, 10.0 - value)
    np.testing.assert_allclose(down.median, -up.median)
    np.testing.assert_allclose(down.low, -up.high)


def test_too_little_is_nothing():
    step = np.arange(30.0)
    assert forecast(step[: LEAST - 1], step[: LEAST - 1]) is None
    assert forecast(step, np.full(30, np.nan)) is None
    assert forecast(np.zeros(30), step) is None
    assert forecast(step, np.where(step < 20, 1.0, np.nan)) is None
    assert forecast(step, step, horizon=0.0) is None


def test_single_broken_points_are_passed_over():
    step, value = curve(SHAPES["power law"])
    broken = value.copy()
    broken[[20, 90]] = np.inf, np.nan
    np.testing.assert_allclose(forecast(step, broken).median, forecast(step, value).median, rtol=0.02)


def test_a_long_curve_is_read_as_a_short_one():
    step, value = curve(SHAPES["power law"], 300_000, noise=0.02)
    result = forecast(step, value)
    assert result.low[-1] <= 0.5 + 3.0 * 600_000**-0.5 <= result.high[-1]


@settings(max_examples=200, deadline=None)
@given(
    value=hnp.arrays(float, st.integers(0, 60), elements=st.floats(-1e9, 1e9) | st.sampled_from((np.nan, np.inf))),
    horizon=st.none() | st.floats(1e-6, 1e9),
    data=st.data(),
)
def test_any_curve_gives_numbers_or_nothing(value, horizon, data):
    gaps = data.draw(hnp.arrays(float, value.size, elements=st.sampled_from((0.0, 1.0, 0.5, 1000.0))))
    result = forecast(np.cumsum(gaps), value, horizon)
    if result is not None:
        for array in (result.at, result.median, result.low, result.high):
            assert array.shape == result.at.shape
            assert np.isfinite(array).all()
        assert np.all(result.low <= result.high)
