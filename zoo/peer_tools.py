"""How each of the other tools is asked about a run: the log tools from its curves, the hook tools in its loop. Needs `requirements-peers.txt`.

A tool's answer is a list of `Remark`s in the tool's own order, or a reason why there is none. No program is edited: what a user would write into the
loop (attach to the model, tell the loss after each step) is done from outside, by `Loop`.
"""

import contextlib
import csv
import importlib
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from losscompass.evidence.run import Run

if TYPE_CHECKING:
    import torch

Points = list[tuple[float, float]]
"""(step, value), in the order of the steps."""
COLUMNS = ("loss", "eval_loss", "lr", "grad_norm")
"""Names that every log tool here documents for itself."""
MODELS = 4  # of one program that a hook tool is attached to
TRIES = 3  # calls of a model after which it is taken as it is, though no optimiser was made


class NoAnswerError(Exception):
    """The tool cannot be asked about this run; the text says why."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a tool says. `loud`: its severity is a warning or above. `says`: the finding itself. `causes` and `fixes`: as the
    tool lists them, the first first. `detail`: its background."""

    id: str
    loud: bool
    says: str
    causes: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    detail: str = ""


# What a log holds ---------------------------------------------------------------------------------------------------------------


def curves_of(run: Run | None, norms: Sequence[float] = ()) -> dict[str, Points]:
    """The columns of `COLUMNS` that a run has, non-finite values as they are. `norms`: the gradient norm before each step, where the run
    holds no more than samples of it."""
    if run is None:
        return {}
    found = {
        "loss": points(run, run.curves.get("train", "")),
        "eval_loss": points(run, run.curves.get("val", "")),
        "lr": points(run, *sorted(name for name in run.series if name == "lr" or name.startswith("lr/"))),
        "grad_norm": points(run, "grad_norm"),
    }
    if len(norms) > len(found["grad_norm"]):
        found["grad_norm"] = [(float(step), norm) for step, norm in enumerate(norms)]
    return {name: column for name, column in found.items() if column}


def points(run: Run, *names: str) -> Points:
    """The first series, and of the further ones the steps that those before do not have."""
    merged: dict[float, float] = {}
    for name in reversed(names):
        if name in run.series:
            merged |= dict(zip(run.series[name].step.tolist(), run.series[name].value.tolist(), strict=True))
    return sorted(merged.items())


def write_log(curves: Mapping[str, Points], path: Path) -> Path:
    """A CSV with a row a step; a cell is empty where nothing was logged."""
    rows: dict[float, dict[str, float]] = {}
    for name, column in curves.items():
        for step, value in column:
            rows.setdefault(step, {})[name] = value
    names = [name for name in COLUMNS if name in curves]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["step", *names])
        for step in sorted(rows):
            cells = [repr(rows[step][name]) if name in rows[step] else "" for name in names]
            writer.writerow([int(step) if step.is_integer() else step, *cells])
    return path


def epochs(curves: Mapping[str, Points]) -> tuple[list[float], list[float]]:
    """Training and validation loss, one value each a validation pass: the mean over the steps since the pass before, and the pass."""
    train, validation, since = [], [], -math.inf
    for step, value in curves.get("eval_loss", []):
        inside = [loss for at, loss in curves.get("loss", []) if since <= at < step]
        if inside:
            train.append(math.fsum(inside) / len(inside) if all(map(math.isfinite, inside)) else math.nan)
            validation.append(value)
        since = step
    return train, validation


# The log tools ------------------------------------------------------------------------------------------------------------------


def runmedic(curves: Mapping[str, Points], folder: Path) -> list[Remark]:
    log = write_log(curves, folder / "run.csv")
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            importlib.import_module("runmedic.cli").main(["diagnose", str(log), "--json"])
    except SystemExit as stop:
        raise NoAnswerError(str(stop.code)) from None
    return [
        Remark(
            found["check"],
            found["severity"] in {"critical", "warning"},
            " ".join([found["title"], *found["evidence"]]),
            causes=tuple(found["likely_causes"]),
            fixes=tuple(found["fixes"]),
        )
        for found in json.loads(said.getvalue())[0]["findings"]
    ]


def trainproof(curves: Mapping[str, Points], folder: Path) -> list[Remark]:
    report = importlib.import_module("trainproof.epoch").check_epoch(write_log(curves, folder / "run.csv"))
    nothing = [f["message"] for f in report["findings"] if f["id"] in {"TP-NO-RECORDS", "TP-NO-LOSS", "TP-NOT-CHECKED"}]
    if nothing:
        raise NoAnswerError(nothing[0])
    return [
        Remark(found["id"], found["level"] in {"FAIL", "WARN"}, found["message"], detail=found["evidence"])
        for found in report["findings"]
    ]


