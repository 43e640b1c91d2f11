"""Numbers that are reported, and how they come about: ways of computing them that cannot be meant."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from .files import File, Program, scope_of
from .flow import Definition
from .roles import Roles
from .shape import Function, ancestors, argument, bare, calls, inside, key, last_name, number_of, plain

_SHARES = frozenset(("sigmoid", "softmax"))
_SHAPING = frozenset(
    ("squeeze", "view", "reshape", "flatten", "ravel", "unsqueeze", "expand_as", "view_as", "argmax", "max", "topk")
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A number that is computed wrongly: how (`form`), and where."""

    form: str
    file: File
    node: ast.AST
    confidence: float
    values: dict[str, str | float] = field(default_factory=dict)


def constant_comparisons(program: Program) -> Iterator[Fault]:
    """`torch.sigmoid(x) > 0`: shares lie between 0 and 1, so that it says the same of everything."""
    for file in program.files:
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Compare) or len(node.ops) != 1:
                continue
            sides = (
                (node.left, node.comparators[0], node.ops[0]),
                (node.comparators[0], node.left, _turned(node.ops[0])),
            )
            for value, limit, op in sides:
                number = number_of(limit)
                if number is None or not _is_share(file, value):
                    continue
                always = (isinstance(op, ast.Gt | ast.GtE) and number <= 0) or (
                    isinstance(op, ast.Lt | ast.LtE) and number >= 1
                )
                never = (isinstance(op, ast.Gt | ast.GtE) and number >= 1) or (
                    isinstance(op, ast.Lt | ast.LtE) and number <= 0
                )
                if (always or never) and not _is_check(file, node):
                    yield Fault("always" if always else "never", file, node, 0.95, {"code": plain(node)})


def _turned(op: ast.cmpop) -> ast.cmpop:
    pairs: dict[type, ast.cmpop] = {ast.Gt: ast.Lt(), ast.Lt: ast.Gt(), ast.GtE: ast.LtE(), ast.LtE: ast.GtE()}
    return pairs.get(type(op), op)


def _is_share(file: File, node: ast.AST) -> bool:
    node = bare(node)
    if isinstance(node, ast.Call):
        return last_name(node.func) in _SHARES
    found = file.flow.reaching.get(node, frozenset())
    return bool(found) and all(
        one.kind == "assign"
        and one.at is None
        and isinstance(value := bare(one.value) if one.value is not None else None, ast.Call)
        and last_name(value.func) in _SHARES
        for one in found
    )


def _is_check(file: File, node: ast.AST) -> bool:
    """An assertion that the values are what they must be."""
    return any(
        isinstance(one, ast.Assert) or (isinstance(one, ast.Call) and last_name(one.func) in {"all", "check"})
        for one in ancestors(node, file.parents)
    )


def divisions(
    program: Program, roles: Roles, batches: dict[str, int], reductions: dict[tuple[str, int], str]
) -> Iterator[Fault]:
    """What is added up over a loop and then divided by what is not the number of the summands.

    `batches`: of a loader by its names. `reductions`: of a loss by its file and line.
    """
    for file in program.files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                top, below = node.left, node.right
            elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
                top, below = node.target, node.value
            else:
                continue
            statement = next((one for one in (node, *ancestors(node, file.parents)) if isinstance(one, ast.stmt)), None)
            around = file.flow.loops_of.get(statement, ()) if statement is not None else ()
            if isinstance(top, ast.BinOp) and isinstance(top.op, ast.Mult):  # 100 * hits
                top = top.right if number_of(top.left) is not None else top.left
            for total in _totals(file, bare(top), around):
                loop = total.loops[-1]
                data = _iterated(loop)
                yield from _by_last(file, node, below, loop, around, batches.get(data, 2))
                yield from _by_length(program, file, node, below, total, data, batches, reductions)
                yield from _never_reset(roles, file, node, below, total, around)
                break


