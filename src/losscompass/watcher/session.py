"""One watched run: what is hooked, and when it is looked at.

Everything that the user's loop does passes through here on its way to the journal, and nothing comes back: a look is
guarded (`probes`), cheap or rare (`budget`), and changes neither numbers nor random states.
"""

import importlib
import os
import weakref
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from . import facts, origins
from .budget import ALWAYS, Budget
from .contract import FUNCTIONS
from .copies import Copies
from .coverage import Coverage
from .deferred import Deferred
from .definitions import of_model
from .forward import Forward, Model
from .graphs import Graphs
from .inputs import Inputs
from .layout import Layouts
from .loop import Loop, OptimizerActs
from .losses import BackwardSite, Losses
from .modes import Modes
from .outputs import Outputs
from .pairs import Pairs
from .patches import Patches
from .places import Places, Spot, is_own_code, receiver
from .probes import Probes
from .schedulers import SchedulerActs, Schedulers
from .sources import Sources
from .telling import Recorder, Telling
from .tensors import Activations, Tensors
from .training import Training

TELL_EVERY: Final = 5.0
"""Seconds after which cumulative events are written again."""

UNITS: Final = frozenset(
    (
        "ReLU",
        "ReLU6",
        "LeakyReLU",
        "ELU",
        "GELU",
        "SiLU",
        "Sigmoid",
        "Tanh",
        "Hardtanh",
        "Softplus",
        "Threshold",
        "Softmax",
    )
)
"""Modules whose outputs are looked at; beside them those with weights."""

_OPTIMIZERS: Final = 64
_IN_LOOP: Final = 8
"""Optimisers of which cumulative events are told."""

_EAGER: Final = 200
_PATIENT: Final = 8
"""So many steps a validation without a loader is waited for in each step, then in one of so many."""

Args = tuple[Any, ...]
Kwargs = dict[str, Any]


