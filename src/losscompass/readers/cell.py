"""One cell of a text table as a number, whatever spelling a program or a person gave it."""

import re

import numpy as np

# "Nothing was logged here", told apart from a NaN that was logged by its bits: one array holds both.
ABSENT = float(np.array([0x7FF8_0000_0000_1055], dtype=np.uint64).view(np.float64)[0])
_ABSENT_BITS = np.array([ABSENT]).view(np.uint64)[0]

_EMPTY = frozenset(
    ("", "-", "--", "---", "none", "n/a", "na", "#n/a", "null", "nil", "<na>", "\\n", ".", "?", "—", "–", "//")
)
_SPECIAL = {
    **dict.fromkeys(
        ("nan", "+nan", "-nan", "nan(ind)", "-nan(ind)", "-nan(snan)", "1.#qnan", "1.#ind", "-1.#ind", "#num!"),
        float("nan"),
    ),
    **dict.fromkeys(("inf", "+inf", "infinity", "+infinity", "1.#inf", "∞", "+∞", "#div/0!"), float("inf")),
    **dict.fromkeys(("-inf", "-infinity", "-1.#inf", "-∞"), float("-inf")),
}
_WRAPPED = re.compile(
    r"(?:tensor|array|np\.float\d+|float\d*)\(\[?\s*([^,()\[\]]+?)\s*\]?(?:,.*)?\)|\[\s*([^,\[\]]+?)\s*\]", re.DOTALL
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_LONGEST = 400


def number_in(cell: str, *, comma: str = "") -> float | None:
    """The number in `cell`; `ABSENT` for an empty one, None if it holds something else.

    `comma`: what a comma means in this column, "decimal" or "thousands"; nothing said: thousands where it can be.
    """
    text = cell.strip().strip("\"'").strip()
    try:
        if "_" not in text:
            return float(text)
    except ValueError:
        pass
    folded = text.casefold()
    if folded in _EMPTY:
        return ABSENT
    if folded in _SPECIAL:
        return _SPECIAL[folded]
    if len(text) > _LONGEST:
        return None
    if text[-1] in "%％":
        return number_in(text[:-1], comma=comma)
    if "," in text:
        if comma == "decimal" and _DECIMAL_COMMA.fullmatch(text):
            return float(text.replace(",", "."))
        if _THOUSANDS.fullmatch(text):
            return float(text.replace(",", ""))
        if _DECIMAL_COMMA.fullmatch(text):
            return float(text.replace(",", "."))
    wrapped = _WRAPPED.fullmatch(text)
    return number_in(wrapped[1] or wrapped[2]) if wrapped else None


def is_absent(column: np.ndarray) -> np.ndarray:
    """Where a float column holds `ABSENT`."""
    return np.asarray(np.ascontiguousarray(column).view(np.uint64) == _ABSENT_BITS)


def meaning_of_comma(cells: list[str], *, counts: bool, elsewhere: bool) -> str:
    """What a comma inside the numbers of a column means.

    `counts`: the column counts (steps), so groups of three are thousands. `elsewhere`: another column of the file
    has commas that can only be decimal.
    """
    commas = [cell.strip() for cell in cells if "," in cell]
    if not commas:
        return ""
    if any(not _THOUSANDS.fullmatch(cell) or cell.lstrip("+-").startswith("0") for cell in commas):
        return "decimal"
    return "decimal" if elsewhere and not counts else "thousands"
