"""A loss that a loop over batches makes anew each time, and that is back-propagated behind the loop: all but the last are thrown away."""

import ast
from collections.abc import Iterator

from .files import File, Program
from .flow import Definition, chain
from .shape import ancestors


def overwritten(program: Program) -> Iterator[tuple[File, ast.Call]]:
    """The calls of backward, in the order of the source, that are given only what the last round of an inner loop has left."""
    for file, call in program.calls_of.get("backward", []):
        statement = next((one for one in ancestors(call, file.parents) if one in file.flow.loops_of), None)
        if statement is None:
            continue
        around = file.flow.loops_of[statement]
        if any(_left_by_a_loop(one, len(around)) for one in _given(file, call) if one.loops[: len(around)] == around):
            yield file, call


def _given(file: File, call: ast.Call) -> frozenset[Definition]:
    return file.flow.uses(call)


def _left_by_a_loop(one: Definition, depth: int) -> bool:
    """Whether a value is set in a loop that the backward is not in, and owes nothing to the rounds before."""
    if one.kind != "assign" or len(one.loops) <= depth or one.old or not isinstance(one.loops[depth], ast.For):
        return False
    loop = one.loops[depth]
    inner = [part for part in chain([one]) if loop in part.loops]
    # What is carried from round to round is a sum, or a state through time: its last value holds all the rounds.
    carried = any(
        part.old or part in part.uses or part in set(chain(part.uses)) for part in inner if part.kind != "for"
    )
    fed = any(part.kind == "for" and part.node is loop for part in inner)
    return fed and not carried