class Session:
    """Watches torch from `start` to `finish`."""

    def __init__(self, recorder: Recorder, torch: Any, folder: str | None = None) -> None:
        self._torch = torch
        self.places = Places(folder)
        self.probes = Probes(
            lambda probe, error: self.telling.event(
                "probe-off",
                {"probe": probe, "error": error},
            ),
            torch,
        )
        self.budget = Budget()
        self.loop = Loop(self.places)
        self.telling = Telling(recorder, self.places, self.loop)
        self.deferred = Deferred(torch)
        self.losses = Losses(torch, self.places, self.deferred)
        self.forward = Forward(torch, self.places)
        self.modes = Modes(self.forward, self.loop)
        self.coverage = Coverage(torch, self.loop, self.forward)
        self.graphs = Graphs(torch, self.places, self.telling, self.losses, self.forward, self.coverage, self.budget)
        self.tensors = Tensors(torch, self.telling.tensor)
        self.activations = Activations(torch, self.telling.tensor)
        self.training = Training(self.telling, self.losses, self.loop, self.tensors, self.deferred)
        self.inputs = Inputs(torch, self.places, self.telling, self.budget)
        self.layouts = Layouts(torch, self.telling, self.forward, self.inputs)
        self.outputs = Outputs(torch, self.telling, self.budget)
        self.schedulers = Schedulers(self.places)
        self.sources = Sources(self.places, self.telling)
        self.copies = Copies(torch, self.places, self.forward)
        self.pairs = Pairs(torch)
        self.patches = Patches(torch.compiler.is_compiling)
        core = torch._C
        self._outside = (
            core._get_tracing_state,
            core._len_torch_dispatch_stack,
            core._functorch.peek_interpreter_stack,
        )
        self._hooks: list[Any] = []
        self._xray = False  # the step that is going on is X-rayed
        self._sample = False  # its tensors are looked at
        self._site: BackwardSite | None = None  # of the backward that is going on
        self._module_names: dict[int, dict[int, str]] = {}
        self._next_tell = 1
        self._tell_at = perf_counter() + TELL_EVERY
        self._forwards = 0
        self._finished = False

    # -- start and end ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Put everything in its place. What this version of torch does not have is passed over and told of."""
        for name, value in facts.of_the_machine(self._torch):
            self.telling.fact(name, value)
        for part in (
            self._watch_losses,
            self._watch_acts,
            self._watch_models,
            self._watch_data,
            self._watch_schedulers,
        ):
            self.probes.guard(part.__name__.strip("_").replace("_", "-"), part)()
        this = weakref.ref(self)
        if hasattr(os, "register_at_fork"):  # nobody forks where it is missing
            os.register_at_fork(after_in_child=lambda: _forked(this))
        self.probes.guard("forward", self._open_look)(0)

    def _watch_losses(self) -> None:
        functional = self._torch.nn.functional
        for function in FUNCTIONS:
            self.patches.follow(functional, function, self.probes.guard("loss", self._loss_look(function)))
        self.patches.follow(self._torch.nn.modules.loss._Loss, "__init__", self.probes.guard("loss", self._loss_made))

    def _watch_acts(self) -> None:
        torch, guard, patches = self._torch, self.probes.guard, self.patches
        patches.surround(
            torch.autograd,
            "backward",
            guard("backward", self._before_backward),
            guard("backward", self._after_backward),
        )
        patches.follow(torch, "manual_seed", guard("seed", self._seeded))
        patches.follow(torch.optim.Optimizer, "__init__", guard("optimizer", self._optimizer_made))
        patches.follow(torch.optim.Optimizer, "zero_grad", guard("zero-grad", self._cleared))
        patches.follow(torch.nn.Module, "zero_grad", guard("zero-grad", self._cleared_by_module))
        for home in (torch.nn.utils, torch.nn.utils.clip_grad):
            patches.follow(home, "clip_grad_norm_", guard("clipping", self._clipped))
        patches.follow(torch.amp.GradScaler, "scale", guard("scaler", self._scaled))
        patches.follow(torch.amp.GradScaler, "step", guard("scaler", self._scaler_stepped))
        step_hooks = importlib.import_module("torch.optim.optimizer")
        self._hooks = [
            step_hooks.register_optimizer_step_pre_hook(_nothing(guard("step", self._before_step))),
            step_hooks.register_optimizer_step_post_hook(_nothing(guard("step", self._after_step))),
        ]

    def _watch_models(self) -> None:
        guard, module = self.probes.guard, self._torch.nn.Module
        self.patches.follow(module, "train", guard("modes", self._mode_switched))
        self.patches.follow(module, "load_state_dict", guard("loading", self._state_loaded))
        self.patches.follow(self._torch, "compile", guard("compile", self._compiled))
        self.forward.on_input = self._model_called
        self.forward.on_output = self._module_called
        self.forward.on_call = self._any_called
        self.forward.on_outermost = self._outermost_called
        self.graphs.on_activation = self._function_called

    def _watch_data(self) -> None:
        guard, data = self.probes.guard, self._torch.utils.data
        self.patches.follow(data.DataLoader, "__init__", guard("loader", self._loader_made))
        self.patches.follow(data.DataLoader, "__iter__", guard("loader", self._loader_started))
        self.patches.follow(data.dataloader._BaseDataLoaderIter, "__next__", guard("batch", self._batch_given))

    def _watch_schedulers(self) -> None:
        guard, home = self.probes.guard, self._torch.optim.lr_scheduler
        kinds = {one for one in vars(home).values() if isinstance(one, type) and issubclass(one, home.LRScheduler)}
        for kind in kinds:
            self.patches.surround(
                kind, "step", guard("scheduler", self._before_scheduler), guard("scheduler", self._after_scheduler)
            )

    def finish(self, ended: str = "finished", error: BaseException | None = None) -> None:
        """Tell the last of everything, and take everything away."""
        if self._finished:
            return
        self._finished = True
        self.probes.guard("forward", self.forward.take_away)()
        self.probes.guard("data", self._tell_data)()
        self.probes.guard("end", self._end)(ended, error)
        self.probes.end()
        for hook in self._hooks:
            hook.remove()
        self.patches.undo()

    def _end(self, ended: str, error: BaseException | None) -> None:
        if self.losses.micro:
            self.training.write(self.loop.position)
        self.losses.over()
        self._close_validation()
        self.deferred.flush()
        self._tell_cumulative()
        if error is not None:
            for state in self.loop.states if self._xray else ():
                if not state.steps:  # it failed before the first step: what the loss reached is known all the same
                    self._tell_coverage(state)
            data = {"type": type(error).__name__, "message": str(error)[:500]}
            self.telling.event("failed", data, at=self._spot_of(error))
        self.telling.fact("ended", ended)

    def _spot_of(self, error: BaseException) -> Spot | None:
        """The innermost line of the user's own code that an error came through."""
        spot, trace = None, error.__traceback__
        while trace is not None:
            if is_own_code(trace.tb_frame.f_code):
                spot = self.places.spot_of(trace.tb_frame.f_code, trace.tb_lineno)
            trace = trace.tb_next
        return spot

    def _hidden(self) -> bool:
        """Whether what is computed now is not the run itself: a trace, a transformation, a graph that is captured."""
        tracing, dispatching, transforming = self._outside
        cuda = self._torch.cuda
        return bool(
            dispatching()
            or transforming() is not None
            or tracing() is not None
            or (cuda.is_initialized() and cuda.is_current_stream_capturing())
        )

    # -- losses and backward ------------------------------------------------------------------------------------------------

    def _loss_made(self, args: Args, _: Kwargs, __: Any) -> None:
        self.graphs.criterion(type(args[0]).__name__, self.places.spot(3))

    def _loss_look(self, function: str) -> Callable[[Args, Kwargs, Any], None]:
        def look(args: Args, kwargs: Kwargs, made: Any) -> None:
            if self._hidden():
                return
            site = self.losses.called(function, args, kwargs, made, 3)
            if site is None:
                return
            self._pair(function, args, kwargs, site.spot, training=made.requires_grad)
            if made.requires_grad:
                if site.spot is not None:
                    self.loop.spots["loss"] = site.spot
                self.inputs.labelled(args, kwargs)
                self.layouts.labelled(args, kwargs)
                if self._xray:
                    self.graphs.loss_call(site, args, kwargs, made, "train")
            elif self.losses.validation.batches <= 2 or self.losses.validation.batches in (8, 32, 128):
                self.modes.validated(site.spot)
                if self.telling.times(f"val-call:{site.number}", 2):
                    self.graphs.loss_call(site, args, kwargs, made, "val")

        return look

    def _before_backward(self, args: Args, kwargs: Kwargs) -> None:
        torch = self._torch
        roots = args[0] if args else kwargs.get("tensors")
        root = roots[0] if isinstance(roots, list | tuple) and roots else roots
        if not isinstance(root, torch.Tensor) or self._hidden():
            return
        self.probes.settle()
        if self.forward.open and self.forward.trained is not None:
            self.loop.spots["forward"] = self.forward.trained
        spot = self.places.spot(3)
        site = self.losses.known_backward(spot)
        if site is None:
            place = self.places.place(spot)
            site = self.losses.backward_site(spot, receiver(place[2], "backward") if place else "")
        if not self.loop.states:
            self.graphs.by_hand.before_backward()
        retain = bool(kwargs.get("retain_graph", args[2] if len(args) > 2 else False))
        before = self.loop.position
        self.loop.before_backward(retain, spot)
        self._moved(before)
        if self._xray or site.calls == 0:
            self.forward.lines.end()
            self.graphs.backward(root, site, self.outputs)
        self.losses.trained_on(root, site)
        labels = self.pairs.by_hand(root, spot, before)
        if labels is not None:
            self.inputs.labelled((None, labels), {})
        if self._xray and not self.forward.models and self.forward.allowed:
            self._called_by_hand(root, spot)
        if self.losses.validation:
            self._close_validation()
        self.layouts.trained()
        self.outputs.trained()
        self._site = site
        if self.losses.broken and root.grad_fn is not None and not self.telling.knows_nonfinite("loss"):
            self.inputs.broken(
                self.graphs.inputs_of(root), self.loop.spots.get("forward") or self.loop.spots.get("loss")
            )
        self.inputs.trained()
        self.modes.trained(xray=self._xray)

    def _after_backward(self, _: Args, __: Kwargs, ___: Any) -> None:
        site, self._site = self._site, None
        if site is not None:
            self.loop.after_backward(site.reaches)
            if self._xray:
                began = perf_counter()
                self.loop.gradients_made()
                self.budget.charge(began)
            if not self.loop.states:
                self.graphs.by_hand.after_backward()
        if self._bare() and self.loop.backwards < ALWAYS:
            self.forward.lines.begin(3)  # no module will be called by which a look could begin

    def _bare(self) -> bool:
        """Whether all is done by hand: no module was called, no optimiser made."""
        return not self.forward.models and not self.loop.states

    def _close_validation(self) -> None:
        training = self.inputs.loaders.training()
        self.losses.validation.close(
            self.telling.layout, self.loop.position, -1 if training is None else training.number
        )

    # -- optimisers -----------------------------------------------------------------------------------------------------------

    def _optimizer_made(self, args: Args, _: Kwargs, __: Any) -> None:
        self._tell_optimizer(self.loop.made(args[0], self.places.spot(3)), args[0])
        self.pairs.anew()
        if self.loop.steps and self.budget.anew(self.loop.position) and not self._xray:
            self.forward.take_away()
            self._open_look(self.loop.position)

    def _tell_optimizer(self, state: OptimizerActs, optimizer: Any) -> None:
        if state.number >= _OPTIMIZERS or not self.telling.times(f"optimizer:{state.number}", 1):
            return
        groups, held = optimizer.param_groups, state.parameters()
        data: dict[str, Any] = {
            "number": state.number,
            "class": type(optimizer).__name__,
            "variable": state.variable,
            "groups": len(groups),
            "tensors": len(held),
            "elements": sum(p.numel() for p in held),
            "follows": state.follows,
            "maximize": groups[0].get("maximize") is True,
        }
        for key in ("lr", "momentum", "weight_decay"):
            value = groups[0].get(key)
            if isinstance(value, int | float):
                data[key] = float(value)
        self.telling.event("optimizer", data, at=state.spot)
        self.telling.fact("optimizer", type(optimizer).__name__)
        if held:
            self.telling.fact("device", str(held[0].device))

    def _seeded(self, args: Args, kwargs: Kwargs, _: Any) -> None:
        self.loop.seeded(args[0] if args else kwargs.get("seed"), 3)

    def _cleared(self, args: Args, _: Kwargs, __: Any) -> None:
        before = self.loop.position
        self.loop.cleared(args[0], 3)
        self._moved(before)

    def _cleared_by_module(self, _: Args, __: Kwargs, ___: Any) -> None:
        before = self.loop.position
        self.loop.cleared_by_module(3)
        self._moved(before)

    def _moved(self, before: int) -> None:
        """Where no optimiser steps, clearing and the next backward are what ends a round."""
        if self.loop.position > before:
            self.training.write(before)
            self._next(self.loop.position)

    def _before_step(self, optimizer: Any, args: Args, kwargs: Kwargs) -> None:
        closure = (len(args) > 1 and args[1] is not None) or kwargs.get("closure") is not None
        state = self.loop.before_step(optimizer, 3, closure=closure)
        if not state.steps:
            self._tell_optimizer(state, optimizer)
            self.probes.within("copies", lambda: self._begin_copies(state))
        if (self._xray or self._sample) and not closure:
            began = perf_counter()
            self.loop.gradients_used(state)
            self.tensors.before_step(state.parameters(), self._parameter_name)
            self.budget.charge(began)

    def _begin_copies(self, state: OptimizerActs) -> None:
        began = perf_counter()
        self.copies.before_first_step(state)
        self.copies.search(1)
        self.budget.charge(began)

    def _parameter_name(self, parameter: Any) -> str:
        name = self.forward.name_of(parameter)
        return name if name is not None else "×".join(map(str, parameter.shape))

    def _after_step(self, optimizer: Any, _: Args, __: Kwargs) -> None:
        state = self.loop.state(optimizer)
        if state is None:
            return
        position = self.loop.position
        looked = self._xray or self._sample
        if looked:
            began = perf_counter()
            self.tensors.after_step()
            if self.tensors.nonfinite is not None:
                self.telling.nonfinite(*self.tensors.nonfinite, "train", self.loop.spots.get("step"))
            if self._xray:
                self._tell_coverage(state)
            self.probes.within("copies", self.copies.stepped)
            self.budget.charge(began)
        self.training.write(position, optimizer, looked=looked)
        if self.loop.after_step(state):
            self._next(self.loop.position)

    def _tell_coverage(self, state: OptimizerActs) -> None:
        figures = self.coverage.figures(state)
        if figures is None:
            return
        figures |= {"changed": self.tensors.changed, "looked_at": self.tensors.looked_at}
        forward = self.forward
        self.telling.event(
            "coverage",
            figures,
            at=state.spot,
            model=None if forward.last is None else forward.last.spot,
            cut=forward.lines.cut() if figures["cut"] or not figures["reached_held"] else None,
            step=self.loop.spots.get("step"),
            unregistered=self._unregistered() if figures["unregistered"] else None,
            frozen=origins.freezing(self.places, state.spot) if figures["frozen"] else None,
        )

    def _unregistered(self) -> Spot | None:
        """Where a layer that nobody registers was put into a list, or, where that is not known, where it is called."""
        forward = self.forward
        model = None if forward.last is None else forward.last.ref()
        held = None
        if model is not None:
            held = origins.holder(self.places, model, self._torch.nn.Module, set(forward.stray))
        return held or next(iter(forward.stray.values()), None)

    def _clipped(self, args: Args, kwargs: Kwargs, norm: Any) -> None:
        loop = self.loop
        loop.letters.append("C")
        loop.clips += 1
        limit = kwargs.get("max_norm", args[1] if len(args) > 1 else None)
        if not isinstance(limit, int | float):
            return
        loop.clip_norm = float(limit)
        if loop.clips < 4 and (spot := self.places.spot(3)) is not None:
            loop.spots["clip"] = spot
        position = loop.position

        def arrived(values: list[float]) -> None:
            loop.clips_biting += values[0] > float(limit)
            self.telling.layout(("grad_norm",))(position, values[0])

        self.deferred.give([float(norm) if norm.is_cpu else norm.detach().clone()], arrived)

    def _scaled(self, args: Args, kwargs: Kwargs, made: Any) -> None:
        self.loop.scaled = True
        given = args[1] if len(args) > 1 else kwargs.get("outputs")
        if isinstance(made, self._torch.Tensor) and made is not given:
            self.losses.scaled.append((weakref.ref(made), weakref.ref(given)))
            del self.losses.scaled[:-4]

    def _scaler_stepped(self, _: Args, __: Kwargs, ___: Any) -> None:
        self.loop.scaler_steps += 1

    def _before_scheduler(self, _: Args, __: Kwargs) -> None:
        self.schedulers.before()

    def _after_scheduler(self, args: Args, kwargs: Kwargs, _: Any) -> None:
        if self.schedulers.after(args[0], 3, with_metric=len(args) > 1 or "metrics" in kwargs):
            self.loop.letters.append("L")

    # -- models ---------------------------------------------------------------------------------------------------------------

    def _model_called(self, model: Model, args: Args) -> None:
        training = self._torch.is_grad_enabled()
        if (module := model.ref()) is not None:
            self.copies.called(module)
        if training:
            self._forwards += 1
            if not self.loop.backwards and (spot := self.forward.trained or model.spot) is not None:
                self.loop.spots["forward"] = spot
            if self._xray and not self._hidden():
                self.layouts.entered(args, model.spot)
        else:
            self.modes.without_gradients(model)
        if not model.told:
            model.told = True
            figures = model.figures(self.coverage.loaded)
            frozen = origins.freezing(self.places, model.spot) if figures["trainable"] < figures["parameters"] else None
            layers = of_model(self.places, model.ref(), model.spot)
            self.telling.event("model", figures, at=model.spot, frozen=frozen, **layers)
            if model.number == 0:
                self.telling.fact("parameters", figures["trainable"])
        if self._xray:
            self.graphs.entered(args)
        self._enter(args, model.number, training=training)
        if self._xray or self._sample:
            self.inputs.called_with(args, "train" if training else "val", model.spot, xray=self._xray)

    def _any_called(self, module: Any, args: Args, find: Callable[[], Spot | None]) -> None:
        if not self._hidden():  # what a transformation computes has no memory of its own
            self.layouts.called(module, args, find)

    def _outermost_called(self, module: Any, args: Args, output: Any) -> None:
        if not self._hidden():
            self.outputs.called(module, args, output, self.places.spot(3))
            if next(module.parameters(), None) is not None:
                self.pairs.left(output)

    def _module_called(self, module: Any, output: Any) -> None:
        kind = type(module).__name__
        if not (self._xray or self._sample):
            return
        if not self._torch.is_grad_enabled() or (kind not in UNITS and not module._parameters):
            return
        began = perf_counter()
        self.activations.look(self._module_name(module), kind, output)
        self.budget.charge(began)
        if self.activations.nonfinite is not None:
            model = self.forward.last
            self.telling.nonfinite(*self.activations.nonfinite, "train", None if model is None else model.spot)

    def _function_called(self, kind: str, output: Any, spot: Spot) -> None:
        began = perf_counter()
        self.activations.look(f"{kind.lower()} (line {spot.line})", kind, output)
        self.budget.charge(began)

    def _module_name(self, module: Any) -> str:
        model = self.forward.last
        outer = None if model is None else model.ref()
        if model is None or outer is None:
            return type(module).__name__
        names = self._module_names.get(model.number)
        if names is None:
            names = self._module_names[model.number] = {id(one): name for name, one in outer.named_modules()}
        return names.get(id(module)) or type(module).__name__

    def _mode_switched(self, args: Args, kwargs: Kwargs, _: Any) -> None:
        mode = bool(args[1]) if len(args) > 1 else bool(kwargs.get("mode", True))
        spot = self.places.spot(3)
        if spot is not None:
            self.loop.spots["train" if mode else "eval"] = spot

    def _state_loaded(self, args: Args, _: Kwargs, __: Any) -> None:
        self.coverage.loaded.update(args[0].parameters())

    def _compiled(self, _: Args, __: Kwargs, ___: Any) -> None:
        """The graph is opaque from here on, and hooks would be traced: both looks step aside."""
        self.forward.allowed = False
        self.forward.take_away()
        self.telling.fact("compiled", value=True)

    # -- data -----------------------------------------------------------------------------------------------------------------

    def _loader_made(self, args: Args, _: Kwargs, __: Any) -> None:
        self.inputs.made(args[0], 3)

    def _loader_started(self, args: Args, _: Kwargs, iterator: Any) -> None:
        loader = self.inputs.started(args[0], iterator, 3)
        if loader is None:
            return
        if loader.passes == 1:  # while it is there: many loops make theirs anew each time
            loader.seeding = origins.seeding_in(self.places, args[0].dataset)
        validation = self.losses.validation
        if validation and validation.loader != loader.number:
            self._close_validation()
        validation.loader = loader.number
        training = self.inputs.loaders.training()
        if (spot := self.places.spot(3)) is not None:
            self.loop.spots["train-pass" if training is None or loader is training else "val-pass"] = spot

    def _batch_given(self, args: Args, _: Kwargs, batch: Any) -> None:
        loader = self.inputs.given(args[0], batch)
        if loader is None:
            return
        self.pairs.loaded(batch)
        if self.forward.open:
            return
        training = self.inputs.loaders.training()
        hungry = self.pairs.hungry("train" if training in (None, loader) else "val")
        if loader.batches > 2 and not hungry:
            return
        if hungry or self.budget.allows() or self.telling.times(f"first-batches:{loader.number}", 2):
            self.forward.put_up(self.probes.guard, xray=False)

    # -- from one step to the next ----------------------------------------------------------------------------------------------

    def _next(self, position: int) -> None:
        """A step is over: what is to be looked at in the next?"""
        if self._xray:
            self.forward.take_away()
            if not self._bare():  # there, one step ends where the backward of the next begins
                self.forward.forget()
            self.coverage.forget()
        elif self.forward.open:
            self.forward.take_away()
        self.inputs.known = False
        self.outputs.forget()
        self.pairs.forget()
        if position >= self._next_tell or perf_counter() > self._tell_at:
            while self._next_tell <= position:
                self._next_tell = self._next_tell * 3 if str(self._next_tell)[0] == "1" else self._next_tell // 3 * 10
            began = perf_counter()
            self._tell_at = began + TELL_EVERY
            self._tell_cumulative()
            self.budget.charge(began)
        if self.pairs.due():
            self.probes.within("data", self._tell_data)
        self._open_look(position)

    def _open_look(self, position: int) -> None:
        self._xray = self.budget.xray(position)
        self._sample = not self._xray and self.budget.allows()
        self.losses.xray_open = self._xray
        glance = not self._xray and not self._sample and self.outputs.due(position)
        if self._xray or self._sample or glance:
            self.activations.begin()
            self.layouts.begin()
            self.outputs.begin(xray=self._xray)
        if self._xray or self._sample or glance or self._hungry(position):
            self.forward.put_up(self.probes.guard, xray=self._xray)

    def _hungry(self, position: int) -> bool:
        """Whether hooks are to stand for the data of the next step. A loader puts them up by itself, with its batch (`_batch_given`)."""
        loaded = self.inputs.loaders.training() is not None
        if not loaded and self.pairs.hungry("train"):
            return True
        soon = not loaded and (position < _EAGER or position % _PATIENT == 0)
        seen = (
            self.losses.validation.passes > 0 or self.pairs.any_by_hand
        )  # its validation is a call of the model, and no more
        return (soon or seen) and self.pairs.hungry("val")

    # -- the data as the loop sees it ---------------------------------------------------------------------------------------------

    def _enter(self, args: Args, model: int, *, training: bool) -> None:
        if self._hidden():
            return
        position = self.loop.position
        self.probes.within("data", lambda: self.pairs.entered(args, training=training, model=model, position=position))

    def _called_by_hand(self, root: Any, spot: Spot | None) -> None:
        """A model of bare tensors: what its first product was given."""
        inputs = next((one for one in self.graphs.inputs_of(root) if one.dim() > 1 and one.shape[0] > 1), None)
        if inputs is not None:
            self.inputs.called_with((inputs,), "train", self.loop.spots.get("loss") or spot, xray=True)

    def _pair(self, function: str, args: Args, kwargs: Kwargs, spot: Spot | None, *, training: bool) -> None:
        self.probes.within(
            "data", lambda: self.pairs.lost(function, args, kwargs, spot, self.loop.position, training=training)
        )

    def _tell_data(self) -> None:
        for figures, spots in self.pairs.figures(self.loop.position):
            self.telling.event("data-look", figures, at=self.loop.spots.get("forward"), **spots)

    # -- what has come together ---------------------------------------------------------------------------------------------------

    def _tell_cumulative(self) -> None:
        """The cumulative events, as they stand."""
        loop, spots, inputs = self.loop, self.loop.spots, self.inputs
        seeds = self._fixed_seed()
        if loop.backwards and origins.acts_for_reward(spots.get("backward")):
            self.telling.fact("reinforcement", value=True)
        shared = {
            "forwards": self._forwards,
            "val_passes": self.losses.validation.passes,
            "epochs": inputs.loaders.epochs,
            "losses": self.losses.computed,
            "target_sizes": len(self.layouts.sizes),
            "any_backwards": loop.backwards,
            "loss_without_graph": self.losses.without_graph,
            "seeded_each_step": seeds is not None,
            "by_hand": self.graphs.by_hand.steps,
            "by_hand_onto_old": self.graphs.by_hand.onto_old,
            **self.modes.figures(),
        }
        told = {key.replace("-", "_"): spot for key, spot in ({"fixed-seed": seeds} | spots).items()}
        states: list[OptimizerActs | None] = [one for one in loop.states if one.number < _IN_LOOP]
        for state in states or [None]:
            thawed = {} if state is None else {"thawed": self.coverage.thawed(state)}
            at = None if state is None else state.spot
            self.telling.event("loop", loop.figures(state) | shared | thawed, at=at, **told)
        for scheduler in self.schedulers.all:
            figures = self.schedulers.figures(scheduler) | self._cadence(scheduler)
            self.telling.event("scheduler", figures, at=scheduler.made, step=scheduler.stepped)
        training = inputs.loaders.training()
        labels = inputs.labels.figures()
        if labels is not None:
            at = training.spot if training is not None else self._ordering() or spots.get("loss")
            self.telling.event("labels", labels | {"loader": -1 if training is None else training.number}, at=at)
            if labels.get("classes", 65) <= 64 and labels["batches"] >= 8:
                self.telling.fact("priors", ",".join(f"{share:.6g}" for share in labels["shares"]))
        self.probes.within("sources", self.sources.tell)
        self.probes.within("copies", self._tell_copies)
        if inputs.prints.train or inputs.prints.val:
            validation = next((one for one in inputs.loaders.all if one is not training), None)
            figures = inputs.prints.figures() | {"training_loader": -1 if training is None else training.number}
            self.telling.event("samples", figures, at=None if validation is None else validation.spot)

    def _ordering(self) -> Spot | None:
        """Where a loop without a loader decides the order of the samples."""
        return origins.ordering(self.places, self.loop.spots.get("loss"))

    def _fixed_seed(self) -> Spot | None:
        """Where every step of the training, or every sample, is seeded with the same number."""
        training = self.inputs.loaders.training()
        each = None if training is None else training.seeding
        spots = (self.loop.spots.get("forward"), self.loop.spots.get("backward")) if self.loop.backwards else ()
        # A model that calls its own parts is called from within itself: the loop is where the backward is.
        return each or next((one for spot in spots if (one := origins.seeding(self.places, spot)) is not None), None)

    def _tell_copies(self) -> None:
        for figures, spot in self.copies.figures(self.loop.position):
            self.telling.event("copy", figures, at=spot)

    def _cadence(self, scheduler: SchedulerActs) -> dict[str, Any]:
        """How often a scheduler is stepped, against steps and epochs."""
        # The last made: an id is used again for another object.
        state = next((one for one in reversed(self.loop.states) if one.identity == scheduler.optimizer), None)
        steps = self.loop.steps if state is None else state.steps
        epochs = self.inputs.loaders.epochs
        found: dict[str, Any] = {"steps": steps, "optimizer": -1 if state is None else state.number, "epochs": epochs}
        if epochs >= 1:
            found["calls_per_epoch"] = scheduler.calls / epochs
            found["steps_per_epoch"] = steps / epochs
        return found


def _nothing(look: Any) -> Any:
    """A hook that returns nothing."""

    def hook(*args: Any) -> None:
        look(*args)

    return hook


def _forked(session: "weakref.ref[Session]") -> None:
    """A child of the watched process is not the run."""
    alive = session()
    if alive is not None:
        alive.probes.end()
