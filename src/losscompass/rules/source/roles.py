"""Which values are losses of the training, and which are measured without training: on a validation, or wherever."""

import ast
from typing import Literal

from ...evidence.run import Run
from ..seen import number, place, text
from .files import File, Program
from .flow import Definition
from .shape import Function, Loop, ancestors, calls, inside, key, last_name, plain

Side = Literal["train", "val"]

_GRADLESS = ("no_grad", "inference_mode")
MOST = 2_000


class Roles:
    """What the values of a program are measured on."""

    def __init__(self, program: Program, run: Run) -> None:
        self.program = program
        self.trained: set[Definition] = set()  # losses that are back-propagated
        self.backwards: list[tuple[File, ast.Call]] = []
        self._mixed: set[ast.AST] = set()  # functions that train or only measure, as they are told
        self._training: dict[ast.AST, bool] = {}
        self.measured = {  # lines on which a loss was computed without training
            (where.file, where.line)
            for one in run.happened("loss-call")
            if text(one, "phase") == "val" and (where := place(one, "at")) is not None
        }
        self.training_names, self.other_names = _loaders(program, run)
        for file, call in program.calls_of.get("backward", []):
            root: ast.AST | None = call.args[0] if call.args and last_name(call.func) == "backward" else None
            if isinstance(call.func, ast.Attribute) and plain(call.func.value) not in {"torch.autograd", "autograd"}:
                owner: ast.AST = call.func.value
                root = root if isinstance(owner, ast.Name) and not file.flow.reaching.get(owner) else owner
                root = owner if root is None else root
            if root is None:
                continue
            self.backwards.append((file, call))
            self.trained |= {one for one in file.flow.uses(root) if one.kind in {"assign", "add"}}
            self._note_condition(file, call)

    def side(self, file: File, node: ast.expr) -> set[Side]:
        """What the value of an expression was measured on: both, one of them, or nothing that is known."""
        found: set[Side] = set()
        self._follow(file, node, found, set())
        return found

    def in_training(self, file: File, node: ast.AST) -> bool:
        """Whether a loop around the node back-propagates."""
        return any(isinstance(one, Loop) and self.trains(one) for one in ancestors(node, file.parents))

    def trains(self, block: ast.AST, depth: int = 0) -> bool:
        """Whether something below a node back-propagates, there or in a function that is called there."""
        known = self._training.get(block)
        if known is None:
            known = self._training[block] = self._trains(block, depth)
        return known

    def _trains(self, block: ast.AST, depth: int) -> bool:
        for call in calls(block):
            if last_name(call.func) == "backward":
                return True
            function = self.program.called(call)
            if function is not None and depth < 3 and function is not block and self.trains(function, depth + 1):
                return True
        return False

    def without_gradient(self, file: File, node: ast.AST) -> bool:
        """Whether a node is computed under `no_grad`, or in a function that is."""
        for one in ancestors(node, file.parents):
            if isinstance(one, ast.With) and any(
                word in plain(item.context_expr) for item in one.items for word in _GRADLESS
            ):
                return True
            if isinstance(one, Function):
                return any(word in plain(each) for each in one.decorator_list for word in _GRADLESS)
        return False

    # -- following a value back -------------------------------------------------------------------------------------------------

    def _follow(self, file: File, node: ast.AST, found: set[Side], seen: set[object]) -> None:
        if node in seen or len(seen) > MOST:
            return
        seen.add(node)
        if (file.name, getattr(node, "lineno", 0)) in self.measured and any(True for _ in calls(node)):
            found.add("val")
            return
        for call in calls(node):
            if self._of_call(call, found, seen):
                return
        names = [one for one in inside(node) if one in file.flow.reaching]
        whole = {
            one
            for name in names
            if isinstance(name, ast.Attribute | ast.Subscript)
            for one in ast.walk(name)
            if one is not name and file.flow.reaching.get(name)
        }
        for name in names:
            if name not in whole:
                for definition in sorted(file.flow.reaching[name], key=lambda d: (d.line, d.name)):
                    self._define(file, definition, found, seen)

    def _define(self, file: File, one: Definition, found: set[Side], seen: set[object]) -> None:
        if one in seen:
            return
        seen.add(one)
        if one in self.trained:
            if one.scope not in self._mixed:
                found.add("train")
            return
        if (file.name, one.line) in self.measured:
            found.add("val")
            return
        for other in sorted(one.old, key=lambda d: (d.line, d.name)):
            self._define(file, other, found, seen)
        if one.kind == "parameter" or one.value is None:
            return
        if one.kind == "for":
            return  # data
        value = one.value
        if one.at is not None and isinstance(value, ast.Call):
            self._of_call(value, found, seen, one.at)
            return
        self._follow(file, value, found, seen)
        if not found and any(True for _ in calls(value)) and self.without_gradient(file, one.node) and _measures(value):
            found.add("val")

    def _of_call(self, call: ast.Call, found: set[Side], seen: set[object], at: int | None = None) -> bool:
        """A function of the user's own: by the data that it is given, else by what it returns. False: not one of these."""
        function = self.program.called(call)
        if function is None or function.name in {"forward", "__call__"}:
            return False
        home = self.program.file_of[function]
        if not self._measures_or_trains(function):
            return False
        given = self._data(call)
        if given is not None and (function in self._mixed or not self.trains(function)):
            found.add(given)
            return True
        if function in self._mixed:
            return True
        for one in inside(function):
            if isinstance(one, ast.Return) and one.value is not None:
                value: ast.expr = one.value
                if at is not None and isinstance(value, ast.Tuple) and at < len(value.elts):
                    value = value.elts[at]
                self._follow(home, value, found, seen)
        return True

    def _data(self, call: ast.Call) -> Side | None:
        """Of which part the data are that a call is given, by the names of the arguments."""
        sides: set[Side] = set()
        for one in [*call.args, *(each.value for each in call.keywords)]:
            name = key(one).rpartition(".")[2].partition("[")[0] or ""
            if name in self.training_names:
                sides.add("train")
            elif name in self.other_names:
                sides.add("val")
        return next(iter(sides)) if len(sides) == 1 else None

    def _measures_or_trains(self, function: Function) -> bool:
        return any(isinstance(one, ast.Return) and one.value is not None for one in inside(function)) and (
            self.trains(function) or any(True for _ in calls(function))
        )

    def _note_condition(self, file: File, call: ast.Call) -> None:
        """A function that back-propagates only if it is told to does both."""
        conditions: list[str] = []
        for one in ancestors(call, file.parents):
            if isinstance(one, ast.If):
                conditions.append(plain(one.test))
            if isinstance(one, Function):
                parameters = {each.arg for each in [*one.args.args, *one.args.kwonlyargs]}
                names = {
                    node.id
                    for above in ancestors(call, file.parents)
                    if isinstance(above, ast.If)
                    for node in ast.walk(above.test)
                    if isinstance(node, ast.Name)
                }
                if names & parameters or any("train" in text_ for text_ in conditions):
                    self._mixed.add(one)
                return


