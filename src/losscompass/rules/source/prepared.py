"""Lines that make the data of a validation: of those of the training, or otherwise than those."""

import ast
from collections.abc import Iterator

from ...evidence.records import Place
from .files import Program, place_at
from .flow import Definition
from .shape import calls, last_name, plain
from .validated import OF_TRAINING, OF_VALIDATION, words_of

_BATCHING = frozenset(("DataLoader",))
"""Calls in which the two parts may well differ."""


def validation_of_training(program: Program) -> Place | None:
    """The only line that calls data of the training those of a validation: `feed_val = partial(batches, *train)`."""
    found = []
    for file in program.files:
        for one in file.flow.definitions.values():
            if one.value is None or _part(one.name) != "val":
                continue
            said = {_part(node.id if isinstance(node, ast.Name) else node.attr) for node in _names(one.value)}
            if said - {""} == {"train"}:
                found.append(place_at(file, one.node))
    return found[0] if len(set(found)) == 1 else None


def prepared_otherwise(program: Program) -> Place | None:
    """The only line that gives a function something else for the validation than is given to it for the training."""
    found = []
    for file in program.files:
        made = {
            part: [one for one in file.flow.definitions.values() if one.kind == "assign" and _part(one.name) == part]
            for part in ("train", "val")
        }
        ours = {name: given for one in made["train"] for name, given in _given(one)}
        found += [
            place_at(file, one.node)
            for one in made["val"]
            if any(_differ(ours.get(name), given) for name, given in _given(one))
        ]
    return found[0] if len(set(found)) == 1 else None


def _differ(ours: tuple[str, ...] | None, theirs: tuple[str, ...]) -> bool:
    """Whether as many arguments are given, and others."""
    return ours is not None and len(ours) == len(theirs) and ours != theirs


def _given(one: Definition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The functions that a value is made by, and what they are given, whichever part it is of."""
    for call in calls(one.value) if one.value is not None else ():
        name = last_name(call.func)
        if name not in _BATCHING and call.args:
            yield name, tuple(map(_without_part, call.args))


def _without_part(given: ast.expr) -> str:
    """The text of an argument, whichever part it is of."""
    try:
        return plain(_Partless().visit(ast.parse(plain(given), mode="eval")))
    except (SyntaxError, ValueError, RecursionError):
        return ""


class _Partless(ast.NodeTransformer):
    """Names without the words for the parts, and without the rows that are taken."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        kept = [word for word in node.id.lower().split("_") if not words_of(word) & (OF_TRAINING | OF_VALIDATION)]
        return ast.Name(id="_".join(kept) or "data", ctx=node.ctx)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        whole: ast.AST = self.visit(node.value)
        return whole


def _part(name: str) -> str:
    """The part that a name says the data are of."""
    words = words_of(name.rpartition(".")[2])
    said = {part for part, known in (("train", OF_TRAINING), ("val", OF_VALIDATION)) if words & known}
    return said.pop() if len(said) == 1 else ""


def _names(node: ast.AST) -> Iterator[ast.Name | ast.Attribute]:
    """The names in an expression; what is called is none."""
    called = {one.func for one in calls(node)}
    for one in ast.walk(node):
        if isinstance(one, ast.Name | ast.Attribute) and one not in called:
            yield one
