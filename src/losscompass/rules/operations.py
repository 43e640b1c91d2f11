"""The operations of an autograd graph, as events name them ("Softmax", "Addmm"), and what they tell of a loss's input."""

from ..evidence.records import Event, Place
from .seen import number, numbers, place, texts

LAYOUT = {
    "Alias",
    "AsStrided",
    "Clone",
    "Expand",
    "Permute",
    "Reshape",
    "ReshapeAlias",
    "Select",
    "Slice",
    "Squeeze",
    "T",
    "ToCopy",
    "Transpose",
    "Unbind",
    "Unsqueeze",
    "UnsafeView",
    "View",
}
"""Operations that move numbers and change none."""

LINEAR = {"Addbmm", "Addmm", "Baddbmm", "Bmm", "Convolution", "Linear", "Mm", "MkldnnConvolution", "Mv"}
"""Operations that end in scores: any number may come out."""

SOFTMAX = {"Softmax", "SafeSoftmax"}

ONE = 1e-3
"""How far the sum of a row of probabilities may be from 1: half precision rounds to 2⁻¹¹ an entry."""


def last_operation(call: Event) -> str:
    """What the loss's input came out of, apart from changes of layout; empty where no graph was seen."""
    kept = (name.rstrip("0123456789") for name in texts(call, "input_ops"))
    return next((name for name in kept if name not in LAYOUT), "")


def sums_to_one(call: Event) -> bool:
    """Whether the input's rows are probabilities by their numbers: none negative, each row with the sum 1."""
    low, high = number(call, "rows_sum_low"), number(call, "rows_sum_high")
    least, most = number(call, "input_min"), number(call, "input_max")
    if low is None or high is None or least is None or most is None:
        return False
    return abs(low - 1) <= ONE and abs(high - 1) <= ONE and least >= 0 and most <= 1 + ONE


def made_by_softmax(call: Event) -> bool:
    """Whether the loss's input is probabilities: by the graph, or by the numbers: where no graph was seen, or it was written by hand."""
    return last_operation(call) in SOFTMAX or sums_to_one(call)


def axes_of_one(call: Event, key: str = "log_axes") -> tuple[int, ...] | None:
    """Along which axes shares add up to 1 (`docs/events.md`); None where nobody looked."""
    told = tuple(int(one) for one in numbers(call, key))
    return None if not isinstance(call.data.get(key), tuple | list) or -1 in told else told


def applied(call: Event, word: str) -> Place | None:
    """The line that applies the last operation, by a word of its name ("softmax"); that of the loss, where it is a layer of a model.

    A layer is called by the model, and the line that calls the model says nothing of it.
    """
    where = place(call, "input-op")
    return where if where is not None and word in where.code.lower() else place(call, "at") or where
