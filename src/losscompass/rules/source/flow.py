"""What each name holds where it is used: the definitions that reach it, in the order in which statements run.

Loops are gone through twice, branches are joined; a function's free names hold whatever the scopes around it ever give them.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .shape import Function, inside, key

GROWING = frozenset(("append", "extend", "insert", "appendleft", "add", "update", "push", "put", "update_"))
"""Methods that put something into what they are called on."""

DEEPEST = 60
"""Statements within statements."""

NESTED = 3
"""Loops within loops that are gone through twice each."""


@dataclass(eq=False, slots=True)
class Definition:
    """One place where a name gets a value."""

    name: str
    node: ast.AST  # the statement, or the argument
    value: ast.expr | None  # what it is made of; of a loop what is iterated over
    scope: ast.AST  # function or module
    loops: tuple[ast.AST, ...]  # around it, in its scope, the outermost first
    kind: str  # "assign", "add" (+=), "grow" (append), "for", "parameter", "with"
    at: int | None = None  # which element of the value
    uses: set["Definition"] = field(default_factory=set)  # what the value is made of
    old: set["Definition"] = field(default_factory=set)  # what was there before, of "add" and "grow"

    @property
    def line(self) -> int:
        """Where it stands."""
        return int(getattr(self.node, "lineno", 0))


Names = dict[str, frozenset[Definition]]


class Flow:
    """The definitions of a tree, and which of them reach a name that is read."""

    def __init__(self, tree: ast.Module) -> None:
        self.definitions: dict[tuple[ast.AST, str], Definition] = {}
        self.reaching: dict[ast.AST, frozenset[Definition]] = {}
        self.scope_of: dict[ast.AST, ast.AST] = {}  # of a statement
        self.loops_of: dict[ast.AST, tuple[ast.AST, ...]] = {}
        self._ever: dict[ast.AST, Names] = {}  # all that a scope ever gives
        self._around: dict[ast.AST, ast.AST] = {}  # scope to the scope around it
        self._attributes: Names = {}  # "self.x", whichever method gives it
        for _ in range(2):  # a function may use what is defined below it
            self._scope(tree, tree.body, {}, 0)

    def uses(self, node: ast.AST) -> frozenset[Definition]:
        """The definitions that reach the names in an expression."""
        found: set[Definition] = set()
        for one in inside(node):
            found |= self.reaching.get(one, frozenset())
        return frozenset(found)

    def of_name(self, name: str, scope: ast.AST) -> frozenset[Definition]:
        """All that a scope ever gives a name."""
        return self._ever.get(scope, {}).get(name, frozenset())

    # -- going through ------------------------------------------------------------------------------------------------------

    def _scope(self, scope: ast.AST, body: list[ast.stmt], names: Names, depth: int) -> None:
        self._ever.setdefault(scope, {})
        self._scope_now = scope
        self._loops: tuple[ast.AST, ...] = ()
        inner: list[Function] = []
        self._inner = inner
        if isinstance(scope, Function):
            arguments = scope.args
            for at, one in enumerate([*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]):
                names[one.arg] = self._give(one.arg, one, None, "parameter", at, frozenset(), frozenset())
        self._block(body, names, depth)
        for function in inner:
            self._around[function] = scope
            self._scope(function, function.body, {}, depth + 1)

    def _block(self, body: Iterable[ast.stmt], names: Names, depth: int) -> None:
        for statement in body:
            self._statement(statement, names, depth)

    def _statement(self, node: ast.stmt, names: Names, depth: int) -> None:
        if depth > DEEPEST:
            return
        self.scope_of[node] = self._scope_now
        self.loops_of[node] = self._loops
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._inner.append(node)
                for one in [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)]:
                    self._read(one, names)
            case ast.ClassDef():
                for inner in node.body:
                    if isinstance(inner, Function | ast.ClassDef):
                        self._statement(inner, names, depth + 1)
            case ast.Assign():
                self._read(node.value, names)
                for target in node.targets:
                    self._assign(target, node.value, node, names)
            case ast.AnnAssign() if node.value is not None:
                self._read(node.value, names)
                self._assign(node.target, node.value, node, names)
            case ast.AugAssign():
                self._read(node.value, names)
                self._read(node.target, names)
                name = key(node.target)
                if name:
                    old = names.get(name) or self._look_up(name, names)
                    names[name] = self._give(name, node, node.value, "add", None, self.uses(node.value), old)
            case ast.For() | ast.AsyncFor():
                self._read(node.iter, names)
                self._loop(node, names, depth)
            case ast.While():
                self._loop(node, names, depth)
            case ast.If():
                self._read(node.test, names)
                other = dict(names)
                self._block(node.body, names, depth + 1)
                self._block(node.orelse, other, depth + 1)
                ends = _leaves(node.body)
                if ends:
                    names.clear()
                    names.update(other)
                elif not (node.orelse and _leaves(node.orelse)):
                    _join(names, other)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._read(item.context_expr, names)
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, item.context_expr, node, names, "with")
                self._block(node.body, names, depth + 1)
            case ast.Try():
                before = dict(names)
                self._block(node.body, names, depth + 1)
                for handler in node.handlers:
                    other = dict(before)
                    self._block(handler.body, other, depth + 1)
                    _join(names, other)
                self._block([*node.orelse, *node.finalbody], names, depth + 1)
            case _:
                self._read(node, names)
                if isinstance(node, ast.Expr):
                    self._grow(node, names)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, names: Names, depth: int) -> None:
        before, outer = dict(names), self._loops
        for _ in range(2 if len(outer) < NESTED else 1):
            self._loops = outer  # the target is the loop's own
            if isinstance(node, ast.While):
                self._loops = (*outer, node)
                self._read(node.test, names)
            else:
                self._loops = (*outer, node)
                self._assign(node.target, node.iter, node, names, "for")
            self._block(node.body, names, depth + 1)
            _join(names, before)
        self._loops = outer
        self._block(node.orelse, names, depth + 1)

    def _assign(self, target: ast.AST, value: ast.expr, node: ast.AST, names: Names, kind: str = "assign") -> None:
        if isinstance(target, ast.Tuple | ast.List):
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) and kind == "assign" else None
            whole = parts is not None and len(parts) == len(target.elts)
            for at, one in enumerate(target.elts):
                if whole and parts is not None:
                    self._assign(one, parts[at], node, names, kind)
                else:
                    self._name(one, value, node, names, kind, at)
        else:
            self._name(target, value, node, names, kind, None)

    def _name(self, target: ast.AST, value: ast.expr, node: ast.AST, names: Names, kind: str, at: int | None) -> None:
        if isinstance(target, ast.Starred):
            target = target.value
        if isinstance(target, ast.Tuple | ast.List):
            for one in target.elts:
                self._name(one, value, node, names, kind, at)
            return
        name = key(target)
        if not name:
            return
        # `x[i] = …` changes a part of x
        part = isinstance(target, ast.Subscript) and name == key(target.value)
        old = names.get(name, frozenset()) if part else frozenset()
        made = self._give(name, node, value, "grow" if part else kind, at, self.uses(value), old)
        names[name] = made | old if part else made

    def _grow(self, node: ast.Expr, names: Names) -> None:
        call = node.value
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr not in GROWING:
            return
        name = key(call.func.value)
        given = [*call.args, *(one.value for one in call.keywords)]
        if name and given:
            uses = frozenset(one for part in given for one in self.uses(part))
            old = names.get(name) or self._look_up(name, names)
            names[name] = old | self._give(name, node, given[-1], "grow", None, uses, old)

    def _give(
        self,
        name: str,
        node: ast.AST,
        value: ast.expr | None,
        kind: str,
        at: int | None,
        uses: frozenset[Definition],
        old: frozenset[Definition],
    ) -> frozenset[Definition]:
        made = self.definitions.get((node, name))
        if made is None:
            made = Definition(name, node, value, self._scope_now, self._loops, kind, at)
            self.definitions[node, name] = made
        made.uses |= uses
        made.old |= old - {made}
        one = frozenset((made,))
        ever = self._ever[self._scope_now]
        ever[name] = ever.get(name, frozenset()) | one
        if "." in name:
            self._attributes[name] = self._attributes.get(name, frozenset()) | one
        return one

    def _read(self, node: ast.AST, names: Names) -> None:
        for one in inside(node):
            if isinstance(one, ast.NamedExpr):
                self._assign(one.target, one.value, one, names)
            elif isinstance(one, ast.comprehension):
                self._assign(one.target, one.iter, one, names, "for")
        for one in inside(node):
            if isinstance(one, ast.Name | ast.Attribute | ast.Subscript) and (name := key(one)):
                self.reaching[one] = names.get(name) or (
                    self._look_up(name, names) if isinstance(one, ast.Name) or "." in name else frozenset()
                )

    def _look_up(self, name: str, names: Names) -> frozenset[Definition]:
        """A name of a scope around, or an attribute that another method gives."""
        if name in names:
            return names[name]
        if "." in name:
            return self._attributes.get(name, frozenset())
        scope = self._around.get(self._scope_now)
        while scope is not None:
            found = self._ever.get(scope, {}).get(name)
            if found:
                return found
            scope = self._around.get(scope)
        return frozenset()


def _join(names: Names, other: Names) -> None:
    for name, found in other.items():
        names[name] = names.get(name, frozenset()) | found


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether a block never goes on behind itself."""
    return bool(body) and isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def chain(found: Iterable[Definition], most: int = 500) -> Iterator[Definition]:
    """The definitions, and all that they are made of."""
    stack, seen = list(found), set(found)
    while stack and len(seen) < most:
        one = stack.pop()
        yield one
        for other in sorted(one.uses | one.old, key=lambda d: (d.line, d.name)):
            if other not in seen:
                seen.add(other)
                stack.append(other)
