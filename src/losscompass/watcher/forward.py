"""The forward pass, looked at through hooks that stand only while a look is due: on X-ray steps, and for a batch of a pass.

Module hooks cost every module call a few microseconds, so they are taken away again; `torch.compile` would trace them, so
once it is used they are never put up.
"""

import inspect
import sys
import weakref
from collections.abc import Container
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

from .lines import Lines, release
from .places import Places, Spot

_MODE_SENSITIVE: Final = 64
"""Dropout and batch-norm modules of a model that are remembered."""

_PLAIN: Final = frozenset(("builtins", "types", "typing", "_frozen_importlib", "argparse", "numpy", "torch"))
"""Modules whose objects hold no model."""

_ANSWERS: Final = ("label", "target")
_INNER: Final = 12
"""Frames between a hook and the call of the module."""

_MODELS: Final = 32
_CALLS: Final = 4096


@dataclass(slots=True)
class Model:
    """An outermost module that was called."""

    number: int
    ref: Any  # weak
    spot: Spot | None
    variable: str
    names: dict[int, str]  # id of a parameter to its name
    sensitive: list[Any]  # weak references of the modules that behave differently in training
    kind: str
    told: bool = False

    def figures(self, loaded: Container[Any]) -> dict[str, Any]:
        """The keys of a `model` event. `loaded`: parameters that a state was loaded into."""
        module = self.ref()
        parameters = [] if module is None else list(module.parameters())
        kinds = [type(one).__name__ for ref in self.sensitive if (one := ref()) is not None]
        return {
            "number": self.number,
            "class": self.kind,
            "variable": self.variable,
            "modules": 0 if module is None else sum(1 for _ in module.modules()),
            "parameters": sum(p.numel() for p in parameters),
            "trainable": sum(p.numel() for p in parameters if p.requires_grad),
            "dropout": sum("Dropout" in kind for kind in kinds),
            "dropout_high": max(
                (float(rate) for ref in self.sensitive if isinstance(rate := getattr(ref(), "p", None), float)),
                default=0.0,
            ),
            "batch_norm": sum("Norm" in kind for kind in kinds),
            "narrowest": 0 if module is None else _narrowest(module),
            "loaded": any(p in loaded for p in parameters),
        }

    def whole_in_training(self) -> bool | None:
        """The mode of the outermost module; None where it is gone."""
        module = self.ref()
        return None if module is None else bool(module.training)

    def any_sensitive(self, training: bool) -> bool | None:
        """Whether any module for which the mode matters is in that mode; None where none is left."""
        alive = [module for ref in self.sensitive if (module := ref()) is not None]
        return any(module.training is training for module in alive) if alive else None