def _totals(file: File, node: ast.AST, around: tuple[ast.AST, ...]) -> list[Definition]:
    """The additions that make a total, in a loop over data that is over by now."""
    if (
        isinstance(node, ast.Call)
        and last_name(node.func) in {"float", "int", "item"}
        and (node.args or isinstance(node.func, ast.Attribute))
    ):
        node = node.args[0] if node.args or not isinstance(node.func, ast.Attribute) else node.func.value
    found = file.flow.reaching.get(node, frozenset())
    return sorted(
        (
            one
            for one in found
            if one.kind == "add"
            and one.loops
            and one.loops[-1] not in around
            and one.loops[: len(around)] == around[: len(one.loops) - 1]
            and isinstance(one.loops[-1], ast.For)
        ),
        key=lambda one: one.line,
    )


def _iterated(loop: ast.AST) -> str:
    """What a loop goes over: "val_loader" of `enumerate(tqdm(val_loader))`."""
    node: ast.AST = loop.iter if isinstance(loop, ast.For) else loop
    while isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    return key(node)


def _by_last(
    file: File, node: ast.AST, below: ast.expr, loop: ast.AST, around: tuple[ast.AST, ...], batches: int
) -> Iterator[Fault]:
    if not isinstance(below, ast.Name) or batches < 2:
        return
    if isinstance(loop, ast.For) and any(isinstance(one, ast.Break) for one in loop.body):
        return  # one batch only
    found = file.flow.reaching.get(below, frozenset())
    mine = [one for one in found if loop in one.loops]
    if not mine or any(one.kind not in {"assign", "for"} for one in mine) or loop in around:
        return
    one = mine[0]
    if one.kind == "assign" and one.at is None and one.value is not None and _is_batch_length(one.value):
        yield Fault("last-batch", file, node, 0.95, {"name": below.id, "code": plain(one.value)})
    value = one.value
    if one.kind == "for" and one.at == 0 and one.node is loop and isinstance(value, ast.Call):
        name = last_name(value.func) if len(value.args) == 1 and not value.keywords else ""
        if name == "enumerate":
            yield Fault("last-index", file, node, 0.8, {"name": below.id, "code": plain(value)})


def _is_batch_length(node: ast.expr) -> bool:
    """`len(y)`, `y.size(0)`, `y.shape[0]`."""
    if isinstance(node, ast.Call):
        if last_name(node.func) == "len" and len(node.args) == 1:
            return isinstance(node.args[0], ast.Name)
        return last_name(node.func) in {"size", "numel"} and isinstance(node.func, ast.Attribute)
    return isinstance(node, ast.Subscript) and last_name(node.value) == "shape" and number_of(node.slice) == 0


def _by_length(
    program: Program,
    file: File,
    node: ast.AST,
    below: ast.expr,
    total: Definition,
    data: str,
    batches: dict[str, int],
    reductions: dict[tuple[str, int], str],
) -> Iterator[Fault]:
    if not isinstance(below, ast.Call) or last_name(below.func) != "len" or len(below.args) != 1 or not data:
        return
    measured = below.args[0]
    of_samples = isinstance(measured, ast.Attribute) and measured.attr == "dataset"
    name = key(measured.value if isinstance(measured, ast.Attribute) and of_samples else measured)
    if name == data:
        counts = total.value is not None and _is_count(total.value)
        if counts and not of_samples and name in batches:
            yield Fault("count-over-batches", file, node, 0.9, {"name": name, "code": plain(below)})
        if not counts and of_samples and total.value is not None and _is_mean(file, total.value, reductions):
            yield Fault("mean-over-samples", file, node, 0.7, {"name": name, "code": plain(below)})
        return
    mine, theirs = _loader_of(program, file, total.loops[-1], data), None
    found = file.flow.uses(measured)
    made = [one for one in found if one.kind == "assign" and one.value is not None]
    if mine is None or len(made) != 1:
        return
    if isinstance(made[0].value, ast.Call) and last_name(made[0].value.func) == "DataLoader":
        theirs = made[0].value
        if theirs is not mine:
            yield Fault("other-length", file, node, 0.9, {"name": data, "code": plain(below)})
        return
    used = [call for _, call in program.calls_of.get("DataLoader", []) if call.args and key(call.args[0]) == name]
    if used and mine not in used:
        yield Fault("other-length", file, node, 0.9, {"name": data, "code": plain(below)})


