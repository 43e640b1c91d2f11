"""The user's own line, rewritten: what a finding shows as "write this instead".

Every function takes the text of a statement and gives the text as it should be, or None where that cannot be told with
certainty. Only what has to change changes; the rest of the line stays letter for letter.
"""

import ast
from collections.abc import Callable, Iterable, Sequence

from ..evidence.records import Place
from .base import Change

FUNCTIONAL = {"F", "torch", "nn", "functional", "special"}
"""What a function of torch is usually reached through, last part: `F`, `torch.nn.functional`, `torch.special`."""


def changed(place: Place | None, rewrite: Callable[[str], str | None]) -> Change | None:
    """The change that a rewriting of the place's line amounts to; None where there is none to show."""
    if place is None or not place.code:
        return None
    after = rewrite(place.code)
    return None if after is None or after == place.code else Change(place=place, before=place.code, after=after)


def line_before(place: Place | None, line: str | None) -> Change | None:
    """The same line with another before it."""
    return changed(place, lambda code: None if line is None or tree_of(code) is None else f"{line}\n{code}")


def line_after(place: Place | None, line: str | None) -> Change | None:
    """The same line with another behind it. No line goes behind one that opens a block, or leaves it."""
    return changed(place, lambda code: None if line is None or not is_plain(code) else f"{code}\n{line}")


def swapped(first: Place | None, second: Place | None) -> Change | None:
    """Two neighbouring lines in the other order."""
    if first is None or second is None or first.file != second.file or abs(first.line - second.line) != 1:
        return None
    above, below = sorted((first, second), key=lambda one: one.line)
    if not (is_plain(above.code) and is_plain(below.code)) or "\n" in above.code + below.code:
        return None
    return Change(place=above, before=f"{above.code}\n{below.code}", after=f"{below.code}\n{above.code}")


def same_scope(one: Place | None, other: Place | None) -> bool:
    """Whether a name of the one line means the same on the other."""
    return one is not None and other is not None and (one.file, one.function) == (other.file, other.function)


# -- reading a line ------------------------------------------------------------------------------------------------------


def tree_of(code: str) -> ast.stmt | None:
    """The statement, or the head of a block; None where the text is no whole statement."""
    for text in (code, f"{code} pass", f"{code}\n    pass"):
        try:
            (statement,) = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return statement
    return None


def is_plain(code: str) -> bool:
    """Whether it is an expression or an assignment: a line that another can follow."""
    return isinstance(tree_of(code), ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign)


