"""Lines of the source that a finding points to where the run itself has not told the place."""

import ast

from ...evidence.records import Place
from ...evidence.run import Run
from .files import File, place_at, program_told
from .numbers import constant
from .shape import ancestors, argument, last_name, number_of, plain

INITS = frozenset(("constant_", "zeros_", "ones_"))
STARTS = (*sorted(INITS), "fill_", "zero_", "normal_", "uniform_", "trunc_normal_")
LOUD = 2.0  # gain of a start; usual ones: 1 for a linear layer, √2 for a ReLU, 5/3 for a tanh
GAINS = ("orthogonal_", "xavier_normal_", "xavier_uniform_")
FILLED = frozenset(("zeros", "ones", "full"))
SHRINKS = frozenset(("mul_", "div_", "clamp_", "clip_", "copy_", "clamp_max_", "renorm_"))


def forgets(run: Run) -> Place | None:
    """The only line of the program that empties the state of an optimiser, or puts another in its place."""
    read = program_told(run)
    found = [
        place_at(file, call)
        for file, call in read.calls_of.get("clear", [])
        if isinstance(call.func, ast.Attribute) and last_name(call.func.value) == "state"
    ]
    found += [
        place_at(file, node)
        for file in read.files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(one, ast.Attribute) and one.attr == "state" for one in node.targets)
    ]
    if not found:
        found = [place_at(*one) for one in read.calls_of.get("load_state_dict", [])]
    return found[0] if len(found) == 1 else None


def sets_weights(run: Run) -> Place | None:
    """The only line of the program that gives weights their first numbers."""
    read = program_told(run)
    found = {}
    for name in STARTS:
        for file, call in read.calls_of.get(name, []):
            given = call.args[0] if name in INITS and call.args else getattr(call.func, "value", call)
            if last_name(_whole(given)) not in {"bias", "grad"}:
                found[file.name, call.lineno] = place_at(file, call)
    for file, call in read.calls_of.get("Parameter", []):
        made = call.args[0] if call.args else call
        if isinstance(made, ast.Call) and last_name(made.func) in FILLED and len(made.args) > 1:
            found[file.name, call.lineno] = place_at(file, call)
    if len(found) == 1:
        return next(iter(found.values()))
    loud = [
        place_at(file, call)
        for name in (*STARTS, *GAINS)
        for file, call in read.calls_of.get(name, [])
        if last_name(_whole(call.args[0] if call.args else call)) != "bias" and _is_loud(call)
    ]
    return loud[0] if len(loud) == 1 else None


def _is_loud(call: ast.Call) -> bool:
    """Whether a start is given a gain or a width that none of the usual ones has."""
    given = (*call.args[1:], *(one.value for one in call.keywords))
    return any((number_of(one) or 0.0) > LOUD for one in given)


_SPREADS = {"normal_": "std", "trunc_normal_": "std", "uniform_": "b"}
"""What an initialiser calls how wide it draws, the second number that it is given: `nn.init.normal_(w, 0, 3)`, `w.data.normal_(0, 3)`."""


def draws_wide(run: Run, scale: float) -> Place | None:
    """Of several lines that give weights their first numbers: the only one that draws about as wide as `scale`."""
    read = program_told(run)
    found = {}
    for name, word in _SPREADS.items():
        for file, call in read.calls_of.get(name, []):
            free = last_name(getattr(call.func, "value", call)) == "init" or isinstance(call.func, ast.Name)
            told = constant(read, file, argument(call, 1 + free, word))
            spread = abs(told or 0.0) / (3**0.5 if name == "uniform_" else 1.0)
            if scale / 2 < spread < 2 * scale:
                found[file.name, call.lineno] = place_at(file, call)
    return next(iter(found.values())) if len(found) == 1 else None


def changes_gradients(run: Run) -> Place | None:
    """The only line of the program that makes gradients smaller: all of them by a limit, or one by a factor."""
    read = program_told(run)
    found = [place_at(*one) for one in read.calls_of.get("clip_grad_value_", [])]
    for file in () if found else read.files:
        for node in ast.walk(file.tree):
            changed: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                changed = [one for one in node.targets if not isinstance(node.value, ast.Constant)]
            elif isinstance(node, ast.AugAssign):
                changed = [node.target]
            elif (
                isinstance(node, ast.Call) and last_name(node.func) in SHRINKS and isinstance(node.func, ast.Attribute)
            ):
                changed = [node.func.value]
            if any(last_name(_whole(one)) == "grad" for one in changed):
                found.append(place_at(file, node))
    return found[0] if len(found) == 1 else None


def _whole(node: ast.AST) -> ast.AST:
    """A tensor of which the data, or a part, is changed."""
    while isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr == "data"):
        node = node.value
    return node