def training_doctor(curves: Mapping[str, Points], folder: Path) -> list[Remark]:
    doctor = importlib.import_module("training_doctor").Doctor()
    found = doctor.load(write_log(curves, folder / "run.csv")).analyze()
    return [
        Remark(
            one.detector_name,
            one.severity.value in {"warning", "critical"},
            " ".join([one.problem, one.explanation, *(each.observation for each in one.evidence)]),
            fixes=tuple(one.suggestions),
        )
        for one in found
    ]


def without_norms(curves: Mapping[str, Points]) -> dict[str, Points]:
    """Loss and rate, as in that readme's first example: it takes many a spike of the norm for a rate that is too high."""
    return {name: column for name, column in curves.items() if name != "grad_norm"}


def sk_autod(curves: Mapping[str, Points], folder: Path) -> list[Remark]:  # noqa: ARG001 - asked with arrays
    try:
        report = importlib.import_module("sk_autod").diagnose(*epochs(curves))
    except ValueError as error:  # fewer than five epochs, or a value that is not finite
        raise NoAnswerError(str(error)) from None
    return [
        Remark(
            one.detector_name,
            one.severity.value != "INFO",
            f"{one.detector_name}: {one.message}",
            fixes=(one.recommendation,),
        )
        for one in report.findings
    ]


def read_log(tool: str, curves: Mapping[str, Points], folder: Path) -> list[Remark]:
    """What a log tool says of a run. Raises NoAnswerError."""
    if "loss" not in curves:
        raise NoAnswerError("the run logged no training loss")
    return LOG_TOOLS[tool](curves, folder)


# After a comma in a name: another way to ask the same tool.
LOG_TOOLS: dict[str, Callable[[Mapping[str, Points], Path], list[Remark]]] = {
    "runmedic": runmedic,
    "trainproof": trainproof,
    "training-doctor": training_doctor,
    "training-doctor, no norms": lambda curves, folder: training_doctor(without_norms(curves), folder),
    "sk-autod": sk_autod,
}


# The hook tools -----------------------------------------------------------------------------------------------------------------


class Guest(Protocol):
    """What is attached to the models of a running script. Each call may be left out by doing nothing."""

    def attach(self, model: "torch.nn.Module", optimizer: "torch.optim.Optimizer | None") -> None:
        """Called once a model, before its first call with gradients."""

    def before_step(self, optimizer: "torch.optim.Optimizer") -> None:
        """Before each step of an optimiser."""

    def iteration(self, model: "torch.nn.Module", loss: float | None) -> None:
        """Where a user would tell the loss: after the step of the model's optimiser."""

    def answer(self, complete: bool) -> list[Remark]:
        """What it says in the end. Raises NoAnswerError."""


@dataclass(slots=True)
class Watched:
    """A model that a guest is attached to. `leader`: the optimiser whose steps end its iterations; another takes over if it rests."""

    model: "torch.nn.Module"
    parameters: frozenset[int]
    leader: "torch.optim.Optimizer | None" = None
    rested: int = 0

    def ends(self, optimizer: "torch.optim.Optimizer") -> bool:
        if self.leader is None or self.leader is optimizer or self.rested > 2:
            self.leader, self.rested = optimizer, 0
            return True
        self.rested += 1
        return False