def _loader_of(program: Program, file: File, loop: ast.AST, data: str) -> ast.Call | None:
    """The one call that makes the loader that a loop goes over, also where it is handed to the function."""
    node: ast.AST = loop.iter if isinstance(loop, ast.For) else loop
    while isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    made: set[ast.Call] = set()
    for one in file.flow.reaching.get(node, frozenset()):
        if one.kind == "parameter" and isinstance(one.scope, Function):
            names = [each.arg for each in one.scope.args.args]
            method = bool(names) and names[0] == "self"
            for where, call in program.calls_of.get(one.scope.name, []):
                given = argument(call, names.index(one.name) - method, one.name) if one.name in names else None
                if given is None:
                    return None
                for other in where.flow.reaching.get(given, frozenset()):
                    if not isinstance(other.value, ast.Call) or other.at is not None:
                        return None
                    made.add(other.value)
        elif isinstance(one.value, ast.Call) and one.at is None:
            made.add(one.value)
    loaders = [call for call in made if last_name(call.func) == "DataLoader"]
    return loaders[0] if len(loaders) == 1 == len(made) and data else None


def _is_count(node: ast.expr) -> bool:
    """`(pred == y).sum().item()`: how many are right."""
    text = plain(node)
    if "mean" in text or "/" in text or not any(isinstance(one, ast.Compare | ast.Call) for one in inside(node)):
        return False
    summed = any(True for _ in calls(node, "sum"))
    compared = any(
        (isinstance(one, ast.Compare) and any(isinstance(op, ast.Eq) for op in one.ops))
        or (isinstance(one, ast.Call) and last_name(one.func) == "eq")
        for one in inside(node)
    )
    return summed and compared


def _is_mean(file: File, node: ast.expr, reductions: dict[tuple[str, int], str]) -> bool:
    """`loss.item()` of a loss that is a mean over the batch."""
    if not (isinstance(node, ast.Call) and last_name(node.func) == "item" and isinstance(node.func, ast.Attribute)):
        return False
    inner = node.func.value
    lines = {one.line for one in file.flow.uses(inner)} if isinstance(inner, ast.Name) else {inner.lineno}
    return bool(lines) and all(reductions.get((file.name, line)) == "mean" for line in lines)


def _never_reset(
    roles: Roles, file: File, node: ast.AST, below: ast.expr, total: Definition, around: tuple[ast.AST, ...]
) -> Iterator[Fault]:
    """A total that goes on over the epochs, and is reported in each as if it were of that epoch."""
    if not around or len(total.loops) != len(around) + 1 or not isinstance(around[-1], ast.For):
        return
    epoch = around[-1]
    if (
        not isinstance(epoch.iter, ast.Call)
        or last_name(epoch.iter.func) not in {"range", "trange", "tqdm"}
        or not roles.trains(epoch)
    ):
        return
    names = {one.id for one in ast.walk(below) if isinstance(one, ast.Name)}
    counter = {one.id for one in ast.walk(epoch.target) if isinstance(one, ast.Name)}
    ever = file.flow.of_name(total.name, total.scope)
    if names & counter or any(one.kind == "assign" and epoch in one.loops for one in ever):
        return
    if not any(one.kind == "assign" and epoch not in one.loops for one in ever) or "." in total.name:
        return
    if any(one.kind in {"parameter", "for", "with"} for one in ever):
        return
    given = file.flow.reaching.get(below, frozenset())
    lasting = any(one.kind == "add" for one in given) and not any(
        epoch in one.loops and one.kind == "assign" for one in given
    )
    if (isinstance(below, ast.Call) and last_name(below.func) == "len") or lasting:
        first = min((one for one in ever if one.kind == "assign"), key=lambda one: one.line)
        yield Fault("never-reset", file, node, 0.9, {"name": total.name, "code": plain(first.node)})