def takes_itself_away(run: Run) -> Place | None:
    """The only line of the program that takes a value from itself: `d.unsqueeze(1) - d.unsqueeze(1)`."""
    found = [
        place_at(file, node)
        for file in program_told(run).files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and ast.dump(node.left) == ast.dump(node.right)
    ]
    return found[0] if len(found) == 1 else None


def made_by(run: Run, name: str) -> Place | None:
    """The only line of the program that makes an object of a class."""
    found = program_told(run).calls_of.get(name, [])
    return place_at(*found[0]) if len(found) == 1 else None


def sets_rate(run: Run) -> Place | None:
    """The only line of the program that sets the learning rate of an optimiser's group."""
    read = program_told(run)
    found = [
        place_at(file, node)
        for file in read.files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for one in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Constant) and one.slice.value == "lr"
    ]
    return found[0] if len(found) == 1 else None


def freezes(run: Run, names: tuple[str, ...] = ()) -> Place | None:
    """The line of the program that may take the gradient from parameters: the only one, else the first whose loop names a part of theirs.

    `names`: of parameters that are frozen ("body.0.weight").
    """
    read = program_told(run)
    froze: list[tuple[File, ast.AST]] = [
        (file, call)
        for file, call in read.calls_of.get("requires_grad_", [])
        if call.args and not (isinstance(call.args[0], ast.Constant) and call.args[0].value is True)
    ]
    froze += [
        (file, node)
        for file in read.files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(one, ast.Attribute) and one.attr == "requires_grad" for one in node.targets)
        and not (isinstance(node.value, ast.Constant) and node.value.value is True)
    ]
    parts = {part for name in names for part in name.split(".")[:-1] if not part.isdigit()}
    named = [one for one in froze if parts & _named_around(*one)]
    chosen = froze if len(froze) == 1 else named
    return place_at(*chosen[0]) if chosen else None


def _named_around(file: File, node: ast.AST) -> set[str]:
    """The names in the statement and in the heads of the loops and conditions around it."""
    found: set[str] = set()
    for one in (node, *ancestors(node, file.parents)):
        heads = {ast.For: "iter", ast.If: "test"}
        head = next((getattr(one, key) for kind, key in heads.items() if isinstance(one, kind)), one)
        if isinstance(one, ast.expr | ast.Assign | ast.Expr | ast.For | ast.If):
            found |= {last_name(part) for part in ast.walk(head)} | {
                word
                for part in ast.walk(head)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
                for word in part.value.split(".")
            }
    return found - {""}


def cuts_batches(run: Run) -> Place | None:
    """The only line that cuts batches for training and keeps the rest: a loader that shuffles, `.split(…)`, or a loop with a stride."""
    read = program_told(run)
    made = [one for one in read.calls_of.get("DataLoader", []) if not _is_said(one[1], "drop_last", False)]
    shuffled = [one for one in made if _is_said(one[1], "shuffle", False)]
    if made:
        return place_at(*shuffled[0]) if len(shuffled) == 1 else place_at(*made[0]) if len(made) == 1 else None
    found: list[tuple[File, ast.AST]] = [
        one
        for one in read.calls_of.get("range", [])
        if len(one[1].args) == 3 and any(isinstance(above, _REPEATED) for above in ancestors(one[1], one[0].parents))
    ]
    found += [one for one in read.calls_of.get("split", []) if "randperm" in plain(one[1])]
    return place_at(*found[0]) if len(found) == 1 else None


_REPEATED = ast.For | ast.comprehension


def _is_said(call: ast.Call, word: str, usual: bool) -> bool:
    """Whether a switch of a call is on; one that is computed counts as on."""
    given = next((one.value for one in call.keywords if one.arg == word), None)
    return usual if given is None else not (isinstance(given, ast.Constant) and not given.value)


def unguarded(run: Run) -> Place | None:
    """The first line that takes numpy's logarithm, root or reciprocal of data as they are, without a clip and without adding to them."""
    found = [
        (file, call)
        for name in ("log", "log2", "log10", "sqrt", "reciprocal")
        for file, call in program_told(run).calls_of.get(name, [])
        if isinstance(call.func, ast.Attribute)
        and last_name(call.func.value) in {"np", "numpy"}
        and len(call.args) == 1
        and isinstance(call.args[0], ast.Name | ast.Attribute | ast.Subscript)
    ]
    lines = sorted({(file.name, call.lineno): (file, call) for file, call in found}.items(), key=lambda one: one[0])
    return place_at(*lines[0][1]) if 0 < len(lines) <= FEW_LINES else None


FEW_LINES = 3
"""So many lines that may have done it are shown by the first; of more, none is."""
