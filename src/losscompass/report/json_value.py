"""Values in the types that JSON has. It has no NaN and no infinity: they become the strings "NaN", "Infinity", "-Infinity"."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np


def plain_value(value: Any) -> Any:
    """`value` in types that JSON has; whole floats stay floats, NaN and infinities become strings."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() | np.floating():
            number = float(value)
            return number if math.isfinite(number) else {"nan": "NaN", "inf": "Infinity"}.get(str(number), "-Infinity")
        case np.integer() | np.bool_():
            return value.item()
        case Mapping():
            return {str(key): plain_value(one) for key, one in value.items()}
        case np.ndarray():
            return [plain_value(one) for one in value.tolist()]
        case Iterable():
            return [plain_value(one) for one in value]
        case _:
            return str(value)
