"""The shapes that the eye sees, on curves whose shape is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from losscompass.signal.change import change_points
from losscompass.signal.convergence import progress
from losscompass.signal.divergence import divergence
from losscompass.signal.gap import exact_lowest, turn
from losscompass.signal.nonfinite import nonfinite
from losscompass.signal.oscillation import swing
from losscompass.signal.outline import MOST, outline
from losscompass.signal.plateau import still_stretch
from losscompass.signal.sawtooth import keep_ends
from losscompass.signal.spikes import spikes

CURVES = arrays(np.float64, st.integers(4, 600), elements=st.floats(-1e12, 1e12, allow_subnormal=False))


def decay(n, rate=5.0, floor=0.2):
    return floor + np.exp(-rate * np.arange(n) / n)


@pytest.mark.parametrize("n", [5, 50, 5_000, 200_000])
def test_a_curve_that_has_levelled_off_gains_nothing(n):
    came = progress(outline(decay(n, rate=30.0)))
    assert came.share < 0.001 or n == 5
    assert came.total == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("n", [8, 50, 5_000])
def test_a_straight_descent_gains_a_tenth_in_its_last_tenth(n):
    came = progress(outline(np.linspace(1.0, 0.1, n)))
    assert came.gain == pytest.approx(0.09 if n >= 10 else 0.9 / (n - 1), rel=0.3)
    assert came.certainty < 0.05


def test_the_end_counts_not_the_step_before_it():
    value = np.concatenate([np.full(80, 1.0), np.full(20, 0.1)])  # a drop of the learning rate, then nothing
    assert progress(outline(value)).gain == pytest.approx(0.0, abs=1e-9)


@given(CURVES, st.floats(1e-6, 1e6), st.floats(-1e6, 1e6))
@settings(max_examples=40, deadline=None)
def test_what_is_said_of_a_curve_does_not_depend_on_its_unit(value, scale, shift):
    one, other = turn(outline(value)), turn(outline(value * scale))
    assert one.block == other.block
    assert one.rise * scale == pytest.approx(
        other.rise, rel=1e-6, abs=1e-9 * scale * max(1.0, float(np.abs(value).max()))
    )
    del shift


@given(arrays(np.float64, st.integers(1, 900), elements=st.floats(allow_nan=False, allow_infinity=False)))
@settings(max_examples=60, deadline=None)
def test_nothing_raises_or_warns_on_any_finite_curve(value):
    curve = outline(value)
    assert curve.blocks <= MOST
    seen = turn(curve)
    assert 0 <= exact_lowest(np.clip(value, -1e150, 1e150), curve, seen) < value.size
    progress(curve)
    divergence(curve)
    swing(curve, np.clip(value, -1e150, 1e150))
    still_stretch(curve, 0.1)
    spikes(np.clip(value, -1e150, 1e150), 10.0, 0.5)
    change_points(np.clip(value, -1e150, 1e150))


@given(st.integers(10, 90), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_the_turn_is_where_the_curve_turns(percent, seed):
    x = np.arange(200)
    at = percent * 2
    value = 1.0 + np.abs(x - at) / 100 + 0.005 * np.random.default_rng(seed).standard_normal(200)
    curve = outline(value)
    seen = turn(curve)
    assert abs(exact_lowest(value, curve, seen) - at) <= 12
    assert seen.sigmas > 3 or seen.rise < 0.06


def test_luck_of_the_lowest_is_no_turn():
    rng = np.random.default_rng(0)
    seen = [turn(outline(1.0 + 0.1 * rng.standard_normal(100))) for _ in range(200)]
    assert sum(one.sigmas > 3 and one.certainty < 0.05 for one in seen) <= 2


def test_a_spike_is_seen_with_its_way_back_and_a_step_is_none():
    rng = np.random.default_rng(1)
    value = 1.0 + 0.02 * rng.standard_normal(400)
    value[200:204] = (5.0, 4.0, 3.0, 2.0)
    (spike,) = spikes(value, 10.0, 0.5)
    assert spike.start == 200
    assert spike.peak == 5.0
    assert spike.recovered is not None
    assert 204 <= spike.recovered <= 206
    value[300:] += 4.0
    assert [s.recovered for s in spikes(value, 10.0, 0.5) if s.start == 300] == [None]


@pytest.mark.parametrize("n", [300, 60_000])
def test_noise_alone_has_no_spikes(n):
    rng = np.random.default_rng(2)
    assert spikes(1.0 + 0.1 * rng.standard_normal(n), 10.0, 0.5) == []


def test_change_points_are_found_where_they_are():
    rng = np.random.default_rng(3)
    value = np.concatenate([np.full(300, 3.0), np.full(400, 1.0), np.full(300, 2.0)]) + 0.2 * rng.standard_normal(1000)
    found = change_points(value)
    assert len(found) == 2
    assert abs(found[0] - 300) <= 3
    assert abs(found[1] - 700) <= 3


def test_noise_has_no_change_points():
    rng = np.random.default_rng(4)
    assert sum(bool(change_points(rng.standard_normal(500))) for _ in range(50)) <= 1


def test_the_longest_stillness_is_found():
    value = np.concatenate([np.linspace(2, 1, 30), np.full(60, 1.0), np.linspace(1, 0, 30)])
    still = still_stretch(outline(value), 0.05)
    assert abs(still.start - 30) <= 4
    assert abs(still.stop - 90) <= 4
    assert still.level == pytest.approx(1.0)


def test_non_finite_stretches_are_counted():
    seen = nonfinite(np.array([1.0, np.nan, 2.0, np.inf, np.nan, np.nan]))
    assert seen is not None
    assert (seen.count, seen.first, seen.trailing, seen.longest, seen.last_run) == (4, 1, 3, 3, 3)
    assert nonfinite(np.array([1.0, 2.0])) is None


def test_running_means_that_begin_anew_are_reduced_to_their_ends():
    rng = np.random.default_rng(5)
    epoch = np.repeat(np.arange(6.0), 100)
    batches = 2.0 * np.exp(-epoch / 3) * (1 + 0.5 * rng.standard_normal(600))
    means = np.concatenate([np.cumsum(part) / np.arange(1, 101) for part in np.split(batches, 6)])
    keep = keep_ends(means, epoch)
    assert keep is not None
    assert list(np.flatnonzero(keep)) == [99, 199, 299, 399, 499, 599]
    assert keep_ends(batches, epoch) is None
    assert keep_ends(np.linspace(2, 1, 600), epoch) is None


def test_a_million_points_cost_no_more_memory_than_a_few_copies():
    import tracemalloc

    value = np.random.default_rng(6).standard_normal(1_000_000)
    tracemalloc.start()
    curve = outline(value)
    progress(curve), turn(curve), divergence(curve), still_stretch(curve, 0.1)
    swing(curve, value)
    spikes(value, 10.0, 0.5)
    change_points(value)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * value.nbytes