class Loop:
    """A training loop seen from outside: the outermost models, the optimisers, the losses that are back-propagated.

    A model is known from its first call with gradients on, once an optimiser is there; it is the outermost module that holds the one called. An iteration of it ends
    with a step of an optimiser that holds a part of it (of any, where none does). Where no optimiser ever steps, one ends when a backward is followed by the next
    call. `curve`: the training loss of the same run at each step, for loops that back-propagate nothing.
    """

    def __init__(self, guest: Guest, curve: Sequence[float] = ()) -> None:
        self.guest, self.curve = guest, curve
        self.made: list[torch.nn.Module] = []
        self.optimizers: list[torch.optim.Optimizer] = []
        self.owners: dict[int, tuple[torch.nn.Module, torch.nn.Module]] = {}
        self.watched: dict[int, Watched] = {}
        self.losses: list[float] = []
        self.last: float | None = None
        self.depth = self.calls = self.iterations = 0
        self.pending = self.stepped = False

    @contextlib.contextmanager
    def seen(self) -> Iterator[None]:
        import torch
        from torch.optim import optimizer as optim

        module_init, module_call = torch.nn.Module.__init__, torch.nn.Module.__call__
        optimizer_init, backward = torch.optim.Optimizer.__init__, torch.autograd.backward

        def made_module(module: torch.nn.Module, *args: Any, **kwargs: Any) -> None:
            self.made.append(module)
            module_init(module, *args, **kwargs)

        def made_optimizer(optimizer: torch.optim.Optimizer, *args: Any, **kwargs: Any) -> None:
            optimizer_init(optimizer, *args, **kwargs)
            self.optimizers.append(optimizer)

        def called(module: torch.nn.Module, *args: Any, **kwargs: Any) -> Any:
            if self.depth == 0 and torch.is_grad_enabled():
                self.depth += 1  # what a guest does with a model is not the script's
                try:
                    self.forward(module)
                finally:
                    self.depth -= 1
            self.depth += 1
            try:
                return module_call(module, *args, **kwargs)
            finally:
                self.depth -= 1

        def back(tensors: Any, *args: Any, **kwargs: Any) -> None:
            for tensor in [tensors] if isinstance(tensors, torch.Tensor) else tensors:
                if tensor.numel() == 1:
                    self.losses.append(float(tensor.detach()))
            self.pending = True
            backward(tensors, *args, **kwargs)

        hooks = [
            optim.register_optimizer_step_pre_hook(lambda optimizer, *_: self.guest.before_step(optimizer)),
            optim.register_optimizer_step_post_hook(lambda optimizer, *_: self.step(optimizer)),
        ]
        torch.nn.Module.__init__, torch.nn.Module.__call__ = made_module, called  # type: ignore[method-assign]
        torch.optim.Optimizer.__init__, torch.autograd.backward = made_optimizer, back  # type: ignore[method-assign]
        try:
            yield
        finally:
            torch.nn.Module.__init__, torch.nn.Module.__call__ = module_init, module_call  # type: ignore[method-assign]
            torch.optim.Optimizer.__init__, torch.autograd.backward = optimizer_init, backward  # type: ignore[method-assign]
            for hook in hooks:
                hook.remove()

    def owner(self, module: "torch.nn.Module") -> "torch.nn.Module":
        """The outermost module that holds this one."""
        if id(module) not in self.owners:
            sizes = {id(one): [id(part) for part in one.modules()] for one in self.made if "_modules" in vars(one)}
            holding = [one for one in self.made if id(module) in sizes.get(id(one), ())]
            self.owners[id(module)] = (module, max(holding, key=lambda one: len(sizes[id(one)]), default=module))
        return self.owners[id(module)][1]

    def forward(self, module: "torch.nn.Module") -> None:
        if self.pending and not self.stepped:
            self.end(list(self.watched.values()))
        if next(module.parameters(), None) is None:
            return
        model = self.owner(module)
        if id(model) in self.watched or len(self.watched) == MODELS:
            return
        self.calls += 1
        if self.optimizers or self.calls >= TRIES:
            own = frozenset(id(parameter) for parameter in model.parameters())
            self.watched[id(model)] = Watched(model, own)
            self.guest.attach(model, next(filter(lambda one: holds(one, own), self.optimizers), self.latest))

    @property
    def latest(self) -> "torch.optim.Optimizer | None":
        return self.optimizers[-1] if self.optimizers else None

    def step(self, optimizer: "torch.optim.Optimizer") -> None:
        self.stepped = True
        mine = [one for one in self.watched.values() if holds(optimizer, one.parameters)]
        orphans = [
            one for one in self.watched.values() if not any(holds(each, one.parameters) for each in self.optimizers)
        ]
        self.end([one for one in mine + orphans if one.ends(optimizer)])

    def end(self, several: Sequence[Watched]) -> None:
        if self.losses:
            self.last = sum(self.losses) / len(self.losses)
        loss = self.last if self.last is not None else next(iter(self.curve[self.iterations :]), None)
        self.losses, self.pending = [], False
        self.iterations += bool(several)
        for one in several:
            self.guest.iteration(one.model, loss)


def holds(optimizer: "torch.optim.Optimizer", parameters: frozenset[int]) -> bool:
    return any(id(one) in parameters for group in optimizer.param_groups for one in group["params"])


