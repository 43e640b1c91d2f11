"""How a policy gradient is estimated: which action, which return, which advantage."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .files import File, Program
from .flow import Definition
from .shape import Function, ancestors, bare, key, last_name, plain
from .trace import Trace, trace

_CUTTING = frozenset(
    ("detach", "item", "numpy", "tolist", "float", "tensor", "as_tensor", "array", "asarray", "detach_")
)
_TURNS = frozenset(("reversed", "reverse", "flip", "flipud", "appendleft"))
_LIBRARIES = frozenset(("np", "numpy", "torch"))
_DRAWS = frozenset(("sample", "rsample"))
_DISCOUNT = ("gamma", "discount", "lam", "cumsum", "lfilter", "gae")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A fault of an estimate, and where."""

    form: str
    file: File
    node: ast.AST
    confidence: float


def learns_from_rewards(program: Program) -> bool:
    """Whether actions are drawn and an environment is stepped with them."""
    steps = any(call.args for _, call in program.calls_of.get("step", []))
    drawn = any(program.calls_of.get(name) for name in ("sample", "multinomial"))
    return steps and drawn and bool(program.calls_of.get("log_prob"))


def fresh_draws(program: Program) -> Iterator[Estimate]:
    """`dist.log_prob(dist.sample())`: the probability of an action that nobody took."""
    found, others = [], 0
    for file, call in program.calls_of.get("log_prob", []):
        if len(call.args) != 1:
            continue
        if _is_fresh(program, file, call.args[0]):
            found.append((file, call))
        else:
            others += 1
    if len(found) == 1 and not others:
        file, call = found[0]
        if not isinstance(file.parents.get(call), ast.UnaryOp):  # minus the log-probability of a draw: an entropy
            yield Estimate("fresh", file, call, 0.95)


def _is_fresh(program: Program, file: File, node: ast.expr) -> bool:
    value = bare(node)
    if isinstance(value, ast.Call):
        return last_name(value.func) in _DRAWS and any(
            other is not value for _, other in program.calls_of.get(last_name(value.func), [])
        )
    definitions = file.flow.reaching.get(value, frozenset())
    if len(definitions) != 1:
        return False
    (one,) = definitions
    drawn = bare(one.value) if one.value is not None else None
    if not (
        isinstance(drawn, ast.Call) and last_name(drawn.func) == "sample" and one.at is None and one.kind == "assign"
    ):
        return False
    readers = [each for each, reached in file.flow.reaching.items() if one in reached]
    draws = [other for _, other in program.calls_of.get("sample", []) if other is not drawn and not other.args]
    same = [other for other in draws if plain(other.func) == plain(drawn.func)]
    return bool(same) and all(
        any(
            isinstance(above, ast.Call) and last_name(above.func) == "log_prob"
            for above in ancestors(each, file.parents)
        )
        for each in readers
    )


@dataclass(frozen=True, slots=True)
class Product:
    """A log-probability times a weight."""

    file: File
    node: ast.BinOp
    weight: ast.expr
    of: Trace  # the weight