class Forward:
    """Hooks on modules for as long as a look is open, and on an X-ray the lines that run from a forward to its backward."""

    def __init__(self, torch: Any, places: Places) -> None:
        self._torch = torch
        self._places = places
        self._handles: list[Any] = []
        self._batch_norm = torch.nn.modules.batchnorm._NormBase
        self._dropout = torch.nn.modules.dropout._DropoutNd
        self._loss = torch.nn.modules.loss._Loss
        self.allowed = True  # no longer once torch.compile is used
        self.depth = 0
        self.models: list[Model] = []
        self._by_id: dict[int, Model] = {}
        self.last: Model | None = None  # called last
        self.evaluated: Spot | None = None  # where a model was last called without gradients
        self.trained: Spot | None = None  # and with them
        self.stray: dict[
            int, Spot | None
        ] = {}  # modules called outside any model that registers them, by id of a parameter
        # Modules with parameters that were called in training since the look began, by id; gone when they are.
        self.called: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self.lines = Lines(torch, places)
        self._xray = False
        self._graded = False  # the outermost call that is going on is one with gradients
        self.on_output: Any = None  # called with (module, output) for each module on a look
        self.on_call: Any = None  # called with (module, arguments, finder of the line) for each call in training
        self.on_outermost: Any = None  # called with (module, arguments, output) after each outermost call in training
        self.on_input: Any = None  # called with (model, arguments) for each outermost call

    # -- putting up and taking away ------------------------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        """Whether hooks stand."""
        return bool(self._handles)

    def put_up(self, guard: Any, *, xray: bool) -> None:
        """Stand hooks before and after every module call; on an X-ray note the lines from the next forward on."""
        if self._handles or not self.allowed:
            return
        module = self._torch.nn.modules.module
        self.depth = 0
        self._handles = [
            module.register_module_forward_pre_hook(_silent(guard("forward", self._before))),
            module.register_module_forward_hook(_silent(guard("forward", self._after)), always_call=True),
        ]
        self._xray = xray

    def take_away(self) -> None:
        """Take all hooks away."""
        for handle in self._handles:
            handle.remove()
        self._handles = []
        self.lines.end()
        self._xray = False

    def forget(self) -> None:
        """What was gathered for the last look."""
        self.called.clear()
        self.stray.clear()
        self.lines.forget()

    # -- modules --------------------------------------------------------------------------------------------------------------

    def _before(self, module: Any, args: tuple[Any, ...]) -> None:
        self.depth += 1
        if self._tracing() or isinstance(module, self._loss):
            return
        if self.depth == 1:
            self._graded = self._torch.is_grad_enabled()
            model = self._model(module)
            if model is not None:
                self.last = model
                if self._xray and self._torch.is_grad_enabled():
                    self.lines.begin(3)
                if self._torch.is_grad_enabled():
                    self.trained = self._places.spot(3)
                else:
                    self.evaluated = self._places.spot(3)
                if self.on_input is not None:
                    self.on_input(model, args or _by_name(module))
        if self.on_call is not None and self._torch.is_grad_enabled():
            self.on_call(module, args, lambda: self._places.spot(1))
        if module._parameters and self._graded and len(self.called) < _CALLS:
            self.called[id(module)] = module
            if self._torch.is_grad_enabled() and self.depth > 1 and self.last is not None:
                for parameter in module._parameters.values():
                    if parameter is not None and id(parameter) not in self.last.names:
                        self.stray.setdefault(id(parameter), self._places.spot(3))

    def _after(self, module: Any, args: Any, output: Any = None) -> None:
        self.depth = max(0, self.depth - 1)
        if self._tracing() or isinstance(module, self._loss):
            return
        if self.depth == 0 and self.on_outermost is not None and self._torch.is_grad_enabled():
            self.on_outermost(module, args, output)
        if self.on_output is not None:
            self.on_output(module, output)

    def _tracing(self) -> bool:
        torch = self._torch
        return bool(torch._C._get_tracing_state()) or torch._C._len_torch_dispatch_stack() > 0

    def _model(self, module: Any) -> Model | None:
        """The outermost module that the called one belongs to."""
        known = self._by_id.get(id(module))
        if known is not None and known.ref() is not None:
            return known
        if next(module.parameters(), None) is None:
            return None
        if len(self.models) >= _MODELS:
            return None
        frame = self._places.frame(3)
        outer, variable = _outermost(module, frame, self._torch.nn.Module) if frame is not None else (module, "")
        spot = None if frame is None else self._places.spot_of(frame.f_code, frame.f_lineno)
        model = self._by_id.get(id(outer))
        if model is None or model.ref() is None:
            kinds = (self._batch_norm, self._dropout)
            model = Model(
                number=len(self.models),
                ref=weakref.ref(outer),
                spot=spot,
                variable=variable,
                names={id(parameter): name for name, parameter in outer.named_parameters()},
                sensitive=[weakref.ref(one) for one in outer.modules() if isinstance(one, kinds) and _matters(one)][
                    :_MODE_SENSITIVE
                ],
                kind=type(outer).__name__,
            )
            self.models.append(model)
            self._by_id[id(outer)] = model
        self._by_id[id(module)] = model
        return model

    def renamed(self, model: Model) -> None:
        """Parameters may have been added since the model was first seen (lazy modules, a new head)."""
        module = model.ref()
        if module is not None:
            model.names = {id(parameter): name for name, parameter in module.named_parameters()}

    def name_of(self, parameter: Any) -> str | None:
        """The name of a parameter in the model that registers it, None if none does."""
        for model in self.models:
            name = model.names.get(id(parameter))
            if name is not None:
                return name
        return None