def training_values(program: Program, roles: Roles) -> Iterator[Fault]:
    """A loop that only measures adds up the loss that was back-propagated last, not its own."""
    for file in program.files:
        for one in sorted(file.flow.definitions.values(), key=lambda d: (d.line, d.name)):
            if one.kind not in {"add", "grow"} or not one.loops or one.value is None or roles.trains(one.loops[-1]):
                continue
            used = file.flow.uses(one.value)
            loop = one.loops[-1]
            strange = [
                each for each in used if each in roles.trained and loop not in each.loops and each.scope is one.scope
            ]
            if not strange or len(strange) != len([each for each in used if each.name == strange[0].name]):
                continue
            measured = any(
                (file.name, getattr(each, "lineno", 0)) in roles.measured
                for each in inside(loop)
                if isinstance(each, ast.Call)
            )
            if measured and not any(each.loops and loop in each.loops and each not in strange for each in used):
                yield Fault("training-value", file, one.node, 0.9, {"name": strange[0].name, "code": plain(one.node)})


def losses_at(program: Program, where: tuple[str, int]) -> Iterator[tuple[File, ast.Call]]:
    """The calls with two arguments on a line: of a loss that was computed there."""
    for file in program.files:
        if file.name == where[0]:
            for node in ast.walk(file.tree):
                if (
                    isinstance(node, ast.Call)
                    and len(node.args) >= 2
                    and node.lineno <= where[1] <= (node.end_lineno or 0)
                ):
                    yield file, node


def against_the_loss(
    program: Program, where: tuple[str, int], function: str, shape: tuple[int, ...]
) -> Iterator[Fault]:
    """What the loss is given beside what a metric in the same function makes of the same values."""
    for file, call in losses_at(program, where):
        given, wanted = call.args[0], call.args[1]
        values = file.flow.uses(bare(given))
        name, target = key(bare(given)), key(bare(wanted))
        if not name or not values or not isinstance(bare(given), ast.Name | ast.Attribute):
            continue
        whole = isinstance(given, ast.Name | ast.Attribute)
        for node in inside(scope_of(file, call)):
            if isinstance(node, ast.Compare) and len(node.ops) == 1:
                if function == "binary_cross_entropy_with_logits" and isinstance(node.ops[0], ast.Gt | ast.GtE):
                    left = bare(node.left)
                    if key(left) == name and number_of(node.comparators[0]) == 0.5 and file.flow.uses(left) & values:
                        yield Fault("logits-at-half", file, node, 0.85, {"name": name, "code": plain(node)})
                if isinstance(node.ops[0], ast.Eq) and target:
                    yield from _spread(file, node, given, wanted, (name, target), shape, values)
            axis = _argmax_axis(node)
            if axis is not None and whole and function == "cross_entropy" and len(shape) >= 2:
                owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node
                first = (
                    node.args[0] if isinstance(node, ast.Call) and last_name(owner) == "torch" and node.args else owner
                )
                right = {1, 1 - len(shape)}
                if (
                    key(first) == name
                    and isinstance(first, ast.Name)
                    and axis not in right
                    and file.flow.uses(first) & values
                ):
                    yield Fault("argmax-axis", file, node, 0.9, {"name": name, "code": plain(node)})


def _spread(
    file: File,
    node: ast.Compare,
    given: ast.expr,
    wanted: ast.expr,
    names: tuple[str, str],
    shape: tuple[int, ...],
    values: frozenset[Definition],
) -> Iterator[Fault]:
    """The loss is given `x.squeeze(1)` and `y`; the metric compares `x`, of (N, 1), with `y`, of (N): N × N answers."""
    sides = [node.left, node.comparators[0]]
    mine = [one for one in sides if names[0] in {key(each) for each in ast.walk(one)}]
    other = [one for one in sides if names[1] in {key(each) for each in ast.walk(one)}]
    if len(mine) != 1 or len(other) != 1 or mine == other or not file.flow.uses(mine[0]) & values:
        return
    if any(isinstance(each, ast.Subscript) for one in sides for each in ast.walk(one)):
        return
    if any(True for one in sides for _ in calls(one, *_SHAPING)):
        return
    squeezed = (
        isinstance(given, ast.Call)
        and last_name(given.func) == "squeeze"
        and isinstance(wanted, ast.Name)
        and len(shape) == 1
    )
    stretched = (
        isinstance(wanted, ast.Call)
        and "unsqueeze" in {last_name(call.func) for call in calls(wanted)}
        and isinstance(given, ast.Name)
        and len(shape) == 2
        and shape[1] == 1
    )
    if (squeezed or stretched) and shape[0] > 1:
        yield Fault("spread", file, node, 0.9, {"name": names[0], "code": plain(node)})


