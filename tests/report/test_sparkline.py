import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from losscompass.report.sparkline import column_of, draw


def line(value, **size):
    value = np.asarray(value, dtype=float)
    return draw(
        np.arange(value.size, dtype=float), value, (0.0, float(value.size - 1)), **({"width": 20, "height": 3} | size)
    )


def test_a_spike_of_one_point_in_a_million_shows():
    value = np.ones(1_000_000)
    value[437_123] = 9.0
    drawn = line(value, width=50)
    column = column_of(437_123, (0, 999_999), 50)
    assert drawn.rows[0].strip()
    assert len(drawn.rows[0]) - len(drawn.rows[0].lstrip()) == column
    assert drawn.high == 9.0


def test_a_falling_line_falls():
    drawn = line(np.linspace(5, 1, 40))
    assert drawn.rows[0].startswith("⠉")
    assert drawn.rows[2].rstrip()[-1] in "⣀⠤⢄⡀"
    assert (drawn.low, drawn.high, drawn.top) == (1.0, 5.0, 5.0)


def test_holes_are_known():
    drawn = line([1, 2, np.nan, np.inf, 3], width=5)
    assert drawn.holes == (2, 3)
    assert line([np.nan, np.inf]) is None


def test_a_steep_beginning_does_not_hide_a_turn_upward():
    drawn = line([100.0, 50.0, *np.linspace(1, 2, 98)])
    assert drawn.top == 100.0
    assert drawn.high == 2.0


def test_what_only_falls_is_drawn_whole():
    drawn = line([100.0, 50.0, *np.linspace(12, 10, 98)])
    assert drawn.top == drawn.high == 100.0


def test_a_late_spike_is_never_cut_off():
    value = np.ones(100)
    value[90] = 50.0
    assert line(value).high == 50.0


def test_a_wide_range_is_drawn_on_a_logarithmic_axis():
    assert line(10.0 ** -np.arange(30.0)).log
    assert not line(np.linspace(1, 2, 30)).log
    assert not line(np.linspace(-1, 1000, 30)).log


@given(
    hnp.arrays(float, st.integers(1, 60), elements=st.floats(width=64)),
    st.integers(1, 40),
    st.integers(1, 4),
    st.booleans(),
)
def test_any_values_fit_their_frame(value, width, height, braille):
    drawn = line(value, width=width, height=height, braille=braille)
    if drawn is None:
        assert not np.isfinite(value).any()
        return
    assert len(drawn.rows) == height
    assert {len(row) for row in drawn.rows} == {width}
    assert any(row.strip() for row in drawn.rows)
    assert all(0 <= hole < width for hole in drawn.holes)


@given(hnp.arrays(float, st.integers(1, 40), elements=st.floats(0, 10)))
def test_the_lowest_and_the_highest_value_are_drawn(value):
    drawn = line(value, width=30)
    if drawn.high > drawn.low:
        assert drawn.rows[0].strip()
        assert drawn.rows[-1].strip()
