import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_diagnoses import series

from losscompass.evidence.names import Kind
from losscompass.report.packed_series import (
    FEWEST_POINTS,
    POINTS_A_PAGE,
    POINTS_A_SERIES,
    ArrayStore,
    fair_limit,
    kept_index,
    pack,
)

KINDS = {"f4": "<f4", "f8": "<f8", "i4": "<i4"}


def unpack(packed):
    if packed["kind"] == "range":
        return packed["start"] + packed["stride"] * np.arange(packed["count"])
    return np.frombuffer(base64.b64decode(packed["data"]), KINDS[packed["kind"]]).astype(float)


@given(arrays(np.float64, st.integers(0, 40), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_an_exact_array_comes_back_as_it_went_in(array):
    store = ArrayStore()
    index = store.add(array, exact=True)
    assert np.array_equal(unpack(store.packed[index]), array, equal_nan=True)


@given(arrays(np.float64, st.integers(1, 40), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_any_other_keeps_six_digits_and_what_is_not_finite(array):
    store = ArrayStore()
    back = unpack(store.packed[store.add(array)])
    finite = np.isfinite(array)
    assert np.array_equal(back[~finite], array[~finite], equal_nan=True)
    assert np.allclose(back[finite], array[finite], rtol=1e-6, atol=0) or np.abs(array[finite]).min() < 1e-37
    assert np.array_equal(back == 0, array == 0)


def test_the_same_array_is_kept_once():
    store = ArrayStore()
    step = np.cumsum(np.random.default_rng(0).integers(1, 9, 500)).astype(float)
    assert store.add(step) == store.add(step.copy())
    assert len(store.packed) == 1


@given(
    arrays(np.float64, st.integers(1, 3000), elements=st.floats(-1e6, 1e6, width=32)),
    st.lists(st.tuples(st.integers(0, 2999), st.sampled_from([np.nan, np.inf, -np.inf])), max_size=5),
)
def test_thinning_keeps_extremes_ends_and_where_a_curve_breaks(value, broken):
    for place, bad in broken:
        value[place % value.size] = bad
    index = kept_index(value, 120)
    finite = value[np.isfinite(value)]
    kept = value[index]
    assert index[0] == 0
    assert index[-1] == value.size - 1
    assert np.all(np.diff(index) > 0)
    assert index.size <= 120 + 30
    if finite.size:
        assert np.nanmin(kept[np.isfinite(kept)]) == finite.min()
        assert np.nanmax(kept[np.isfinite(kept)]) == finite.max()
    bad = ~np.isfinite(value)
    starts = np.flatnonzero(bad & ~np.concatenate([[False], bad[:-1]]))
    assert set(starts) <= set(index)


@pytest.mark.parametrize("axis", ["step", "epoch"])
def test_a_thinned_series_brings_its_levels_a_short_one_does_not(axis):
    step = np.arange(5000.0)
    value = np.exp(-step / 900) + 0.1 * np.random.default_rng(1).standard_normal(5000)
    long = series("train/loss", Kind.LOSS, step, value, axis=axis, epoch=step / 100, time=1.7e9 + step)
    store = ArrayStore()
    packed = pack(long, store, 400, began=1.7e9)
    assert packed["n"] == 5000
    levels = unpack(store.packed[packed["level"]["y"]])
    assert len(levels) == len(unpack(store.packed[packed["level"]["x"]])) == 100
    assert np.abs(levels - np.exp(-unpack(store.packed[packed["level"]["x"]]) / 900)).max() < 0.06
    assert unpack(store.packed[packed["time"]])[0] == 0
    assert "level" not in pack(long.take(np.arange(300)), store, 400, began=0.0)


@given(st.lists(st.integers(0, 20_000), max_size=300))
def test_room_is_shared_fairly(lengths):
    limit = fair_limit(lengths)
    assert FEWEST_POINTS <= limit <= POINTS_A_SERIES
    if limit > FEWEST_POINTS:
        assert sum(min(length, limit) for length in lengths) <= POINTS_A_PAGE
    if limit < POINTS_A_SERIES:
        assert sum(min(length, limit + 1) for length in lengths) > POINTS_A_PAGE - len(lengths)