def _argmax_axis(node: ast.AST) -> int | None:
    if not isinstance(node, ast.Call) or last_name(node.func) != "argmax":
        return None
    function = isinstance(node.func, ast.Attribute) and last_name(node.func.value) == "torch"
    given = argument(node, 1 if function else 0, "dim")
    number = number_of(given)
    return None if number is None else int(number)


def named_scores(program: Program) -> Iterator[Fault]:
    """Precision, recall, F1 and IoU by their names and those of what they are made of."""
    for file in program.files:
        for one in sorted(file.flow.definitions.values(), key=lambda d: (d.line, d.name)):
            name = one.name.rpartition(".")[2].lower()
            if (
                one.kind != "assign"
                or one.at is not None
                or not isinstance(one.value, ast.BinOp)
                or not isinstance(one.value.op, ast.Div)
            ):
                continue
            top, below = one.value.left, one.value.right
            if name.startswith(("precision", "recall")):
                named = {key(each).rpartition(".")[2].lower() for each in _terms(file, below)}
                wrong = {"precision": {"tp", "fn"}, "recall": {"tp", "fp"}}[
                    "precision" if name.startswith("p") else "recall"
                ]
                if key(top).rpartition(".")[2].lower() == "tp" and wrong <= named and len(named - {"eps", ""}) == 2:
                    yield Fault("named-score", file, one.node, 0.9, {"name": one.name, "code": plain(one.value)})
            if name in {"iou", "jaccard"} and "inter" in plain(top) and "*" not in plain(top):
                terms = [each for each in _terms(file, below) if number_of(each) is None and "eps" not in plain(each)]
                if (
                    len(terms) == 2
                    and not any(isinstance(each, ast.Sub) for each in ast.walk(below))
                    and not _subtracts(file, below)
                ):
                    yield Fault("named-score", file, one.node, 0.85, {"name": one.name, "code": plain(one.value)})


def top_of_few(program: Program, columns: int) -> Iterator[Fault]:
    """`(scores.topk(2).indices == y).any(1)` of four classes, as the only measure of hits, and not called so."""
    if columns < 3 or program.text_holds("top-", "top_", "top1", "top2", "top3", "top5", "Top"):
        return
    for file in program.files:
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
                continue
            for call in calls(node, "topk"):
                function = isinstance(call.func, ast.Attribute) and last_name(call.func.value) == "torch"
                first = number_of(argument(call, 1 if function else 0, "k"))
                if first is None or first < 2 or 2 * first < columns or first >= columns:
                    continue
                if not any(True for _ in calls(scope_of(file, node), "argmax")):
                    values: dict[str, str | float] = {"name": f"{first:.0f} / {columns}", "code": plain(node)}
                    yield Fault("top-of-few", file, node, 0.85, values)


def _terms(file: File, node: ast.expr, depth: int = 0) -> list[ast.expr]:
    """The summands of a sum, also of one that a name was given."""
    if depth < 8:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return [*_terms(file, node.left, depth + 1), *_terms(file, node.right, depth + 1)]
        if isinstance(node, ast.Name):
            found = file.flow.reaching.get(node, frozenset())
            only = next(iter(found)) if len(found) == 1 else None
            if only is not None and only.kind == "assign" and isinstance(only.value, ast.BinOp) and only.at is None:
                return _terms(file, only.value, depth + 1)
    return [node]


def _subtracts(file: File, node: ast.expr) -> bool:
    return any(
        one.value is not None and any(isinstance(each, ast.Sub) for each in ast.walk(one.value))
        for one in file.flow.uses(node)
    )
