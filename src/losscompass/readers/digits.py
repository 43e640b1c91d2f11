"""Decimal numbers in a byte array to doubles, thousands at a time, each the one that is nearest to what is written.

The digits are read eight at a time as one 64-bit word. A number of at most 15 digits is one exact division; a longer one
with one digit before its dot is a division whose exact remainder decides the last bit; any other is a product of pairs of
doubles. Where that pair lies too near the middle between two doubles to be sure (one in about 2^40), or the spelling is
another (`nan`, an exponent of three digits, more than 19 digits), the cell is left to `float()`.
"""

from fractions import Fraction
from functools import cache

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8, UInt64

MARGIN = 24  # bytes that must be there (any content) before and after the text

_ZEROS = np.uint64(0x3030303030303030)
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
_LOW7 = np.uint64(0x7F7F7F7F7F7F7F7F)
_HIGH = np.uint64(0x8080808080808080)
_OVER_NINE = np.uint64(0x7676767676767676)
_BYTE = np.uint64(0xFF)
_ONE = np.uint64(1)
_SECOND = np.uint64(0xFF00)
_SECOND_DOT = np.uint64(ord(".") << 8)
_AFTER_SECOND = np.uint64(0xFFFFFFFFFFFF0000)
_DIGIT_DOT_DIGITS = np.uint64(0x3030303030302E30)
_ZEROS_ABOVE = np.uint64(0x3030303000000000)
_LETTER = np.uint64(0xDF << 32)  # the fourth byte from the end, in upper case
_E = np.uint64(ord("E") << 32)
# Each step makes one number of two neighbours: a × 10 + b is the upper half of (a + 2^8 b) × (10 × 2^8 + 1), and so on.
_STEPS = tuple(
    (np.uint64(10**digits << bits | 1), np.uint64(bits), np.uint64(mask))
    for digits, bits, mask in ((1, 8, 0x00FF00FF00FF00FF), (2, 16, 0x0000FFFF0000FFFF), (4, 32, 0xFFFFFFFF))
)
_PLACES = np.uint64(0x0001020304050607)
_SPLIT = 134217729.0  # 2**27 + 1
_SURE = 1.0 + 2.0**-40
_LARGEST_EXPONENT = 280
_FRACTION, _HIDDEN = np.uint64(2**52 - 1), np.uint64(2**52)
_DIVISOR, _HALF_DIVISOR = np.uint64(10**18), np.uint64(10**18 // 2)


def words_of(data: UInt8[np.ndarray, " bytes"]) -> UInt64[np.ndarray, " words"]:
    """Every 8 bytes of `data`, starting at each byte, as one little-endian number."""
    return np.ndarray((data.size - 7,), dtype="<u8", buffer=data.data, strides=(1,))


def _windows(
    words: UInt64[np.ndarray, " words"], start: Int[np.ndarray, " n"], count: int
) -> UInt64[np.ndarray, "n count"]:
    """The `count` words that follow each start: taking them together costs no more than taking one."""
    several = np.ndarray((words.size - 8 * (count - 1),), dtype=f"V{8 * count}", buffer=words.base, strides=(1,))
    return np.asarray(several[start].view(np.uint64).reshape(-1, count))


def parse_decimals(
    words: UInt64[np.ndarray, " words"], start: Int[np.ndarray, " n"], end: Int[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], Bool[np.ndarray, " n"]]:
    """The numbers written in the byte ranges [start, end), and which of them could not be read here.

    `words`: `words_of` the bytes, which go on for `MARGIN` bytes on both sides of every range.
    """
    if not start.size:
        return np.zeros(0), np.zeros(0, dtype=bool)
    whole = _small_whole_numbers(words, start, end)
    if whole is not None:
        return whole, np.zeros(start.size, dtype=bool)
    return _one_digit_whole(words, start, end) or _decimals(words, start, end)


def _one_digit_whole(
    words: UInt64[np.ndarray, " words"], start: Int[np.ndarray, " n"], end: Int[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], Bool[np.ndarray, " n"]] | None:
    """Numbers of one digit, a dot and up to 18 digits, as losses mostly are. None if more than a quarter are others.

    All are read as multiples of 10^-6, 10^-14 or 10^-18, so that one divisor serves them all.
    """
    sample = slice(None, None, max(start.size // 64, 1))
    if np.count_nonzero((words[start[sample]] & _SECOND) == _SECOND_DOT) < 0.75 * start[sample].size:
        return None
    length = end - start
    shortest, longest = int(length.min()), int(length.max())
    other = np.zeros(start.size, dtype=bool)
    if shortest < 3 or longest > 20:
        other |= (length < 3) | (length > 20)
        if np.count_nonzero(other) > 0.25 * start.size:
            return None
        longest = min(longest, 20)
    count = (longest + 7) // 8
    cell = _windows(words, start, count)
    first = cell[:, 0] ^ _DIGIT_DOT_DIGITS
    wrong = first & _SECOND
    if wrong.any():
        other |= wrong != 0
        if np.count_nonzero(other) > 0.25 * start.size:
            return None
    if shortest < 8:
        _keep_left(first, length, 0)
    mantissa = first & _BYTE
    mantissa <<= np.uint64(8)
    first &= _AFTER_SECOND
    mantissa |= first
    wrong[:] = 0
    _number(mantissa, wrong)
    if count > 1:
        part = cell[:, 1] ^ _ZEROS
        if shortest < 16:
            _keep_left(part, length, 8)
        mantissa *= np.uint64(10**8)
        mantissa += _number(part, wrong)
    if count == 3:
        part = cell[:, 2] << np.uint64(32)  # four digits, after four zeros
        part ^= _ZEROS_ABOVE
        _keep_left(part, length, 12)
        mantissa *= np.uint64(10**4)
        mantissa += _number(part, wrong)
        value, unsure = _quotients(mantissa)
        other |= unsure
    else:
        value = mantissa.view(np.int64) / (1e6 if count == 1 else 1e14)  # both operands are exact
    if wrong.any():
        other |= (wrong & _HIGH) != 0
    rest = np.flatnonzero(other)
    if rest.size:
        value[rest], other[rest] = _decimals(words, start[rest], end[rest])
    return value, other


def _keep_left(word: UInt64[np.ndarray, " n"], length: Int[np.ndarray, " n"], before: int) -> None:
    """Zero the bytes of each word, which is the eight after the first `before`, that lie beyond `length`."""
    beyond = length * -8
    beyond += 8 * (before + 8)
    np.maximum(beyond, 0, out=beyond)
    word <<= beyond.view(np.uint64)
    word >>= beyond.view(np.uint64)


def _quotients(mantissa: UInt64[np.ndarray, " n"]) -> tuple[Float[np.ndarray, " n"], Bool[np.ndarray, " n"]]:
    """Mantissa / 10^18, nearest double; and where it is not certain, in about one of 2^52.

    With the quotient as Q × 2^-s, the remainder mantissa × 2^s - Q × 10^18 is small, so that it is known exactly although
    both terms are only known modulo 2^64. Half the divisor, a tie, cannot occur: the divisor holds too few factors of two.
    """
    value = mantissa.view(np.int64) / 1e18
    bits = value.view(np.uint64)
    shift = bits >> np.uint64(52)
    np.subtract(np.uint64(1075), shift, out=shift)
    remainder = mantissa << shift
    whole = bits & _FRACTION
    power_of_two = None if whole.all() else whole == 0  # where the doubles below lie closer together
    whole |= _HIDDEN
    whole *= _DIVISOR
    remainder -= whole
    unsure = np.zeros(mantissa.size, dtype=bool)
    if power_of_two is not None:
        unsure |= power_of_two & (remainder != 0)
    remainder += _HALF_DIVISOR
    off = np.flatnonzero(remainder > _DIVISOR)
    if off.size:
        wanted = bits[off] + (remainder[off].view(np.int64) // np.int64(_DIVISOR)).view(np.uint64)
        unsure[off] |= (wanted ^ bits[off]) > _FRACTION
        bits[off] = wanted
    if int(mantissa.max()) >> 63:
        unsure |= mantissa >> np.uint64(63) != 0
    return value, unsure


def _decimals(
    words: UInt64[np.ndarray, " words"], start: Int[np.ndarray, " n"], end: Int[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], Bool[np.ndarray, " n"]]:
    """Numbers of any form."""
    length = end - start
    last = words[end - 8]
    if int(length.max()) <= 8 and int(length.min()) > 0:  # the last eight bytes hold the first ones too
        first = last >> (64 - 8 * length).view(np.uint64)
        negative = (first & _BYTE) == ord("-")
        if signed := bool(negative.any()):
            start = start + negative
            first >>= negative.view(np.uint8).astype(np.uint64) * np.uint64(8)
    else:
        first = words[start]
        negative = (first & _BYTE) == ord("-")
        if signed := bool(negative.any()):
            start = start + negative
            first = words[start]
    exponent: np.ndarray | None = None
    scientific = _exponent_at(last)
    if scientific is not None:
        rows, exponents = scientific
        exponent = np.zeros(start.size, dtype=np.int64)
        exponent[rows] = exponents
        end = end.copy()
        end[rows] -= 4
        last[rows] = words[end[rows] - 8]
    length = end - start
    shortest, longest = int(length.min()), int(length.max())
    dot = _dots(words, start, length, first, shortest=shortest, longest=longest)
    mantissa, digits, unread = _mantissa(words, start, end, length, dot, first=first, last=last)
    if shortest <= 0 or longest > 24:
        unread |= (length <= 0) | (length > 24)
    if dot is not None and longest > 16:
        unread |= dot > 16
    if exponent is None and longest <= 15:  # at most 15 digits: both operands of one division are exact
        value = mantissa.astype(np.float64)
        if digits is not None:
            value /= _POWERS[digits]
    else:
        scale = np.zeros(start.size, dtype=np.int64) if digits is None else -digits
        if exponent is not None:
            scale += exponent
        if longest > 24:
            scale = np.maximum(scale, -_LARGEST_EXPONENT)
        value, unsure = _scaled(mantissa, scale)
        unread |= unsure
    return (np.where(negative, -value, value) if signed else value), unread


def _small_whole_numbers(
    words: UInt64[np.ndarray, " words"], start: Int[np.ndarray, " n"], end: Int[np.ndarray, " n"]
) -> Float[np.ndarray, " n"] | None:
    """The numbers, if all of them are one to eight digits: a column that counts."""
    sample = slice(None, None, max(start.size // 8, 1))
    some = end[sample] - start[sample]
    junk = np.zeros(some.size, dtype=np.uint64)
    _right(words[end[sample] - 8], some, junk)
    if int(some.max()) > 8 or bool((junk & _HIGH).any()):
        return None
    length = end - start
    if int(length.max()) > 8 or int(length.min()) < 1:
        return None
    wrong = np.zeros(start.size, dtype=np.uint64)
    value = _right(words[end - 8], length, wrong)
    if bool((wrong & _HIGH).any()):
        return None
    return np.asarray(value, dtype=np.float64)


def _exponent_at(last: UInt64[np.ndarray, " n"]) -> tuple[np.ndarray, np.ndarray] | None:
    """Rows whose last bytes are `e-05` or `e+18`, and their exponents. None if there is no such row."""
    rows = np.flatnonzero((last & _LETTER) == _E)
    if not rows.size:
        return None
    tail = last[rows] >> np.uint64(40)
    sign = tail & _BYTE
    tens, ones = (((tail >> np.uint64(shift)) & _BYTE).astype(np.int64) - ord("0") for shift in (8, 16))
    good = ((sign == ord("-")) | (sign == ord("+"))) & (tens >= 0) & (tens <= 9) & (ones >= 0) & (ones <= 9)
    rows, size = rows[good], (tens * 10 + ones)[good]
    return rows, np.where(sign[good] == ord("-"), -size, size)


def _dots(
    words: UInt64[np.ndarray, " words"],
    start: Int[np.ndarray, " n"],
    length: Int[np.ndarray, " n"],
    first: UInt64[np.ndarray, " n"],
    *,
    shortest: int,
    longest: int,
) -> Int[np.ndarray, " n"] | None:
    """Where the decimal point is, counted from the start, the length where there is none; None: after one digit in all."""
    if shortest > 1 and bool(((first & _SECOND) == _SECOND_DOT).all()):
        return None
    dot = _first_dot(first)
    if longest > 8:
        rows = np.flatnonzero((dot == 8) & (length > 8))
        if rows.size:
            dot[rows] += _first_dot(words[start[rows] + 8])
            rows = rows[(dot[rows] == 16) & (length[rows] > 16)]
            dot[rows] += _first_dot(words[start[rows] + 16])
    return np.asarray(np.minimum(dot, np.maximum(length, 0)))


def _first_dot(word: UInt64[np.ndarray, " n"]) -> Int[np.ndarray, " n"]:
    """The first byte of each word that is a dot, 8 if none is."""
    word = word ^ _DOTS
    found = word & _LOW7
    found += _LOW7
    found |= word
    found |= _LOW7
    np.invert(found, out=found)
    lowest = ~found
    lowest += _ONE
    lowest &= found
    lowest >>= np.uint64(7)
    place = lowest * _PLACES
    place >>= np.uint64(56)
    if not lowest.all():
        place[lowest == 0] = 8
    return place.view(np.int64)


def _mantissa(
    words: UInt64[np.ndarray, " words"],
    start: Int[np.ndarray, " n"],
    end: Int[np.ndarray, " n"],
    length: Int[np.ndarray, " n"],
    dot: Int[np.ndarray, " n"] | None,
    *,
    first: UInt64[np.ndarray, " n"],
    last: UInt64[np.ndarray, " n"],
) -> tuple[UInt64[np.ndarray, " n"], Int[np.ndarray, " n"] | None, Bool[np.ndarray, " n"]]:
    """All digits as one whole number, how many of them stand after the dot (None: nowhere any), and where there was
    something else.
    """
    wrong = np.zeros(start.size, dtype=np.uint64)
    if dot is None:
        whole = (first ^ _ZEROS) & _BYTE
        wrong |= whole + _OVER_NINE
        digits = length - 2
        least = int(digits.min())
    else:
        digits = length - dot
        digits -= 1
        least = int(digits.min())
        if least < 0:
            np.maximum(digits, 0, out=digits)
        whole = _left(first, np.minimum(dot, 8), wrong)
        long = np.flatnonzero(dot > 8)
        if long.size:
            whole[long] = _whole_of_two(words, start[long], dot[long], first[long], wrong=wrong, rows=long)
        nothing = (dot == 0) & (digits == 0)
        if nothing.any():
            wrong[nothing] |= _HIGH
    most = int(digits.max())
    if not most:
        return whole, None, (wrong & _HIGH) != 0
    part = _right(last, digits, wrong, whole_word=least >= 8)
    if most > 8:
        more = _right(words[end - 16], digits - 8, wrong, whole_word=least >= 16)
        more *= np.uint64(10**8)
        part += more
    if most > 16:
        rows = np.flatnonzero(digits > 16)
        junk = np.zeros(rows.size, dtype=np.uint64)
        top = _right(words[end[rows] - 24], digits[rows] - 16, junk)
        junk |= (top > 900).astype(np.uint64) << np.uint64(63)
        wrong[rows] |= junk
        part[rows] += top * np.uint64(10**16)
    if most > 19 or (float(whole.max()) + 1.0) * 10.0**most > 9e18:
        above = (whole + (whole != 0)).astype(np.float64)
        room = above * _POWERS[np.minimum(digits, 24)] > 9e18
        room |= (digits > 19) & (whole != 0)
        wrong[room] |= _HIGH
    whole *= _WHOLE_POWERS[np.minimum(digits, 19) if most > 19 else digits]
    whole += part
    return whole, digits, (wrong & _HIGH) != 0


def _whole_of_two(
    words: UInt64[np.ndarray, " words"],
    start: Int[np.ndarray, " n"],
    dot: Int[np.ndarray, " n"],
    first: UInt64[np.ndarray, " n"],
    *,
    wrong: UInt64[np.ndarray, " all"],
    rows: Int[np.ndarray, " n"],
) -> UInt64[np.ndarray, " n"]:
    """Whole parts of 9 to 16 digits."""
    junk = np.zeros(start.size, dtype=np.uint64)
    high = _left(first, np.minimum(dot - 8, 8), junk)
    low = _left(words[start + np.minimum(dot, 16) - 8], np.full(start.size, 8), junk)
    wrong[rows] |= junk
    return np.asarray(high * np.uint64(10**8) + low)


def _left(
    word: UInt64[np.ndarray, " n"], count: Int[np.ndarray, " n"], wrong: UInt64[np.ndarray, " n"]
) -> UInt64[np.ndarray, " n"]:
    """The number in the first `count` (0 to 8) bytes of each word."""
    word = word ^ _ZEROS
    word <<= (64 - 8 * count).view(np.uint64)
    return _number(word, wrong)


def _right(
    word: UInt64[np.ndarray, " n"],
    count: Int[np.ndarray, " n"],
    wrong: UInt64[np.ndarray, " n"],
    *,
    whole_word: bool = False,
) -> UInt64[np.ndarray, " n"]:
    """The number in the last `count` (clipped to 0 to 8) bytes of each word."""
    word = word ^ _ZEROS
    if not whole_word:
        shift = np.minimum(count, 8)
        np.maximum(shift, 0, out=shift)
        shift *= -8
        shift += 64
        word >>= shift.view(np.uint64)
        word <<= shift.view(np.uint64)
    return _number(word, wrong)


def _number(word: UInt64[np.ndarray, " n"], wrong: UInt64[np.ndarray, " n"]) -> UInt64[np.ndarray, " n"]:
    """Eight digit values, the most significant in the lowest byte, to one number, in place; marks in `wrong` what is no
    digit.
    """
    if word.size and int(word.view(np.uint8).max()) > 9:
        other = word + _OVER_NINE
        other |= word
        wrong |= other
    for factor, shift, mask in _STEPS:
        word *= factor
        word >>= shift
        word &= mask
    return word


def _scaled(
    mantissa: UInt64[np.ndarray, " n"], scale: Int[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], Bool[np.ndarray, " n"]]:
    """Mantissa × 10^scale, nearest double; and where the nearest is not certain (Dekker's exact product, Ziv's test)."""
    lowest, highest = int(scale.min()), int(scale.max())
    tables = [table[lowest + _LARGEST_EXPONENT : highest + _LARGEST_EXPONENT + 1] for table in _powers_of_ten()]
    scale = scale - lowest
    high, low, high_1, high_2 = (table[scale] for table in tables)
    whole = mantissa.view(np.int64)
    top = whole.astype(np.float64)
    rest = (whole - top.astype(np.int64)).astype(np.float64)
    product = top * high
    top_1 = top * _SPLIT
    top_1 -= top_1 - top
    top_2 = top - top_1
    error = top_1 * high_1
    error -= product
    top_1 *= high_2
    error += top_1
    high_1 *= top_2
    error += high_1
    top_2 *= high_2
    error += top_2
    low *= top
    error += low
    rest *= high
    error += rest
    value = product + error
    product -= value
    product += error
    product *= _SURE
    product += value
    return value, product != value


@cache
def _powers_of_ten() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """10^k for every k as the sum of two doubles, the first also split in halves of 26 bits."""
    high, low = [], []
    for k in range(-_LARGEST_EXPONENT, _LARGEST_EXPONENT + 1):
        exact = Fraction(10) ** k
        near = exact.numerator / exact.denominator
        high.append(near)
        rest = exact - Fraction(near)
        low.append(rest.numerator / rest.denominator)
    top = np.array(high)
    scale = np.array([2.0**-400 if value > 1e200 else 1.0 for value in high])  # keep the split from overflowing
    shifted = top * scale * _SPLIT
    high_1 = (shifted - (shifted - top * scale)) / scale
    return top, np.array(low), high_1, top - high_1


_POWERS = np.array([10.0**k for k in range(25)])
_WHOLE_POWERS = np.array([10**k for k in range(20)], dtype=np.uint64)
