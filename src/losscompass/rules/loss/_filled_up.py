"""Rows of numbers that are filled up to one length, in the target as in the model's input, and a distance that counts all of them."""

import ast

from ...evidence.records import Place
from ...evidence.run import Run
from ..seen import number, place, text, texts, training_calls
from ..source import place_at, program_told
from ..source.shape import last_name

DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
LEAVING_OUT = {"Mul", "Index", "MaskedSelect", "Where", "MaskedFill", "Gather"}
"""What people do to single errors, or to what they come from, to leave some out."""
ADDING_UP = ("Mean", "Sum")


def filled_up(run: Run, share: float) -> tuple[float, Place | None] | None:
    """The share of the numbers that fill rows up and count, and the line of the loss; None where they are left out, or too few."""
    graphs = run.happened("graph")
    for graph in graphs:
        ops = [name.rstrip("0123456789") for name in texts(graph, "root_ops")]
        ends = [at for at, name in enumerate(ops) if name in ADDING_UP]
        if (number(graph, "padded") or 0.0) >= share and ends and not LEAVING_OUT & set(ops[ends[0] :]):
            return number(graph, "padded") or 0.0, place(graph, "outermost", "at")
    for call in training_calls(run, *DISTANCES):
        made = {name.rstrip("0123456789") for name in texts(call, "input_ops")}
        if text(call, "reduction") == "none":  # what comes after it decides
            made = made.union(*(texts(graph, "root_ops") for graph in graphs)) if graphs else LEAVING_OUT
        if (number(call, "padded") or 0.0) >= share and not LEAVING_OUT & made:
            return number(call, "padded") or 0.0, place(call, "at")
    return None


def filled_with(run: Run) -> Place | None:
    """The only line that says what class ids are filled up with: `Collate(label_pad=0)`, `pad_sequence(labels, padding_value=0)`."""
    found = {}
    for file in program_told(run).files:
        for call in (one for one in ast.walk(file.tree) if isinstance(one, ast.Call)):
            for one in call.keywords:
                name = (one.arg or "").lower()
                filled = " ".join(last_name(part) for given in call.args[:1] for part in ast.walk(given)).lower()
                if "pad" in name and any(word in f"{name} {filled}" for word in ("label", "target", "tgt", "tags")):
                    found[file.name, call.lineno] = place_at(file, call)
    return next(iter(found.values())) if len(found) == 1 else None