def calls_of(code: str) -> list[ast.Call]:
    """The calls of a line, outermost first."""
    tree = tree_of(code)
    return [] if tree is None else [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def receiver_of(place: Place | None, method: str) -> str | None:
    """What a method is called on: "self.optimizer" of `self.optimizer.step()`; None where it is no plain name."""
    code = "" if place is None else place.code
    for call in calls_of(code):
        if isinstance(call.func, ast.Attribute) and call.func.attr == method and _is_name(call.func.value):
            return ast.unparse(call.func.value)
    return None


def optimizer_of(place: Place | None) -> str | None:
    """The user's name for the optimiser, from the line that steps it, be it by a scaler: `scaler.step(optimizer)`."""
    for call in calls_of("" if place is None else place.code):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "step":
            if len(call.args) == 1 and _is_name(call.args[0]):
                return ast.unparse(call.args[0])
            if not call.args and not call.keywords and _is_name(call.func.value):
                return ast.unparse(call.func.value)
    return None


def assigned_name(place: Place | None) -> str | None:
    """The one name that a line assigns to."""
    tree = tree_of("" if place is None else place.code)
    if isinstance(tree, ast.Assign) and len(tree.targets) == 1 and _is_name(tree.targets[0]):
        return ast.unparse(tree.targets[0])
    return None


def called_name(place: Place | None, known: Iterable[str]) -> str | None:
    """Which of the known names a line calls: "model" of `out = model(x)`."""
    names = {name for name in known if name}
    found = {ast.unparse(call.func) for call in calls_of("" if place is None else place.code) if _is_name(call.func)}
    return next(iter(found & names)) if len(found & names) == 1 else None


# -- rewriting a line ----------------------------------------------------------------------------------------------------


def without_call(code: str, names: Sequence[str]) -> str | None:
    """The line without its calls of a function: `F.softmax(x, 1)`, `x.softmax(1)`, `self.softmax(x)`, `nn.Softmax(1)(x)` → `x`."""
    edits = [(call, inner) for call in calls_of(code) if (inner := _inner(call, names)) is not None]
    after = _spliced(code, [(call, _text(code, inner)) for call, inner in edits]) if len(edits) == 1 else None
    tree = None if after is None else tree_of(after)
    if isinstance(tree, ast.Assign) and [ast.unparse(one) for one in tree.targets] == [ast.unparse(tree.value)]:
        return ""  # `x = x`: the whole line goes
    return after


def with_function(code: str, names: Sequence[str], other: str) -> str | None:
    """The line with another function of torch in place of the first of `names`: `F.softmax(x, 1)` → `F.log_softmax(x, 1)`."""
    found = [
        call
        for call in calls_of(code)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in names
        and (_last(call.func.value) in FUNCTIONAL or _is_method(call))
    ]
    if len(found) != 1:
        return None
    function = found[0].func
    assert isinstance(function, ast.Attribute)
    return _spliced(code, [(function, f"{_text(code, function.value)}.{other}")])


def with_argument(code: str, at: int, function: str, suffix: str) -> str | None:
    """The line with `suffix` (".squeeze(1)") behind the argument number `at` of its call of the loss."""
    call = _loss_call(code, function)
    if call is None or len(call.args) <= at or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    argument = call.args[at]
    text = _text(code, argument)
    closed = isinstance(argument, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return _spliced(code, [(argument, text + suffix if closed else f"({text}){suffix}")])


def with_arguments_swapped(code: str, function: str) -> str | None:
    """The call of the loss with its first two arguments in the other order."""
    call = _loss_call(code, function)
    if call is None or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    first, second = call.args[:2]
    return _spliced(code, [(first, _text(code, second)), (second, _text(code, first))])


def with_keyword(code: str, callee: str, name: str, value: str, unless: Sequence[str] = ()) -> str | None:
    """The line with a keyword of its call of `callee` set; None where it has a keyword of `unless`."""
    found = [call for call in calls_of(code) if _last(call.func) == callee]
    if len(found) != 1 or any(one.arg is None or one.arg in unless for one in found[0].keywords):
        return None
    call = found[0]
    given = next((one.value for one in call.keywords if one.arg == name), None)
    if given is not None:
        return _spliced(code, [(given, value)])
    if not call.args and not call.keywords:
        return None
    last = max(
        [*call.args, *(one.value for one in call.keywords)], key=lambda node: (node.end_lineno, node.end_col_offset)
    )
    return _spliced(code, [(last, f"{_text(code, last)}, {name}={value}")])


def with_parameter(code: str, callee: str, at: int, name: str, pattern: str) -> str | None:
    """The line with one argument of its call of `callee` wrapped: pattern "{} * 100" makes `step_size=10 * 100` of `step_size=10`."""
    found = [call for call in calls_of(code) if _last(call.func) == callee]
    if len(found) != 1 or any(isinstance(one, ast.Starred) for one in found[0].args):
        return None
    call = found[0]
    given = next(
        (one.value for one in call.keywords if one.arg == name), call.args[at] if len(call.args) > at else None
    )
    if given is None:
        return None
    text = _text(code, given)
    plain = isinstance(given, ast.Constant | ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.List)
    return _spliced(code, [(given, pattern.format(text if plain else f"({text})"))])


def without_detaching(code: str) -> str | None:
    """The line without `.detach()`, `.item()`, `.data` and `.numpy()`."""
    edits: list[tuple[ast.expr, str]] = []
    tree = tree_of(code)
    for node in () if tree is None else ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
            if node.func.attr in {"detach", "item", "numpy"}:
                edits.append((node, _text(code, node.func.value)))
        elif isinstance(node, ast.Attribute) and node.attr == "data" and isinstance(node.ctx, ast.Load):
            edits.append((node, _text(code, node.value)))
    return _spliced(code, edits) if len(edits) == 1 else None


def with_receiver(code: str, method: str, receiver: str) -> str | None:
    """The line with the method called on something else: `Adam(old.parameters())` → `Adam(model.parameters())`."""
    found = [
        call.func.value for call in calls_of(code) if isinstance(call.func, ast.Attribute) and call.func.attr == method
    ]
    return _spliced(code, [(found[0], receiver)]) if len(found) == 1 else None


def with_plain_assignment(code: str) -> str | None:
    """`total = loss` of `total += loss`."""
    tree = tree_of(code)
    if not isinstance(tree, ast.AugAssign) or not isinstance(tree.op, ast.Add):
        return None
    return f"{_text(code, tree.target)} = {_text(code, tree.value)}"


def with_value_called(code: str, suffix: str) -> str | None:
    """The line with `suffix` (".relu()") behind the one call that it assigns: `x = self.a(x)` → `x = self.a(x).relu()`."""
    tree = tree_of(code)
    if isinstance(tree, ast.Assign) and isinstance(tree.value, ast.Call):
        return _spliced(code, [(tree.value, _text(code, tree.value) + suffix)])
    return None


def with_inner_call(code: str, suffix: str) -> str | None:
    """The line with `suffix` between two calls that are nested: `self.b(self.a(x))` → `self.b(self.a(x).relu())`."""
    pairs = [
        call.args[0]
        for call in calls_of(code)
        if len(call.args) == 1
        and not call.keywords
        and _is_name(call.func)
        and isinstance(call.args[0], ast.Call)
        and _is_name(call.args[0].func)
        and len(call.args[0].args) == 1
    ]
    return _spliced(code, [(pairs[0], _text(code, pairs[0]) + suffix)]) if len(pairs) == 1 else None


# -- pieces --------------------------------------------------------------------------------------------------------------


def _is_name(node: ast.expr) -> bool:
    """`model`, `self.net`, `self.models[0]`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant | ast.Name):
            return False
        node = node.value
    return isinstance(node, ast.Name)


def _last(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_method(call: ast.Call) -> bool:
    """Whether it is a method of the tensor (`x.softmax(1)`), not a function or module of it (`self.softmax(x)`)."""
    if not isinstance(call.func, ast.Attribute) or _last(call.func.value) in FUNCTIONAL:
        return False
    first = call.args[0] if call.args else None
    if isinstance(first, ast.UnaryOp):
        first = first.operand
    return first is None or (isinstance(first, ast.Constant) and isinstance(first.value, int))


def _inner(call: ast.Call, names: Sequence[str]) -> ast.expr | None:
    """What the function is applied to, if the call is one of it."""
    if _last(call.func) in names:
        if _is_method(call):
            assert isinstance(call.func, ast.Attribute)
            return call.func.value
        first = call.args[0] if call.args else None
        given = next((one.value for one in call.keywords if one.arg == "input"), None)
        return None if isinstance(first, ast.Starred | ast.Constant) else first or given
    if isinstance(call.func, ast.Call) and _last(call.func.func) in names and len(call.args) == 1:
        return call.args[0]
    return None


def _loss_call(code: str, function: str) -> ast.Call | None:
    """The call of the loss: by the function's name, else the only call with two arguments or more."""
    calls = [call for call in calls_of(code) if len(call.args) >= 2]
    named = [call for call in calls if function and _last(call.func) == function]
    chosen = named or calls
    return chosen[0] if len(chosen) == 1 else None


def _text(code: str, node: ast.expr) -> str:
    return ast.get_source_segment(code, node) or ast.unparse(node)


def _spliced(code: str, edits: Sequence[tuple[ast.expr, str]]) -> str | None:
    """The text with the nodes replaced; None where there is nothing to replace, or the result is no statement."""
    raw = [line.encode() for line in code.splitlines(keepends=True)]
    starts = [sum(map(len, raw[:row])) for row in range(len(raw))]
    whole = b"".join(raw)
    spans = []
    for node, text in edits:
        if node.end_lineno is None or node.end_col_offset is None or node.end_lineno > len(raw):
            return None
        spans.append(
            (starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset, text)
        )
    for start, end, text in sorted(spans, reverse=True):
        whole = whole[:start] + text.encode() + whole[end:]
    after = whole.decode(errors="replace")
    return after if edits and tree_of(after) is not None else None
