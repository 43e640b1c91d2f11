import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.text.number import duration, moment, number, percent


@pytest.mark.parametrize(
    ("x", "written"),
    [
        (0, "0"),
        (1.0, "1"),
        (0.693147, "0.6931"),
        (0.1, "0.1"),
        (2.302585, "2.303"),
        (1.2e-5, "1.2e-5"),
        (0.000099999, "1e-4"),
        (12345, "12,345"),
        (12345.678, "12,346"),
        (420.0, "420"),
        (0.99996, "1"),
        (999.96, "1,000"),
        (1.23456e12, "1.235e12"),
        (-0.5, "-0.5"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (2**53, "9.007e15"),
        (True, "true"),
    ],
)
def test_numbers_are_written_as_people_read_them(x, written):
    assert number(x) == written


@given(st.floats(min_value=-1e300, max_value=1e300), st.integers(min_value=2, max_value=8))
def test_a_written_number_is_the_number_to_its_digits(x, digits):
    assert float(number(x, digits).replace(",", "")) == pytest.approx(x, rel=0.5 * 10 ** (1 - digits), abs=5e-324)


@given(st.integers(min_value=-(10**8), max_value=10**8))
def test_no_digit_of_a_count_is_lost(count):
    assert int(number(count).replace(",", "")) == count
    assert number(float(count)) == number(count)


def test_shares():
    assert percent(0.05) == "5 %"
    assert percent(0.123456, 1) == "12.3 %"
    assert percent(math.nan) == "NaN"


@pytest.mark.parametrize(
    ("seconds", "english", "japanese"),
    [
        (0.5, "0.5 s", "0.5秒"),
        (59.6, "1 min 0 s", "1分0秒"),
        (3600 * 2 + 300, "2 h 5 min", "2時間5分"),
        (3 * 86400, "3 d 0 h", "3日0時間"),
        (math.inf, "inf", "inf"),
    ],
)
def test_spans_of_time(seconds, english, japanese):
    assert duration(seconds, "en") == english
    assert duration(seconds, "ja") == japanese


def test_moments():
    assert moment(0, "en") == "1970-01-01 00:00 UTC"
    assert moment(0, "ja") == "1970年1月1日 00:00 UTC"


@given(st.floats())
def test_no_moment_is_an_error(seconds):
    assert moment(seconds, "en")
    assert duration(seconds, "ja")
