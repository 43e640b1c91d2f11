"""Printed numbers to floats."""

from collections.abc import Sequence

from .shape import Value


def value_of(text: str) -> float:
    """The number that `shape.NUMBER` matched: `1e-5`, `nan`, `-inf`, `1,234.5`."""
    try:
        return float(text)
    except ValueError:
        return float(text.replace(",", ""))


def read_value(value: Value, numbers: Sequence[str]) -> float:
    """The value of a series in a line: of `9850/10000 (98%)` the percentage, of `9850/10000` the share."""
    if value.percent is not None:
        return value_of(numbers[value.percent])
    number = value_of(numbers[value.slot])
    if value.total is not None and (total := value_of(numbers[value.total])) > 0:
        return number / total
    return number
