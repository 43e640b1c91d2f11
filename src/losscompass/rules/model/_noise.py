"""Where the noise that a generator is given is drawn, if the text says that it varies next to nothing within a batch."""

import ast

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..seen import place
from ..source import constant, place_at, program
from ..source.files import File, Program
from ..source.trace import trace

DRAWN = ("randn", "rand", "randn_like", "rand_like", "normal", "uniform", "normal_", "uniform_", "sample", "rsample")
SMALL = 0.1  # of a draw of unit width
DEEPEST = 12


def narrow_noise(run: Run, look: Event) -> Place | None:
    """The line that makes the noise small. None where it is not, or the text does not say so.

    All draws that a sum of noise holds have to be small, but for one that is the same for the whole batch.
    """
    at = place(look, "at")
    if at is None or not run.happened("source"):
        return None
    code = program(run)
    file = code.file(at.file)
    if file is None:
        return None
    lines = range(at.line, at.line + at.code.count("\n") + 1)
    given = [one for one in ast.walk(file.tree) if isinstance(one, ast.Call) and one.lineno in lines and one.args]
    for call in given:
        found = trace(code, file, call.args[0])
        draws = {node: found.file_of[node] for node in found.calls(*DRAWN)}
        small = [(where, node) for node, where in draws.items() if _is_small(code, where, node)]
        rest = [node for node, where in draws.items() if not _is_small(code, where, node) and not _for_all(node)]
        if small and not rest:
            where, node = min(small, key=lambda one: (one[0].name, one[1].lineno))
            return place_at(where, node)
    return None


def _is_small(code: Program, file: File, node: ast.AST) -> bool:
    """Whether a draw is made small by a constant factor around it."""
    factor = 1.0
    for _ in range(DEEPEST):
        above = file.parents.get(node)
        if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mult | ast.Div):
            other = constant(code, file, above.right if above.left is node else above.left)
            if other is None or (isinstance(above.op, ast.Div) and (above.right is node or other == 0)):
                return False
            factor = factor * other if isinstance(above.op, ast.Mult) else factor / other
        elif not isinstance(above, ast.Attribute | ast.UnaryOp) and not (
            isinstance(above, ast.Call) and above.func is node
        ):
            break
        node = above
    return abs(factor) <= SMALL


def _for_all(node: ast.Call) -> bool:
    """Whether one draw is made for all samples: of a batch of one."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Tuple | ast.List):
        first = first.elts[0] if first.elts else None
    return isinstance(first, ast.Constant) and first.value == 1
