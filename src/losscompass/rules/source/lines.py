"""Lines of the source that a finding points to where the run itself has not told the place."""

import ast

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Undecided
from .files import place_at, program
from .shape import inside


def label_made(run: Run) -> Place | None:
    """Of a data set that is a stream: where its `__iter__` makes the label that it yields."""
    try:
        read = program(run)
    except Undecided:
        return None
    found = []
    for file in read.files:
        for function in file.functions:
            for one in inside(function) if function.name == "__iter__" else ():
                if isinstance(one, ast.Yield) and isinstance(one.value, ast.Tuple) and one.value.elts:
                    made = file.flow.reaching.get(one.value.elts[-1], frozenset())
                    found += [place_at(file, each.node) for each in made if each.kind == "assign"]
    return found[0] if len(found) == 1 else None


def freezes(run: Run) -> Place | None:
    """The only line of the program that may take the gradient from parameters."""
    try:
        read = program(run)
    except Undecided:
        return None
    froze = [
        place_at(file, call)
        for file, call in read.calls_of.get("requires_grad_", [])
        if call.args and not (isinstance(call.args[0], ast.Constant) and call.args[0].value is True)
    ]
    froze += [
        place_at(file, node)
        for file in read.files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(one, ast.Attribute) and one.attr == "requires_grad" for one in node.targets)
        and not (isinstance(node.value, ast.Constant) and node.value.value is True)
    ]
    return froze[0] if len(froze) == 1 else None
