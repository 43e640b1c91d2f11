"""One watched run: what is hooked, when it is looked at, and what is told of it.

Everything that the user's loop does passes through here on its way to the journal, and nothing comes back: a look is
guarded (`probes`), cheap or rare (`budget`), and changes neither numbers nor random states.
"""

import importlib
import os
import weakref
from time import perf_counter
from typing import Any, Final, Protocol

from . import facts
from .batches import Fingerprints, Labels, Loader, Loaders, batch_figures, first_tensor, loader_figures
from .budget import Budget
from .contract import FUNCTIONS, arguments, describe
from .coverage import Coverage
from .deferred import Deferred
from .forward import Forward, Model
from .loop import Loop, OptimizerActs
from .losses import BackwardSite, Losses, LossSite
from .patches import Patches
from .places import Place, Places, Spot, receiver
from .probes import Probes
from .schedulers import Schedulers
from .tensors import Activations, Tensors
from .xray import Xray, chain, operation, scale_of, walk

TELL_EVERY: Final = 5.0
"""Seconds after which cumulative events are written again."""

FIRST_BATCHES: Final = 512
"""Batches whose samples are always fingerprinted, as far as the budget goes."""

NAMED: Final = 8
"""Optimisers that have series of their own; where one is made for every task or fold, the later ones share theirs."""

UNITS: Final = frozenset(
    ("ReLU", "ReLU6", "LeakyReLU", "ELU", "GELU", "SiLU", "Sigmoid", "Tanh", "Hardtanh", "Softplus", "Threshold", "Softmax")
)
"""Modules whose outputs are looked at; beside them those with weights."""


class Row(Protocol):
    """Writes one row of numbers."""

    def __call__(self, step: float, /, *values: float) -> None: ...


class Recorder(Protocol):
    """Where a session writes: `evidence.recorder.Recorder`."""

    def layout(self, names: tuple[str, ...]) -> Row: ...
    def event(self, name: str, step: float | None, data: dict[str, Any], places: dict[str, Place]) -> None: ...
    def fact(self, name: str, value: str | float | bool) -> None: ...
    def tensor(self, tensor: str, kind: str, step: float, stats: dict[str, float]) -> None: ...


