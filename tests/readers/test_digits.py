"""Numbers parsed eight digits at a time are the doubles that `float()` gives, bit for bit, or are left to it."""

import random
import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscompass.readers.digits import MARGIN, parse_decimals, words_of


def parse(cells):
    body = ",".join(cells).encode() + b","
    data = np.frombuffer(b"7" * MARGIN + body + b"7" * MARGIN, dtype=np.uint8)
    ends = MARGIN + np.flatnonzero(np.frombuffer(body, dtype=np.uint8) == ord(","))
    starts = np.concatenate([[MARGIN], ends[:-1] + 1])
    return parse_decimals(words_of(data), starts, ends)


def check(cells):
    values, unread = parse(cells)
    for cell, value, left in zip(cells, values.tolist(), unread.tolist(), strict=True):
        if not left:
            assert struct.pack("d", value) == struct.pack("d", float(cell)), cell
    return unread


PRINTED = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.tuples(st.floats(-1e7, 1e7), st.integers(0, 18)).map(lambda pair: f"{pair[0]:.{pair[1]}f}"),
    st.tuples(st.floats(-1e30, 1e30), st.integers(0, 17)).map(lambda pair: f"{pair[0]:.{pair[1]}e}"),
)


@settings(deadline=None)
@given(st.lists(PRINTED, min_size=1, max_size=40))
def test_every_number_read_is_the_nearest_double(cells):
    check(cells)


@settings(deadline=None)
@given(st.lists(st.text("0123456789.-+eE_ xn", min_size=1, max_size=26), min_size=1, max_size=40))
def test_what_is_no_number_is_never_read_as_one(cells):
    check(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["0.1", "0.30000000000000004", "123456.789"],
        ["1", "22", "333", "12345678"],
        ["-0.0", "-1.5", "2.25"],
        ["1e-05", "4.5833333333333334e-05", "1.0"],
        ["1614619328.3513324", "0.001", "12345678.125"],
        ["9007199254740991.0", "9007199254740992.5", "0.00012345678901234567"],
    ],
)
def test_what_logs_print_is_read_without_help(cells):
    unread = check(cells)
    assert not unread[:2].any()


@pytest.mark.parametrize(
    "cell", ["", ".", "-", "nan", "inf", "1.2.3", "1-2", "--1", "1e5", "0x10", "1_0", "1 2", "½", "e-05", "1:2", "1/2"]
)
def test_other_spellings_are_left_alone(cell):
    _, unread = parse([cell, "1.5"])
    assert unread[0]
    assert not unread[1]


def test_a_column_of_one_length_and_of_all_lengths_agree():
    rng = np.random.default_rng(0)
    numbers = [repr(value) for value in rng.normal(size=2000).tolist()]
    together, unread = parse(numbers)
    assert not unread.any()
    alone = [parse([number])[0][0] for number in numbers[:200]]
    assert together[:200].tolist() == alone


def test_decimals_next_to_the_middle_between_two_doubles():
    rng = random.Random(0)
    doubles = [rng.random() * 10.0 ** rng.randint(-6, 1) for _ in range(5_000)]
    doubles += [np.nextafter(2.0**k, side) for k in range(-20, 4) for side in (0.0, 16.0)] + [
        2.0**k for k in range(-20, 4)
    ]
    cells = []
    for double in doubles:
        middle = (Fraction(double) + Fraction(float(np.nextafter(double, rng.choice((0.0, 16.0)))))) / 2
        units = round(middle * 10**18) + rng.randint(-1, 1)
        decimals = f"{units % 10**18:018d}"[: rng.choice((15, 16, 17, 18, 18, 18))]
        cells.append(f"{units // 10**18}.{decimals}")
    unread = check([cell for cell in cells if len(cell) <= 20])
    assert unread.mean() < 0.01


def test_columns_of_one_digit_and_a_dot():
    check(["9.999999999999999999", "9.223372036854775807", "9.223372036854775808", "0.000000000000000001"] * 5)
    check(["0.0", "1.0", "2.", "0.5", "4.0", "9.9", "0.1"])
    check(["1.234567", "0.123456", "9.99", "-1.5", "12.25", "1.2/4", "1/2", "1;5", "nan", "", "1.5"] * 3 + ["1.5"] * 60)
    check(["0.0", "-0.0", "0.00000000000000000", "1.00000000000000000"] * 20)
