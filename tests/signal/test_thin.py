import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from losscompass.signal.thin import block_edges, block_levels, minmax_index, stride_index


@given(st.integers(1, 5000), st.integers(2, 500))
def test_a_stride_keeps_the_ends_and_its_limit(n, limit):
    index = stride_index(n, limit)
    assert index[0] == 0
    assert index[-1] == n - 1
    assert index.size <= max(limit, 2)
    assert np.all(np.diff(index) > 0)


@given(st.integers(1, 5000), st.integers(1, 500))
def test_blocks_cover_everything_and_are_of_one_size(n, blocks):
    edges = block_edges(n, blocks)
    widths = np.diff(edges)
    assert edges[0] == 0
    assert edges[-1] == n
    assert widths.min() >= 1
    assert widths.max() - widths.min() <= 1


@given(arrays(np.float64, st.integers(30, 3000), elements=st.floats(-1e6, 1e6)))
def test_levels_stay_within_what_they_are_levels_of(value):
    edges = block_edges(value.size, 10)
    levels = block_levels(value, edges)
    for level, a, b in zip(levels, edges[:-1], edges[1:], strict=True):
        assert value[a:b].min() - 1e-6 <= level <= value[a:b].max() + 1e-6


def test_a_spike_does_not_lift_the_level_of_its_block():
    value = np.ones(10_000)
    value[5_005:5_010] = 1e6
    assert np.all(block_levels(value, block_edges(value.size, 100)) == 1.0)


@given(
    arrays(np.float64, st.integers(1, 4000), elements=st.floats(-1e9, 1e9) | st.just(np.nan) | st.just(np.inf)),
    st.integers(6, 300),
)
def test_a_thinned_plot_keeps_extremes_ends_and_the_first_break(value, limit):
    index = minmax_index(value, limit)
    assert index.size <= limit
    assert np.all(np.diff(index) > 0)
    assert index[0] == 0
    assert index[-1] == value.size - 1
    finite = value[np.isfinite(value)]
    if finite.size:
        kept = value[index][np.isfinite(value[index])]
        assert kept.max() == finite.max()
        assert kept.min() == finite.min()
    if finite.size < value.size:
        assert np.flatnonzero(~np.isfinite(value))[0] in index