class Session:
    """Watches torch from now until `finish`."""

    def __init__(self, recorder: Recorder, torch: Any, folder: str | None = None) -> None:
        self._recorder = recorder
        self._torch = torch
        self.places = Places(folder)
        self.probes = Probes(self._probe_off, torch)
        self.budget = Budget()
        self.loop = Loop(self.places)
        self.deferred = Deferred(torch)
        self.losses = Losses(torch, self.places, self.deferred)
        self.forward = Forward(torch, self.places)
        self.coverage = Coverage(torch, self.loop, self.forward)
        self.tensors = Tensors(torch, self._tell_tensor)
        self.activations = Activations(torch, self._tell_tensor)
        self.loaders = Loaders(self.places)
        self.labels = Labels()
        self.prints = Fingerprints(torch)
        self.schedulers = Schedulers(torch, self.places)
        self.patches = Patches(torch.compiler.is_compiling)
        core = torch._C  # noqa: SLF001
        self._outside = (core._get_tracing_state, core._len_torch_dispatch_stack, core._functorch.peek_interpreter_stack)  # noqa: SLF001
        self._cuda = torch.cuda
        self._rows: dict[tuple[str, ...], Row] = {}
        self._xray = False  # the step that is going on is X-rayed
        self._sample = False  # its tensors are looked at
        self._batch: Any = None  # weak: the inputs that the loader gave last
        self._batch_known = False  # the data of this step were looked at
        self._trained_batch = False
        self._told: dict[str, Any] = {}  # what is told once, and the last of what is told when it changes
        self._next_tell = 1
        self._tell_at = perf_counter() + TELL_EVERY
        self._train_checked = self._train_in_eval = self._val_checked = self._val_in_train = 0
        self._forwards = 0
        self._val_open = False
        self._xrays: dict[int, Xray] = {}
        self._nonfinite: set[str] = set()
        self._last_loss = float("nan")
        self._known_loss = ""
        self._finished = False

    # -- start and end ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Put everything in its place."""
        torch = self._torch
        for name, value in facts.of_the_machine(torch):
            self._recorder.fact(name, value)
        guard, patches, functional = self.probes.guard, self.patches, torch.nn.functional
        patches.step_aside = self.forward.step_aside
        for function in FUNCTIONS:
            if hasattr(functional, function):
                patches.follow(functional, function, guard("loss", self._loss_look(function)))
        patches.surround(torch.autograd, "backward", guard("backward", self._before_backward), guard("backward", self._after_backward))
        optimizer = torch.optim.Optimizer
        patches.follow(optimizer, "__init__", guard("optimizer", self._optimizer_made))
        patches.follow(optimizer, "zero_grad", guard("zero-grad", self._cleared))
        module = torch.nn.Module
        patches.follow(module, "zero_grad", guard("zero-grad", self._cleared_by_module))
        patches.follow(module, "train", guard("modes", self._mode_switched))
        patches.follow(module, "load_state_dict", guard("loading", self._state_loaded))
        utils = torch.nn.utils
        clipped = guard("clipping", self._clipped)
        for home in (utils, utils.clip_grad):
            patches.follow(home, "clip_grad_norm_", clipped)
        patches.follow(torch.amp.GradScaler, "scale", guard("scaler", self._scaled))
        patches.follow(torch.amp.GradScaler, "step", guard("scaler", self._scaler_stepped))
        patches.follow(torch, "compile", guard("compile", self._compiled))
        loader = torch.utils.data.DataLoader
        patches.follow(loader, "__init__", guard("loader", self._loader_made))
        patches.follow(loader, "__iter__", guard("loader", self._loader_started))
        patches.follow(torch.utils.data.dataloader._BaseDataLoaderIter, "__next__", guard("batch", self._batch_given))  # noqa: SLF001
        schedulers = torch.optim.lr_scheduler
        for name in dir(schedulers):
            kind = getattr(schedulers, name)
            if isinstance(kind, type) and issubclass(kind, schedulers.LRScheduler):
                patches.surround(
                    kind, "step", guard("scheduler", self._before_scheduler), guard("scheduler", self._after_scheduler)
                )
        step_hooks = importlib.import_module("torch.optim.optimizer")
        self._hooks = [
            step_hooks.register_optimizer_step_pre_hook(_nothing(guard("step", self._before_step))),
            step_hooks.register_optimizer_step_post_hook(_nothing(guard("step", self._after_step))),
        ]
        this = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _forked(this))
        self.forward.on_input = self._model_called
        self.forward.on_output = self._module_called
        self.forward.on_function = self._function_called
        self._open_look(0)

    def finish(self, ended: str = "finished", error: BaseException | None = None) -> None:
        """Tell the last of everything, and take everything away."""
        if self._finished:
            return
        self._finished = True
        guard = self.probes.guard
        guard("forward", self.forward.take_away)()
        guard("end", lambda: self._end(ended, error))()
        self.probes.end()
        for hook in self._hooks:
            hook.remove()
        self.patches.undo()

    def _end(self, ended: str, error: BaseException | None) -> None:
        if self.losses.micro:
            self._write_training(self.loop.position)
        self._close_validation()
        self.deferred.flush()
        self._tell_cumulative()
        if error is not None:
            self._recorder.event("failed", self.loop.position, _failure(error), self._at(self._failure_spot(error)))
        self._recorder.fact("ended", ended)

    def _failure_spot(self, error: BaseException) -> Spot | None:
        from .places import is_own_code

        spot, trace = None, error.__traceback__
        while trace is not None:
            if is_own_code(trace.tb_frame.f_code):
                spot = self.places.spot_of(trace.tb_frame.f_code, trace.tb_lineno)
            trace = trace.tb_next
        return spot

    def _probe_off(self, name: str, error: str) -> None:
        self._recorder.event("probe-off", self.loop.position, {"probe": name, "error": error}, {})

    # -- telling ------------------------------------------------------------------------------------------------------------

    def _event(self, name: str, data: dict[str, Any], **spots: Spot | None) -> None:
        places = {key: place for key, spot in spots.items() if (place := self.places.place(spot)) is not None}
        self._recorder.event(name, self.loop.position, data, {key.replace("_", "-"): place for key, place in places.items()})

    def _at(self, spot: Spot | None) -> dict[str, Place]:
        place = self.places.place(spot)
        return {} if place is None else {"at": place}

    def _fact(self, name: str, value: str | float | bool) -> None:
        if self._told.get(f"fact:{name}") != value:
            self._told[f"fact:{name}"] = value
            self._recorder.fact(name, value)

    def _row(self, names: tuple[str, ...], step: float, *values: float) -> None:
        row = self._rows.get(names)
        if row is None:
            row = self._rows[names] = self._recorder.layout(names)
        row(step, *values)

    def _scalar(self, name: str, step: float, _: float, value: float) -> None:
        self._row((name,), step, value)

    def _tell_tensor(self, tensor: str, kind: str, stats: dict[str, float]) -> None:
        self._recorder.tensor(tensor, kind, self.loop.position, stats)

    def _tell_cumulative(self) -> None:
        """The cumulative events, as they stand."""
        loop, spots = self.loop, self.loop.spots
        shared = {
            "forwards": self._forwards,
            "mode_sensitive": sum(len(model.sensitive) for model in self.forward.models),
            "train_checked": self._train_checked,
            "train_in_eval": self._train_in_eval,
            "val_checked": self._val_checked,
            "val_in_train": self._val_in_train,
            "val_passes": self.losses.validation.passes,
            "epochs": self.loaders.epochs,
            "losses": self.losses.trained,
            "loss_without_graph": self.losses.without_graph,
        }
        told = {key.replace("-", "_"): spot for key, spot in spots.items()}
        for state in [one for one in loop.states if one.number < 8] or [None]:
            self._event("loop", loop.figures(state) | shared, at=None if state is None else state.spot, **told)
        for scheduler in self.schedulers.all:
            figures = self.schedulers.figures(scheduler) | self._cadence(scheduler)
            self._event("scheduler", figures, at=scheduler.made, step=scheduler.stepped)
        labels = self.labels.figures()
        training = self.loaders.training()
        if labels is not None:
            at = training.spot if training is not None else spots.get("loss")
            self._event("labels", labels | {"loader": -1 if training is None else training.number}, at=at)
            if "shares" in labels and labels["classes"] <= 64 and self.labels.batches >= 8:
                self._fact("priors", ",".join(f"{share:.6g}" for share in labels["shares"]))
        if self.prints.train or self.prints.val:
            validation = next((one for one in self.loaders.all if one is not training), None)
            self._event("samples", self.prints.figures(), at=None if validation is None else validation.spot)

    def _cadence(self, scheduler: Any) -> dict[str, Any]:
        """How often a scheduler is stepped, against steps and epochs."""
        optimizer = getattr(scheduler.ref(), "optimizer", None)
        state = next((one for one in self.loop.states if one.ref() is optimizer), None)
        steps = self.loop.steps if state is None else state.steps
        found: dict[str, Any] = {"steps": steps, "optimizer": -1 if state is None else state.number}
        epochs = self.loaders.epochs
        found["epochs"] = epochs
        if epochs >= 1:
            found["calls_per_epoch"] = scheduler.calls / epochs
            found["steps_per_epoch"] = steps / epochs
        return found

    # -- losses ---------------------------------------------------------------------------------------------------------------

    def _loss_look(self, function: str) -> Any:
        def look(args: tuple[Any, ...], kwargs: dict[str, Any], made: Any) -> None:
            if self._hidden():
                return
            site = self.losses.called(function, args, kwargs, made, 3)
            if site is None:
                return
            if made.requires_grad:
                if site.spot is not None:
                    self.loop.spots["loss"] = site.spot
                self._training_batch(site, args, kwargs)
                if self._xray:
                    self._tell_loss_call(site, args, kwargs, made, "train")
            else:
                self._validating(site, args, kwargs, made)

        return look

    def _hidden(self) -> bool:
        """Whether what is computed now is not the run itself: a trace, a transformation, a graph that is captured."""
        tracing, dispatching, transforming = self._outside
        return bool(
            dispatching()
            or transforming() is not None
            or tracing() is not None
            or (self._cuda.is_initialized() and self._cuda.is_current_stream_capturing())
        )

    def _tell_loss_call(self, site: LossSite, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any, phase: str) -> None:
        began = perf_counter()
        data: dict[str, Any] = {"site": site.number, "function": site.function, "phase": phase}
        data |= describe(self._torch, site.function, args, kwargs)
        if made.numel() == 1:
            data["value"] = float(made.detach())
        input_, _ = arguments(args, kwargs)
        operated = None
        if isinstance(input_, self._torch.Tensor):
            nodes = chain(input_.grad_fn)
            data["input_ops"] = tuple(operation(node) for node in nodes)
            operated = next((self.forward.places_of[node] for node in nodes[:1] if node in self.forward.places_of), None)
        self._event("loss-call", data, at=site.spot, input_op=operated)
        if phase == "train" and not self._known_loss:
            self._known_loss = site.function
            for name, value in facts.of_the_loss(site.function, data):
                self._fact(name, value)
        for key in ("input", "target"):
            share = data.get(f"{key}_nonfinite", 0.0)
            if share > 0 and key == "target":
                self._tell_nonfinite("target", site.function, share, phase, site.spot)
        self.budget.charge(began)

    def _training_batch(self, site: LossSite, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """The labels of a batch that is trained on."""
        if self.labels.batches >= 32 and not self.budget.allows():
            return
        _, target = arguments(args, kwargs)
        torch = self._torch
        if not isinstance(target, torch.Tensor) or target.device.type != "cpu" or target.numel() > 65_536:
            return
        if target.dim() > 1 and target.shape[1:].numel() != 1:
            return  # one label a sample, or none that an order could be told of
        began = perf_counter()
        self.labels.add(target.detach().reshape(-1).tolist())
        if self.labels.batches > 32:
            self.budget.charge(began)

    def _validating(self, site: LossSite, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any) -> None:
        """A loss without a graph: a validation is going on."""
        validation = self.losses.validation
        if validation.batches <= 2 or validation.batches in (8, 32, 128):
            self._check_validation_mode()
            if self._told.setdefault(f"val-call:{site.number}", 0) < 2:
                self._told[f"val-call:{site.number}"] += 1
                self._tell_loss_call(site, args, kwargs, made, "val")

    def _check_validation_mode(self) -> None:
        model = self.forward.last
        if model is None:
            return
        sensitive = model.any_sensitive(training=True)
        if sensitive is None:
            return
        self._val_checked += 1
        self._val_in_train += bool(sensitive and model.whole_in_training())
        frame = self.places.spot(5)
        if frame is not None:
            self.loop.spots["val-forward"] = frame

    # -- backward ---------------------------------------------------------------------------------------------------------------

    def _before_backward(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        torch = self._torch
        roots = args[0] if args else kwargs.get("tensors")
        root = roots if isinstance(roots, torch.Tensor) else roots[0] if isinstance(roots, list | tuple) and roots else None
        if not isinstance(root, torch.Tensor) or self._hidden():
            return
        self.probes.settle()
        spot = self.places.spot(3)
        site = self.losses.known_backward(spot)
        if site is None:
            place = self.places.place(spot)
            site = self.losses.backward_site(spot, receiver(place[2], "backward") if place else "")
        retain = bool(kwargs.get("retain_graph", args[2] if len(args) > 2 else False))
        self.loop.before_backward(retain, spot)
        if self._val_open or self.losses.validation:
            self._close_validation()
        if self._xray or site.calls == 0:
            self._look_at_graph(root, site)
        self.losses.trained_on(root, site)
        self._current = site
        loader = self.loaders.current
        if loader is not None and not self._trained_batch:
            loader.in_training += 1
            self._trained_batch = True
            self._trained_samples(loader)
        self._check_training_mode()

    _current: BackwardSite | None = None
    _plain_row: Row | None = None

    def _after_backward(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        site = self._current
        if site is None:
            return
        self._current = None
        self.loop.after_backward(site.reaches)

    def _check_training_mode(self) -> None:
        """Whether the model that is trained is in the mode of evaluation as a whole."""
        if self._train_checked >= 64 and not self._xray:
            return
        model = self.forward.last
        if model is None or not model.sensitive:
            return
        training = model.whole_in_training()
        if training is None:
            return
        self._train_checked += 1
        self._train_in_eval += not training and not model.any_sensitive(training=True)

    def _look_at_graph(self, root: Any, site: BackwardSite) -> None:
        """The X-ray of a backward."""
        began = perf_counter()
        losses = self.losses
        root_node = root.grad_fn
        seen = Xray() if root_node is None else walk(root_node)
        if root_node is None and root.requires_grad:
            seen.leaves.append(root)
        first = site.calls == 0
        mine = [one for one in losses.pending if one.node is not None and one.node in seen.known]
        if root_node is not None and (mine or first):
            if not losses.xray_open and losses.pending and losses.pending[-1].ref() is root:
                mine = losses.pending[-1:]
            times: dict[int, int] = {}
            for one in mine:
                times[one.site.number] = times.get(one.site.number, 0) + 1
            site.parts = tuple((one, times[one.number]) for one in {pending.site.number: pending.site for pending in mine}.values())
            targets = {one.node for one in mine if one.node is not None}
            scaled = scale_of(root_node, targets) if targets else None
            site.single = scaled is not None and len(mine) == 1
            site.factor = scaled[0] if scaled is not None else None
        site.reaches = self.coverage.reached(seen.leaves)
        data: dict[str, Any] = {
            "site": site.number,
            "variable": site.variable,
            "nodes": seen.nodes,
            "truncated": seen.truncated,
            "loss_nodes": len(seen.loss_nodes),
            "earlier_losses": max(0, len(seen.loss_nodes) - max(1, len(mine))),
            "parameters": len(seen.leaves),
            "root_is_leaf": root_node is None,
            "linear_layers": seen.linear_layers,
            "nonlinearities": seen.nonlinearities,
            "linear_run": seen.linear_run,
            "ops": tuple(f"{name}×{count}" for name, count in seen.ops.most_common(24)),
            "parts": tuple(losses.part_name(one) for one, _ in site.parts),
        }
        if site.factor is not None:
            data["scaled_by"] = site.factor
        if root.numel() == 1:
            data["value"] = float(root.detach())
        layer, earlier = self._neighbours(seen)
        self._event("graph", data, at=site.spot, layer=layer, earlier_layer=earlier)
        self.budget.charge(began)

    def _neighbours(self, seen: Xray) -> tuple[Spot | None, Spot | None]:
        """Where the last two linear layers of the longest run are called, if that was seen."""
        known = self.forward.places_of
        if seen.run_node is None or not known:
            return None, None
        node, spots = seen.run_node, []
        for _ in range(64):
            if node in known:
                spots.append(known[node])
            children = [child for child, _ in node.next_functions if child is not None]
            inner = next((child for child in children if operation(child) not in ("AccumulateGrad", "T")), None)
            if inner is None or len(spots) == 2:
                break
            node = inner
        return (spots[0] if spots else None), (spots[1] if len(spots) > 1 else None)

    # -- optimisers -----------------------------------------------------------------------------------------------------------

    def _optimizer_made(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        state = self.loop.made(args[0], 3)
        self._tell_optimizer(state, args[0])

    def _tell_optimizer(self, state: OptimizerActs, optimizer: Any) -> None:
        if f"optimizer:{state.number}" in self._told or state.number >= 64:
            return
        self._told[f"optimizer:{state.number}"] = True
        groups = optimizer.param_groups
        held = state.parameters()
        data: dict[str, Any] = {
            "number": state.number,
            "class": type(optimizer).__name__,
            "variable": state.variable,
            "groups": len(groups),
            "tensors": len(held),
            "elements": sum(p.numel() for p in held),
        }
        for key in ("lr", "momentum", "weight_decay"):
            value = groups[0].get(key)
            if isinstance(value, int | float):
                data[key] = float(value)
        self._event("optimizer", data, at=state.spot)
        self._fact("optimizer", type(optimizer).__name__)
        if held:
            self._fact("device", str(held[0].device))

    def _cleared(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        self.loop.cleared(args[0], 3)

    def _cleared_by_module(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        self.loop.cleared_by_module(3)

    def _before_step(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        closure = (len(args) > 1 and args[1] is not None) or kwargs.get("closure") is not None
        state = self.loop.before_step(optimizer, closure, 3)
        self._tell_optimizer(state, optimizer)
        if (self._xray or self._sample) and not closure:
            began = perf_counter()
            self.tensors.before_step(state.parameters(), self._name)
            self.budget.charge(began)

    def _name(self, parameter: Any) -> str:
        name = self.forward.name_of(parameter)
        return name if name is not None else f"{'×'.join(map(str, parameter.shape))}"

    def _after_step(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        loop = self.loop
        state = loop.state(optimizer)
        if state is None:
            return
        position = loop.position
        looked = self._xray or self._sample
        if looked:
            began = perf_counter()
            self.tensors.after_step()
            if self.tensors.nonfinite is not None:
                kind, name, share = self.tensors.nonfinite
                self._tell_nonfinite(kind, name, share, "train", loop.spots.get("step"))
            if self._xray:
                figures = self.coverage.figures(state)
                if figures is not None:
                    figures |= {"changed": self.tensors.changed, "looked_at": self.tensors.looked_at}
                    self._tell_coverage(state, figures)
            self.budget.charge(began)
        self._write_training(position, optimizer, looked)
        if loop.after_step(state):
            self._next(loop.position)

    def _tell_coverage(self, state: OptimizerActs, figures: dict[str, Any]) -> None:
        cut = self.forward.cuts[-1][0] if self.forward.cuts else None
        model = self.forward.last
        stray = next(iter(self.forward.stray.values()), None)
        self._event(
            "coverage",
            figures,
            at=state.spot,
            model=None if model is None else model.spot,
            cut=cut if figures["cut"] else None,
            step=self.loop.spots.get("step"),
            unregistered=stray if figures["unregistered"] else None,
        )

    def _write_training(self, position: int, optimizer: Any = None, looked: bool = False) -> None:
        """The losses of the backwards since the last row, the rate, and the norm of the gradient if it is known."""
        micro, self.losses.micro = self.losses.micro, {}
        if len(micro) == 1 and len(self.loop.states) == 1 and not looked and optimizer is not None:
            (one,) = micro.values()
            rate = optimizer.param_groups[0]["lr"]
            if len(one.values) == 1 and not one.parts and type(rate) is float and type(one.values[0]) is float:
                value = one.values[0]  # the usual step, the quick way
                if self._plain_row is None:
                    self._plain_row = self._recorder.layout(("train/loss", "lr"))
                self._plain_row(position, value, rate)
                if value - value == 0.0:
                    self._last_loss = value
                else:
                    self._judge_finite(value, position)
                return
        names: list[str] = []
        numbers: list[Any] = []
        shape: list[list[int]] = []  # for each name, how many numbers each of its lines has
        several = len(self.loop.states) > 1
        sites = [(self.losses.site(number), one) for number, one in micro.items() if one.values]
        if sites:
            name = self._series_name([site for site, _ in sites], optimizer, several)
            names.append(name)
            shape.append([len(one.values) for _, one in sites])
            numbers += [value for _, one in sites for value in one.values]
            for _, one in sites:
                for part, values in one.parts.items():
                    names.append(f"{name}/{part}")
                    shape.append([len(values)])
                    numbers += values
        rate = None if optimizer is None else optimizer.param_groups[0]["lr"]
        extra: list[tuple[str, float]] = []
        if rate is not None:
            state = self.loop.state(optimizer)
            number = state.number if several and state is not None and state.number < NAMED else 0
            extra.append(("lr" if number == 0 else f"lr/{number}", rate if type(rate) is float else float(rate)))
        if looked and self.tensors.gradient_norm is not None and not self.loop.clips:  # clipping tells the norm before it
            own = self._optimizer_name(optimizer) if several else ""
            name = f"grad_norm/{own}" if own else "grad_norm"
            extra.append((name, self.tensors.gradient_norm))
        self.tensors.gradient_norm = None
        keys = (*names, *(key for key, _ in extra))
        if not keys:
            return

        def arrived(values: list[float]) -> None:
            means, at = [], 0
            for lines in shape:
                total = 0.0
                for count in lines:
                    total += sum(values[at : at + count]) / count
                    at += count
                means.append(total)
            self._row(keys, position, *means, *(value for _, value in extra))
            if means:
                self._judge_finite(means[0], position)

        self.deferred.give(numbers, arrived)

    def _series_name(self, sites: list[BackwardSite], optimizer: Any, several: bool) -> str:
        if not several:
            return "train/loss"
        name = sites[0].variable if len({site.variable for site in sites}) == 1 else self._optimizer_name(optimizer)
        short = name.lower().replace("loss", "").strip("_")
        return f"train/loss_{short}" if short else "train/loss"

    def _optimizer_name(self, optimizer: Any) -> str:
        state = self.loop.state(optimizer)
        if state is None or state.number >= NAMED:
            return ""
        short = state.variable.lower()
        for word in ("optimizer", "optimiser", "optim", "opt"):
            short = short.replace(word, "")
        return short.strip("_") or str(state.number)

    def _judge_finite(self, value: float, position: int) -> None:
        """The first loss that is no number: what of the step is none either is looked for at once."""
        if value - value == 0.0:
            self._last_loss = value
            return
        if "loss" in self._nonfinite:
            return
        self._tell_nonfinite("loss", "", 1.0, "train", self.loop.spots.get("loss") or self.loop.spots.get("backward"))
        inputs = None if self._batch is None else self._batch()
        if inputs is not None and inputs.is_floating_point():
            share = 1.0 - float(self._torch.isfinite(inputs).double().mean())
            if share > 0:
                loader = self.loaders.current
                self._tell_nonfinite("input", "", share, "train", None if loader is None else loader.spot)

    def _tell_nonfinite(self, what: str, name: str, share: float, phase: str, spot: Spot | None) -> None:
        if what in self._nonfinite:
            return
        self._nonfinite.add(what)
        data = {"what": what, "name": name, "share": share, "phase": phase, "before": self._last_loss}
        self._event("non-finite", data, at=spot)

    # -- from one step to the next ----------------------------------------------------------------------------------------------

    def _next(self, position: int) -> None:
        """A step is over: what is to be looked at in the next?"""
        if self._xray:
            self.forward.take_away()
            self.forward.forget()
            self.coverage.forget()
        elif self._sample and self.forward.open:
            self.forward.take_away()
        self._batch_known = self._trained_batch = False
        if position >= self._next_tell or perf_counter() > self._tell_at:
            while self._next_tell <= position:
                self._next_tell = self._next_tell * 3 if str(self._next_tell)[0] == "1" else self._next_tell // 3 * 10
            self._tell_at = perf_counter() + TELL_EVERY
            began = perf_counter()
            self._tell_cumulative()
            self.budget.charge(began)
        self._open_look(position)

    def _open_look(self, position: int) -> None:
        self._xray = self.budget.xray(position)
        self._sample = not self._xray and self.budget.allows()
        self.losses.xray_open = self._xray
        if self._xray or self._sample:
            self.activations.begin()
            self.forward.put_up(self.probes.guard, operations=self._xray)

    # -- models and modules -------------------------------------------------------------------------------------------------------

    def _model_called(self, model: Model, args: tuple[Any, ...]) -> None:
        torch = self._torch
        if torch.is_grad_enabled():
            self._forwards += 1
            if model.spot is not None:
                self.loop.spots["forward"] = model.spot
        if not model.told:
            model.told = True
            module = model.ref()
            parameters = [] if module is None else list(module.parameters())
            data = {
                "number": model.number,
                "class": model.kind,
                "variable": model.variable,
                "modules": 0 if module is None else sum(1 for _ in module.modules()),
                "parameters": sum(p.numel() for p in parameters),
                "trainable": sum(p.numel() for p in parameters if p.requires_grad),
                "dropout": sum("Dropout" in type(one()).__name__ for one in model.sensitive),
                "batch_norm": sum("Norm" in type(one()).__name__ for one in model.sensitive),
                "loaded": any(id(p) in self.coverage.loaded for p in parameters),
            }
            self._event("model", data, at=model.spot)
            if model.number == 0:
                self._fact("parameters", data["trainable"])
        if not self._batch_known and (self._xray or self._sample):
            inputs = first_tensor(torch, args)
            if inputs is not None and inputs.dim() >= 1 and not inputs.requires_grad:
                self._batch_known = True
                self._tell_batch(inputs, "train" if torch.is_grad_enabled() else "val", model.spot)

    def _tell_batch(self, inputs: Any, phase: str, spot: Spot | None) -> None:
        began = perf_counter()
        figures = batch_figures(self._torch, inputs)
        if self._xray or self._told.get(f"batch:{phase}", 0) < 3:
            self._told[f"batch:{phase}"] = self._told.get(f"batch:{phase}", 0) + 1
            self._event("batch", {"phase": phase, **figures}, at=spot)
        if figures["nonfinite"] > 0:
            self._tell_nonfinite("input", "", figures["nonfinite"], phase, spot)
        self.budget.charge(began)

    def _module_called(self, module: Any, output: Any, depth: int) -> None:
        kind = type(module).__name__
        if not self._torch.is_grad_enabled() or (kind not in UNITS and not module._parameters):  # noqa: SLF001
            return
        model = self.forward.last
        began = perf_counter()
        self.activations.look(self._module_name(model, module), kind, output)
        self.budget.charge(began)
        if self.activations.nonfinite is not None:
            what, name, share = self.activations.nonfinite
            self._tell_nonfinite(what, name, share, "train", None if model is None else model.spot)

    def _function_called(self, kind: str, output: Any, spot: Spot) -> None:
        began = perf_counter()
        self.activations.look(f"{kind.lower()} (line {spot.line})", kind, output)
        self.budget.charge(began)

    def _module_name(self, model: Model | None, module: Any) -> str:
        outer = None if model is None else model.ref()
        if outer is None:
            return type(module).__name__
        names = self._told.get(f"modules:{model.number}")  # type: ignore[union-attr]
        if names is None:
            names = self._told[f"modules:{model.number}"] = {id(one): name for name, one in outer.named_modules()}  # type: ignore[union-attr]
        return names.get(id(module)) or type(module).__name__

    def _mode_switched(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        # `train` calls itself for every child: the first place that is told is the user's own
        mode = bool(args[1]) if len(args) > 1 else bool(kwargs.get("mode", True))
        spot = self.places.spot(3)
        if spot is not None:
            self.loop.spots["train" if mode else "eval"] = spot

    def _state_loaded(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        self.coverage.loaded.update(id(parameter) for parameter in args[0].parameters())

    def _compiled(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """The graph is opaque from here on, and hooks would be traced: both looks step aside."""
        self.forward.allowed = False
        self.forward.take_away()
        self._fact("compiled", value=True)

    # -- data ---------------------------------------------------------------------------------------------------------------------

    def _loader_made(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        self.loaders.made(args[0], 3)

    def _loader_started(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        loader = self.loaders.started(args[0], 3)
        if loader is None:
            return
        if loader is self.loaders.training():
            self.prints.begin_pass()
        if self.losses.validation and self.losses.validation.loader != loader.number:
            self._close_validation()
        self.losses.validation.loader = loader.number
        if not loader.told:
            loader.told = True
            figures = {"loader": loader.number, **loader_figures(self._torch, args[0])}
            self._event("loader", figures, at=loader.spot)

    def _batch_given(self, args: tuple[Any, ...], kwargs: dict[str, Any], batch: Any) -> None:
        loader = self.loaders.current
        if loader is None:
            return
        loader.batches += 1
        self._trained_batch = False
        if not self.forward.open and loader.batches <= 2 and self.budget.allows():
            self.forward.put_up(self.probes.guard, operations=False)
        inputs = first_tensor(self._torch, batch)
        self._batch = None if inputs is None else weakref.ref(inputs)
        training = self.loaders.training()
        if inputs is None or training is None or loader is training:
            return
        if loader.passes <= 2:
            self._fingerprint(inputs, loader, train=False)

    def _trained_samples(self, loader: Loader) -> None:
        inputs = None if self._batch is None else self._batch()
        if inputs is not None and loader.passes <= 2:
            self._fingerprint(inputs, loader, train=True)

    def _fingerprint(self, inputs: Any, loader: Loader, *, train: bool) -> None:
        if inputs.dim() < 2 or (loader.batches > 8 and not self.budget.allows()) or loader.batches > FIRST_BATCHES:
            return
        began = perf_counter()
        (self.prints.trained if train else self.prints.validated)(inputs)
        self.budget.charge(began)

    # -- the rest -----------------------------------------------------------------------------------------------------------------

    def _close_validation(self) -> None:
        training = self.loaders.training()
        self.losses.validation.close(self._scalar, self.loop.position, -1 if training is None else training.number)

    def _clipped(self, args: tuple[Any, ...], kwargs: dict[str, Any], norm: Any) -> None:
        self.loop.letters.append("C")
        self.loop.clips += 1
        limit = kwargs.get("max_norm", args[1] if len(args) > 1 else None)
        if not isinstance(limit, int | float):
            return
        self.loop.clip_norm = float(limit)
        if self.loop.clips < 4:
            spot = self.places.spot(3)
            if spot is not None:
                self.loop.spots["clip"] = spot
        position = self.loop.position
        number = float(norm) if norm.device.type == "cpu" else norm.detach().clone()

        def arrived(values: list[float]) -> None:
            self.loop.clips_biting += values[0] > float(limit)
            self._row(("grad_norm",), position, values[0])

        self.deferred.give([number], arrived)

    def _scaled(self, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any) -> None:
        self.loop.scaled = True
        given = args[1] if len(args) > 1 else kwargs.get("outputs")
        if isinstance(made, self._torch.Tensor) and made is not given:
            scaled = self.losses.scaled
            scaled.append((weakref.ref(made), weakref.ref(given)))
            del scaled[:-4]

    def _scaler_stepped(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        self.loop.scaler_steps += 1

    def _before_scheduler(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.schedulers.before()

    def _after_scheduler(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        state = self.schedulers.after(args[0], len(args) > 1 or "metrics" in kwargs, 3)
        if state is not None:
            self.loop.letters.append("L")


def _nothing(look: Any) -> Any:
    """A hook that returns nothing."""

    def hook(*args: Any) -> None:
        look(*args)

    return hook


def _failure(error: BaseException) -> dict[str, Any]:
    return {"type": type(error).__name__, "message": str(error)[:500]}


def _forked(session: "weakref.ref[Session]") -> None:
    """A child of the watched process is not the run."""
    alive = session()
    if alive is not None:
        alive.probes.end()
