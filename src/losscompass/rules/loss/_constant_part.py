"""A part of the loss without a history: a number to the optimiser, whatever the network does."""

import ast
import re

from ...evidence.records import Place
from ...evidence.run import Run
from ..seen import place, text
from ..source import place_at, program_told
from ..source.files import Program
from ..source.flow import Definition, chain

NOTHING = re.compile(r"zeros|ones|tensor\(|full\(|0\.0|= 0\b|float\(")
"""What a line holds that makes a part which is meant to be a number, for as long as it is not in use."""


def constant_part(run: Run) -> tuple[str, Place] | None:
    """Its name, and the line that cuts it off, else the one that makes it; None where not every look shows the same one."""
    graphs = run.happened("graph")
    names = {text(one, "constant_part") for one in graphs}
    made = place(graphs[-1], "constant-part") if graphs else None
    if len(names) != 1 or names == {""} or made is None or NOTHING.search(made.code):
        return None
    return names.pop(), _cut(program_told(run), made) or made


def _cut(read: Program, made: Place) -> Place | None:
    """Where it is computed by a function of the program that takes no gradients."""
    file = read.file(made.file)
    line = [] if file is None else [one for one in file.flow.definitions.values() if one.line == made.line]
    if file is None or not line:
        return None
    # From other functions come targets and old probabilities, which have no history on purpose.
    for one in (each for each in chain(line) if each.scope is line[0].scope):
        for call in _calls(one):
            function = read.called(call)
            if function is not None and any("no_grad" in ast.unparse(deco) for deco in function.decorator_list):
                return place_at(file, call)
    return None


def _calls(one: Definition) -> list[ast.Call]:
    return [node for node in ast.walk(one.value) if isinstance(node, ast.Call)] if one.value is not None else []