def products(program: Program) -> list[Product]:
    """All products of a log-probability and something else."""
    found = []
    for file in program.files:
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
                continue
            sides = [trace(program, file, one) for one in (node.left, node.right)]
            probable = [bool(one.calls("log_prob")) for one in sides]
            if probable == [True, False]:
                found.append(Product(file, node, node.right, sides[1]))
            elif probable == [False, True]:
                found.append(Product(file, node, node.left, sides[0]))
    return found


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`g = r + gamma * g` in a loop, put into a list."""

    file: File
    loop: ast.For
    returns: Definition  # the list grows here
    backwards: bool


def recurrences(program: Program) -> list[Recurrence]:
    """All loops that add up discounted rewards into a list."""
    found = []
    for file in program.files:
        for one in sorted(file.flow.definitions.values(), key=lambda d: (d.line, d.name)):
            if one.kind not in {"assign", "add"} or not one.loops or not isinstance(one.loops[-1], ast.For):
                continue
            loop = one.loops[-1]
            value = one.value
            if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add) or one.kind != "assign":
                continue
            scaled = [
                side
                for side in (value.left, value.right)
                if isinstance(bare(side), ast.BinOp)
                and isinstance(side.op if isinstance(side, ast.BinOp) else None, ast.Mult)
                and one.name in {key(each) for each in ast.walk(side)}
            ]
            plain_side = [
                side for side in (value.left, value.right) if one.name not in {key(each) for each in ast.walk(side)}
            ]
            if len(scaled) != 1 or len(plain_side) != 1 or isinstance(plain_side[0], ast.BinOp):
                continue
            back = _goes_back(loop.iter)
            found += [
                Recurrence(file, loop, other, back)
                for other in sorted(file.flow.definitions.values(), key=lambda d: (d.line, d.name))
                if other.kind == "grow" and other.loops and other.loops[-1] is loop and one in other.uses
            ]
    return found


def _goes_back(node: ast.expr) -> bool:
    return bool(_reversals(node)) or "-1, -1" in plain(node)


def _reversals(tree: ast.AST) -> list[ast.AST]:
    """Everything that turns an order around."""
    found: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name, first = last_name(node.func), plain(node.args[0]) if node.args else ""
            if name in _TURNS or (name == "insert" and first == "0"):
                found.append(node)
        elif isinstance(node, ast.Slice) and node.step is not None and plain(node.step) == "-1":
            found.append(node)
    return found


def wrong_orders(program: Program, weighed: list[Product]) -> Iterator[Estimate]:
    """Returns that stand in the list the other way round than the actions."""
    for one in recurrences(program):
        if not any(one.returns in product.of.definitions for product in weighed):
            continue
        header = set(_reversals(one.loop.iter))
        rest = [node for node in _reversals(one.file.tree) if node not in header]
        rest += [node for file in program.files if file is not one.file for node in _reversals(file.tree)]
        if rest or len(header) > 1:
            continue
        call = one.returns.node
        method = call.value if isinstance(call, ast.Expr) else None
        if isinstance(method, ast.Call) and last_name(method.func) == "append":
            form = "order" if one.backwards else "forward"
            yield Estimate(form, one.file, call if one.backwards else one.loop, 0.95 if one.backwards else 0.85)


def sums_so_far(program: Program) -> Iterator[Estimate]:
    """`rewards.cumsum(0)`, and nothing is ever turned round: each action is credited with what was earned before it."""
    if any(_reversals(file.tree) for file in program.files):
        return
    for file, call in program.calls_of.get("cumsum", []):
        of = call.func.value if isinstance(call.func, ast.Attribute) else None
        base = call.args[0] if call.args and (of is None or last_name(of) in _LIBRARIES) else of
        around = file.parents.get(call)
        if base is None or not any("reward" in last_name(one).lower() for one in ast.walk(base)):
            continue
        if isinstance(around, ast.BinOp) and isinstance(around.op, ast.Sub) and around.right is call:
            continue  # what is left of the whole
        yield Estimate("forward", file, call, 0.85)


def raw_rewards(program: Program, weighed: list[Product]) -> Iterator[Estimate]:
    """The rewards themselves as weights, although returns are computed: an action is not credited with what comes of it."""
    returns = recurrences(program)
    if not returns:
        return
    summed = {one.returns for one in returns}
    for one in weighed:
        if summed & one.of.definitions or any(_discounts(node) for node in one.of.nodes):
            continue
        rewards = [
            definition
            for definition in sorted(one.of.definitions, key=lambda d: (d.line, d.name))
            if isinstance(definition.value, ast.Call) and last_name(definition.value.func) == "step" and definition.at
        ]
        if rewards and any(
            rewards[0] in trace(program, each.file, each.returns.value or one.weight).definitions
            or _shares(program, each, rewards)
            or not _is_called(program, each)
            for each in returns
        ):
            definitions = [
                each for each in one.file.flow.reaching.get(one.weight, ()) if each.kind == "assign" and each.at is None
            ]
            where = definitions[0].node if len(definitions) == 1 else one.node
            yield Estimate("rewards", one.file, where, 0.9)
            return


def _is_called(program: Program, one: Recurrence) -> bool:
    """Whether anybody asks the function that adds up the returns."""
    function = next((each for each in ancestors(one.loop, one.file.parents) if isinstance(each, Function)), None)
    return function is None or program.is_used(function)


def _shares(program: Program, one: Recurrence, rewards: list[Definition]) -> bool:
    """Whether the returns are made of the same rewards."""
    return bool(set(rewards) & trace(program, one.file, one.loop.iter).definitions)


def _discounts(node: ast.AST) -> bool:
    name = last_name(node).lower() if isinstance(node, ast.Name | ast.Attribute) else ""
    return any(name.startswith(word) for word in _DISCOUNT) or isinstance(node, ast.Pow)


def attached_advantages(program: Program, weighed: list[Product], forwards: set[tuple[str, int]]) -> Iterator[Estimate]:
    """`log_prob * (returns - values)` with values that still hold the graph: the policy's loss trains the critic, astray."""
    for one in weighed:
        kept = trace(program, one.file, one.weight, _cuts)
        differences = [node for node in kept.nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)]
        differences.sort(key=lambda node: (node.lineno, node.col_offset))
        for difference in differences:
            home = kept.file_of[difference]
            critic = trace(program, home, difference.right, _cuts)
            called = [
                node
                for node in critic.nodes
                if isinstance(node, ast.Call)
                and (critic.file_of[node].name, node.lineno) in forwards
                and not _gradless(critic.file_of[node], node)
                and not _called_gradless(program, critic.file_of[node], node)
            ]
            if called and not _gradless(home, difference):
                yield Estimate("attached", home, difference, 0.85)
                return


def _cuts(_: File, node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return last_name(node.func) in _CUTTING
    return isinstance(node, ast.Attribute) and node.attr == "data"


def _called_gradless(program: Program, file: File, node: ast.AST) -> bool:
    """Whether the function around a node is called without gradients somewhere."""
    function = next((one for one in ancestors(node, file.parents) if isinstance(one, Function)), None)
    if function is None:
        return False
    return any(
        _gradless(where, call) or _called_gradless_once(program, where, call)
        for where, call in program.calls_of.get(function.name, [])
    )


def _called_gradless_once(program: Program, file: File, node: ast.AST) -> bool:
    function = next((one for one in ancestors(node, file.parents) if isinstance(one, Function)), None)
    return function is not None and any(
        _gradless(where, call) for where, call in program.calls_of.get(function.name, [])
    )


def _gradless(file: File, node: ast.AST) -> bool:
    for one in ancestors(node, file.parents):
        if isinstance(one, ast.With) and any(
            "no_grad" in plain(item) or "inference" in plain(item) for item in one.items
        ):
            return True
        if isinstance(one, Function):
            return any("no_grad" in plain(each) or "inference" in plain(each) for each in one.decorator_list)
    return False
