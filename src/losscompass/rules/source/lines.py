"""Lines of the source that a finding points to where the run itself has not told the place."""

import ast

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Undecided
from .files import place_at, program


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