def _measures(value: ast.expr) -> bool:
    """Whether an expression comes to a number: `.item()`, `float(…)`, a mean."""
    return any(True for _ in calls(value, "item", "float", "mean", "sum"))


def _loaders(program: Program, run: Run) -> tuple[set[str], set[str]]:
    """What the loaders and the data of the training, and of everything else, are called."""
    training = {number(one, "training_loader") for one in run.happened("samples")}
    training |= {number(one, "loader") for one in run.happened("labels")}
    train: set[str] = set()
    other: set[str] = set()
    for one in run.happened("loader"):
        where = place(one, "at")
        file = None if where is None else program.file(where.file)
        if where is None or file is None:
            continue
        for definition in file.flow.definitions.values():
            made = definition.value
            if made is not None and definition.line <= where.line <= int(getattr(made, "end_lineno", 0) or 0):
                names = {definition.name.rpartition(".")[2]}
                (train if number(one, "loader") in training else other).update(names)
    for name in {
        definition.name.rpartition(".")[2] for file in program.files for definition in file.flow.definitions.values()
    }:
        word = name.lower()
        data = word in {"train", "training"} or any(part in word for part in _DATA)
        if "train" in word and data and not any(part in word for part in _OTHERS):
            train.add(name)
        elif any(part in word for part in _OTHERS) and "train" not in word:
            other.add(name)
    return train - other, other - train


_DATA = ("loader", "_dl", "dl_", "set", "_ds", "ds_", "data", "iter", "batches", "x_", "_x", "y_", "_y")
_OTHERS = ("val", "test", "dev", "eval", "holdout", "held_out")