def _matters(module: Any) -> bool:
    """Whether the mode of a module matters: a dropout of 0 and a norm without running statistics do the same in both."""
    rate = getattr(module, "p", None)
    if rate is not None:
        return bool(rate)
    return bool(getattr(module, "track_running_stats", True))


def _narrowest(module: Any) -> int:
    """The fewest units that a layer before the last one has; 0 where there is no such layer."""
    widths = []
    for one in module.modules():
        for key in ("out_features", "out_channels", "hidden_size"):
            width = getattr(one, key, None)
            if isinstance(width, int) and width > 0 and one._parameters:
                widths.append(width)
                break
    return min(widths[:-1], default=0)


def _silent(guarded: Any) -> Any:
    """A hook that returns nothing, so that what the module was given and made stays as it is."""

    def hook(*args: Any) -> None:
        guarded(*args)

    return hook


def _by_name(module: Any) -> tuple[Any, ...]:
    """What a module is given by name alone, as `model(**batch)` does, without what is named as an answer: hooks are not told of it."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_INNER):
        if frame is None:
            break
        if frame.f_code.co_name == "_call_impl" and frame.f_locals.get("self") is module:
            named = frame.f_locals.get("kwargs") or {}
            return ({key: one for key, one in named.items() if not key.startswith(_ANSWERS)},)
        frame = frame.f_back
    return ()


def _outermost(module: Any, frame: Any, kind: type) -> tuple[Any, str]:
    """The largest module, among those that the calling code names, that holds the called one; and what it is called there.

    A model whose methods are called (`model.encode(x)`) is found by the `self` of the caller, one whose parts are called
    (`model.head(z)`) by the variable.
    """
    optimized = frame.f_code.co_flags & inspect.CO_OPTIMIZED
    names = frame.f_locals
    best, size, variable = module, -1, ""
    for scope in (names, frame.f_globals) if optimized else (names,):
        for name, value in list(scope.items())[:2000]:
            for called, candidate in ((name, value), *_held(name, value, kind)):
                if isinstance(candidate, kind):
                    held = list(candidate.modules())  # type: ignore[attr-defined]
                    if len(held) > size and any(one is module for one in held):
                        best, size, variable = candidate, len(held), called
    release(frame)  # it must not keep the user's tensors alive
    if variable == "self":
        variable = ""
    return best, variable


def in_reach(frame: Any, kind: type) -> list[tuple[str, Any]]:
    """The modules that the calling code names, or holds in an object of its own."""
    optimized = frame.f_code.co_flags & inspect.CO_OPTIMIZED
    names = frame.f_locals
    found: list[tuple[str, Any]] = []
    for scope in (names, frame.f_globals) if optimized else (names,):
        for name, value in list(scope.items())[:2000]:
            if isinstance(value, kind):
                found.append((name, value))
            elif type(value).__module__ not in _PLAIN and hasattr(value, "__dict__") and not isinstance(value, type):
                found += [(one, held) for one, held in list(vars(value).items())[:200] if isinstance(held, kind)]
    release(frame)  # it must not keep the user's tensors alive
    return found


def _held(name: str, value: Any, kind: type) -> list[tuple[str, Any]]:
    """The modules that an object of the user's own (a trainer) holds as attributes."""
    if name != "self" or isinstance(value, kind) or not hasattr(value, "__dict__"):
        return []
    return list(vars(value).items())[:200]
