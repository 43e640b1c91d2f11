"""The program of a run: the text of its files, as trees. What cannot be read is left out."""

import ast
from dataclasses import replace
from functools import lru_cache

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Undecided
from ..seen import text
from .flow import Flow
from .shape import Function, ancestors, last_name, parents_of
from .words import spelled_out

LONGEST = 250_000
"""Letters of a file that is read."""


class File:
    """One file, read."""

    def __init__(self, name: str, source: str, tree: ast.Module) -> None:
        self.name = name
        self.lines = source.splitlines()
        self.tree = tree
        self.parents = parents_of(tree)
        self.flow = Flow(tree)
        self.functions = [node for node in ast.walk(tree) if isinstance(node, Function)]


class Program:
    """All files that could be read."""

    def __init__(self, files: tuple[File, ...]) -> None:
        self.files = files
        self.file_of = {node: file for file in files for node in file.functions}
        self.functions: dict[str, list[Function]] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self._named: set[str] = set()  # every name that is read anywhere
        self.calls_of: dict[str, list[tuple[File, ast.Call]]] = {}
        for file in files:
            for node in ast.walk(file.tree):
                if isinstance(node, Function):
                    self.functions.setdefault(node.name, []).append(node)
                elif isinstance(node, ast.ClassDef):
                    self.classes.setdefault(node.name, node)
                elif isinstance(node, ast.Call):
                    self.calls_of.setdefault(last_name(node.func), []).append((file, node))
                elif isinstance(node, ast.Name):
                    self._named.add(node.id)
                elif isinstance(node, ast.Attribute):
                    self._named.add(node.attr)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self._named.add(node.value)

    def called(self, call: ast.Call) -> Function | None:
        """The function of the user's own that is called: the only one of that name."""
        found = self.functions.get(last_name(call.func), [])
        return found[0] if len(found) == 1 else None

    def file(self, name: str) -> File | None:
        """The file of a place."""
        return next((one for one in self.files if one.name == name), None)

    def is_used(self, function: Function) -> bool:
        """Whether the name of a function stands anywhere but at its definition; methods that Python calls do not need one."""
        if function.name.startswith("__") or function.name in {"forward", "main"}:
            return True
        return function.name in self._named

    def text_holds(self, *words: str) -> bool:
        """Whether any file holds one of the words."""
        return any(word in line for file in self.files for line in file.lines for word in words)


def program(run: Run) -> Program:
    """What the run has told of its source. Raises Undecided where it told nothing that can be read."""
    read = program_told(run)
    if not read.files:
        raise Undecided("watched-source")
    return read


def program_told(run: Run) -> Program:
    """The same, without a file where nothing was told: for a line to point to, of a finding that stands without one."""
    told = {text(one, "file"): text(one, "text") for one in run.happened("source")}
    return _read(tuple(sorted(told.items())))


@lru_cache(maxsize=4)
def _read(told: tuple[tuple[str, str], ...]) -> Program:
    found = []
    for name, source in told:
        if not source or len(source) > LONGEST:
            continue
        try:
            found.append(File(name, source, spelled_out(ast.parse(source))))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return Program(tuple(found))


def place_at(file: File, node: ast.AST) -> Place:
    """The place of a node: the simple statement that it is in, else its own line."""
    statement: ast.AST | None = node
    while statement is not None and not isinstance(statement, ast.stmt):
        statement = file.parents.get(statement)
    line = int(getattr(node, "lineno", 0) or getattr(statement, "lineno", 1))
    first, last = line, line
    if isinstance(statement, ast.stmt) and not hasattr(statement, "body"):
        first, last = statement.lineno, statement.end_lineno or statement.lineno
    if last - first > 12:
        first = last = line
    lines = file.lines[first - 1 : last]
    indent = min((len(one) - len(one.lstrip()) for one in lines if one.strip()), default=0)
    around = node
    function = ""
    while (above := file.parents.get(around)) is not None:
        around = above
        if isinstance(around, Function):
            function = around.name
            break
    return Place(file.name, first, "\n".join(one[indent:].rstrip() for one in lines), function)


def place_at_line(file: File, node: ast.AST) -> Place:
    """The place of a node: its own line, where a statement of several lines holds it."""
    line = int(getattr(node, "lineno", 0))
    whole = place_at(file, node)
    return replace(whole, line=line, code=file.lines[line - 1].strip()) if 0 < line <= len(file.lines) else whole


def scope_of(file: File, node: ast.AST) -> ast.AST:
    """The function that a node is in, else the file."""
    return next((one for one in ancestors(node, file.parents) if isinstance(one, Function)), file.tree)