class Torchmortem:
    """Its `Autopsy`, as its readme attaches it. What it correlates stands first, as in its report."""

    def __init__(self) -> None:
        self.autopsies: dict[int, Any] = {}
        self.steps = 0

    def attach(self, model: "torch.nn.Module", optimizer: "torch.optim.Optimizer | None") -> None:
        self.autopsies[id(model)] = importlib.import_module("torchmortem").Autopsy(model, optimizer=optimizer)
        self.autopsies[id(model)].attach()

    def before_step(self, optimizer: "torch.optim.Optimizer") -> None:
        pass

    def iteration(self, model: "torch.nn.Module", loss: float | None) -> None:
        self.steps += 1
        self.autopsies[id(model)].step(**({} if loss is None else {"loss": loss}))

    def answer(self, complete: bool) -> list[Remark]:
        if not self.steps:
            raise NoAnswerError("no step of a model was seen")
        insights, findings = [], []
        for autopsy in self.autopsies.values():
            autopsy.detach(is_complete=complete)
            report = autopsy.get_report()
            insights += [(one.rule_name, 3, one) for one in report.insights]
            findings += [(one.category, int(one.severity), one) for one in report.findings]
        return [
            Remark(name, severity >= 1, f"{one.title}. {one.summary}", fixes=tuple(one.remediation), detail=one.detail)
            for name, severity, one in insights + sorted(findings, key=lambda found: -found[1])
        ]


class TorchAudit:
    """Its `autopatch`, which is made for scripts as they are; `EVERY` steps, since the zoo's runs are shorter than its default of 1,000."""

    EVERY = 20

    def __init__(self) -> None:
        self.auditors: list[Any] = []

    def attach(self, model: "torch.nn.Module", optimizer: "torch.optim.Optimizer | None") -> None:
        self.auditors.append(
            importlib.import_module("torch_audit").autopatch(model, optimizer=optimizer, every_n_steps=self.EVERY)
        )

    def before_step(self, optimizer: "torch.optim.Optimizer") -> None:
        pass

    def iteration(self, model: "torch.nn.Module", loss: float | None) -> None:
        pass

    def answer(self, complete: bool) -> list[Remark]:  # noqa: ARG002
        if not self.auditors:
            raise NoAnswerError("no model was called with gradients")
        results = [auditor.finish() for auditor in self.auditors]
        found = {
            (one.rule_id, one.severity.value, one.module_path): (result.rules[one.rule_id], one)
            for result in results
            for one in reversed(result.findings)
            if one.rule_id != "TA000"  # a check of its own that broke
        }
        return [
            Remark(key[0], key[1] != "INFO", f"{rule.title}: {one.message}", (rule.description,), (rule.remediation,))
            for key, (rule, one) in sorted(found.items(), key=lambda item: item[0][0])
        ]


class Norms:
    """No tool: the gradient norm before each step of the optimiser that steps most often, which a careful user would have logged."""

    def __init__(self) -> None:
        self.norms: dict[int, list[float]] = {}

    def attach(self, model: "torch.nn.Module", optimizer: "torch.optim.Optimizer | None") -> None:
        pass

    def before_step(self, optimizer: "torch.optim.Optimizer") -> None:
        import torch

        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        gradients = [one.coalesce().values() if one.is_sparse else one for one in gradients]
        norms = [torch.linalg.vector_norm(one.detach().float()) for one in gradients]
        total = float(torch.linalg.vector_norm(torch.stack(norms))) if norms else 0.0
        self.norms.setdefault(id(optimizer), []).append(total)

    def iteration(self, model: "torch.nn.Module", loss: float | None) -> None:
        pass

    def answer(self, complete: bool) -> list[Remark]:  # noqa: ARG002
        longest = max(self.norms.values(), key=len, default=[])
        return [Remark("norm", False, repr(norm)) for norm in longest]


HOOK_TOOLS: dict[str, Callable[[], Guest]] = {"torchmortem": Torchmortem, "torch-audit": TorchAudit}
GUESTS: dict[str, Callable[[], Guest]] = {**HOOK_TOOLS, "norms": Norms}


@contextlib.contextmanager
def hosting(name: str, path: Path, curve: Sequence[float] = ()) -> Iterator[None]:
    """A script runs inside of this with a guest attached; the guest's answer is written to `path`, also where the script raises."""
    guest, complete = GUESTS[name](), False
    try:
        with Loop(guest, curve).seen():
            yield
        complete = True
    finally:
        try:
            said: dict[str, Any] = {"remarks": [asdict(one) for one in guest.answer(complete)]}
        except NoAnswerError as why:
            said = {"why": str(why)}
        except Exception as why:  # noqa: BLE001 - a tool that breaks on a run has no answer to it
            said = {"why": f"{type(why).__name__}: {why}"}
        path.write_text(json.dumps(said), "utf-8")
