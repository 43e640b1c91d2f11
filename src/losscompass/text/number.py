"""Numbers and moments as people read them. English and Japanese write figures alike: 12,345 and 0.0123 and 1.2e-5."""

import math
from datetime import UTC, datetime

DIGITS = 4
"""Significant digits of a number whose message does not ask for others."""

SMALL = 1e-4
LARGE = 1e9
"""Below and from here on a number is written with an exponent."""


def number(x: float, digits: int = DIGITS) -> str:
    """`x` with `digits` significant digits, thousands separated; "NaN", "inf", "-inf".

    No digit before the decimal point is rounded away: a whole number is a count, a step or an epoch.
    """
    if isinstance(x, bool):
        return str(x).lower()
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    if x == int(x) and abs(x) < LARGE:
        return f"{int(x):,}"
    if not SMALL <= abs(x) < LARGE:
        return _scientific(x, digits)
    exponent = int(f"{x:.{digits - 1}e}".split("e")[1])  # of the rounded number: 0.99996 counts as 1.000
    text = f"{x:,.{max(0, digits - 1 - exponent)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(x: float, digits: int) -> str:
    """1.2e-5, not 1.200e-05."""
    mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"


def percent(share: float, digits: int = 0) -> str:
    """A share (0.05) in per cent ("5 %"), with that many decimals."""
    return f"{share * 100:.{digits}f} %" if math.isfinite(share) else number(share)


def moment(seconds: float, lang: str) -> str:
    """Seconds since 1970 as a date and time of UTC; the number itself where the calendar ends."""
    try:
        when = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return number(seconds)
    if lang == "ja":
        return f"{when.year}年{when.month}月{when.day}日 {when:%H:%M} UTC"
    return f"{when:%Y-%m-%d %H:%M} UTC"


def duration(seconds: float, lang: str) -> str:
    """A span of time in its two largest units: "2 h 05 min", 「2時間5分」."""
    if not math.isfinite(seconds):
        return number(seconds)
    units = _UNITS["ja" if lang == "ja" else "en"]
    whole = round(seconds)
    if whole < 60:
        return f"{number(seconds, 2)}{units[0]}"
    minutes, second = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}{units[1]}{units[4]}{second}{units[0]}"
    hours, minute = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}{units[2]}{units[4]}{minute}{units[1]}"
    days, hour = divmod(hours, 24)
    return f"{days}{units[3]}{units[4]}{hour}{units[2]}"


_UNITS = {"en": (" s", " min", " h", " d", " "), "ja": ("秒", "分", "時間", "日", "")}
