"""What an optimiser holds, against what the loss reaches, what the model registers, and what a step changed."""

import weakref
from collections.abc import Iterable
from typing import Any, Final

from .contract import LOOKED_AT, few
from .forward import Forward, Model
from .loop import Loop, OptimizerActs

_NAMES: Final = 8
"""Parameters that are named."""

_ENOUGH: Final = 64
"""Numbers of a weight by which its first distribution is known again."""


class Marked:
    """Tensors that are remembered without being held; an id that is used again is another tensor's."""

    def __init__(self) -> None:
        self._by_id: dict[int, weakref.ref[Any]] = {}
        self._room = 1024

    def update(self, tensors: Iterable[Any]) -> None:
        """Remember these."""
        self._by_id.update((id(one), weakref.ref(one)) for one in tensors)
        if len(self._by_id) > self._room:
            self._by_id = {key: ref for key, ref in self._by_id.items() if ref() is not None}
            self._room = max(1024, 2 * len(self._by_id))

    def __contains__(self, tensor: object) -> bool:
        ref = self._by_id.get(id(tensor))
        return ref is not None and ref() is tensor


class Coverage:
    """Gathers what the backwards since the last step of each optimiser reached."""

    def __init__(self, torch: Any, loop: Loop, forward: Forward) -> None:
        self._torch = torch
        self._loop = loop
        self._forward = forward
        self._reached: dict[
            int, dict[int, Any]
        ] = {}  # number of an optimiser -> id -> tensor (weak), since its last step
        self._frozen = Marked()  # parameters of a model that wanted no gradient when it was looked at
        self.loaded = Marked()  # parameters that a state was loaded into
        self.stepped = Marked()  # parameters that an optimiser has stepped

    def reached(self, leaves: Iterable[Any]) -> frozenset[int]:
        """A backward reaches these tensors; the numbers of the optimisers that hold any of them."""
        by_id = {id(leaf): weakref.ref(leaf) for leaf in leaves}
        numbers = set()
        for state in self._loop.states:
            if state.ref() is None:
                self._reached.pop(state.number, None)
                continue
            self._reached.setdefault(state.number, {}).update(by_id)
            if any(id(parameter) in by_id for parameter in state.parameters()):
                numbers.add(state.number)
        return frozenset(numbers)

    def thawed(self, state: OptimizerActs) -> int:
        """How many of the tensors that it holds wanted no gradient at a look, and want one now."""
        return sum(p.requires_grad and p in self._frozen for p in state.parameters())

    def forget(self) -> None:
        """A look is over."""
        self._reached.clear()

    def figures(self, state: OptimizerActs) -> dict[str, Any] | None:
        """The keys of a `coverage` event (docs/events.md); None where no backward was X-rayed since the last step."""
        kept = self._reached.pop(state.number, None)
        if kept is None:
            return None
        reached = {key: leaf for key, ref in kept.items() if (leaf := ref()) is not None}
        held = {id(p): p for p in state.parameters()}
        held_by_any = {id(p) for other in self._loop.states for p in other.parameters()}
        held_by_others = {id(p) for other in self._loop.states if other is not state for p in other.parameters()}
        models = self._models(reached)
        registered: dict[int, tuple[Any, str]] = {}
        for model in models:
            module = model.ref()
            if module is not None:
                registered |= {id(p): (p, name) for name, p in module.named_parameters()}
        parameter = self._torch.nn.Parameter

        def name(one: Any) -> str:
            known = registered.get(id(one))
            return known[1] if known is not None else f"{'×'.join(map(str, one.shape)) or 'scalar'}"

        not_reached = [p for key, p in held.items() if p.requires_grad and key not in reached]
        held_frozen = [p for p in held.values() if not p.requires_grad]
        unheld = [p for key, p in reached.items() if key not in held_by_any and key in registered]
        unregistered = [p for key, p in reached.items() if key not in registered and isinstance(p, parameter)]
        cut = self._cut(reached)
        frozen = [p for p, _ in registered.values() if not p.requires_grad]
        fresh = self._fresh(frozen)
        elements = sum(p.numel() for p in reached.values())
        everything = sum(p.numel() for p, _ in registered.values())

        def known(one: Any) -> bool:
            return one in self.loaded or one in self.stepped

        found: dict[str, Any] = {
            "optimizer": state.number,
            "held": len(held),
            "held_elements": sum(p.numel() for p in held.values()),
            "held_not_reached": len(not_reached),
            "held_not_reached_names": _names(not_reached, name),
            "held_frozen": len(held_frozen),
            "held_frozen_names": _names(held_frozen, name),
            "model_parameters": len(registered),
            "model_reached": sum(key in registered for key in reached),
            "reached_held": sum(key in held for key in reached),
            "reached_not_held": len(unheld),
            "reached_not_held_names": _names(unheld, name),
            "reached_not_held_share": sum(p.numel() for p in unheld) / elements if elements else 0.0,
            "reached_not_held_loaded": any(known(p) for p in unheld),
            "held_called": sum(self._forward.name_of(p) is not None for p in held.values()),
            "held_elsewhere": sum(key in held_by_others for key in held),
            "unregistered": len(unregistered),
            "unregistered_names": _names(unregistered, name),
            "unregistered_held": sum(id(p) in held_by_any for p in unregistered),
            "cut": len(cut),
            "cut_names": _names(cut, lambda one: self._forward.name_of(one) or name(one)),
            "frozen": len(frozen),
            "frozen_names": _names(frozen, name),
            "frozen_share": sum(p.numel() for p in frozen) / everything if everything else 0.0,
            "frozen_loaded": any(known(p) for p in frozen),
            "frozen_fresh": len(fresh),
            "frozen_fresh_names": _names(fresh, name),
        }
        self.stepped.update(p for key, p in held.items() if key in reached)
        self._frozen.update((*frozen, *held_frozen))
        return found

    def _models(self, reached: dict[int, Any]) -> list[Model]:
        """The models that the loss went through; the one called last where it went through none."""
        models = []
        for model in self._forward.models:
            if model.ref() is None:
                continue
            if not any(key in model.names for key in reached):
                continue
            self._forward.renamed(model)
            models.append(model)
        last = self._forward.last
        return models or ([last] if last is not None and last.ref() is not None else [])

    def _cut(self, reached: dict[int, Any]) -> list[Any]:
        """Parameters that want gradients, of modules that were called with gradients, that the loss does not reach."""
        found: dict[int, Any] = {}
        for module in self._forward.called.values():
            if not module.training:
                continue
            for parameter in module._parameters.values():
                if parameter is not None and parameter.requires_grad and id(parameter) not in reached:
                    found[id(parameter)] = parameter
        return list(found.values())

    def _fresh(self, frozen: list[Any]) -> list[Any]:
        """Weights without a gradient, of modules that were called for training, whose numbers are still torch's own first ones.

        Linear layers and convolutions begin evenly spread within ±1/√(inputs); weights that have learned anything are not.
        """
        wanted = {id(p) for p in frozen if p not in self.loaded and p not in self.stepped}
        found = []
        for module in self._forward.called.values() if wanted else ():
            weight = module._parameters.get("weight")
            if weight is None or id(weight) not in wanted or weight.dim() < 2 or weight.numel() < _ENOUGH:
                continue
            bound = weight[0].numel() ** -0.5
            part = few(weight.detach(), LOOKED_AT).float()
            most, spread = float(part.abs().max()), float(part.std(correction=0))
            if 0.9 * bound < most <= bound * (1 + 1e-5) and abs(spread * 3**0.5 / bound - 1) < 0.1:
                found.append(weight)
        return found


def _names(parameters: list[Any], name: Any) -> tuple[str, ...]:
    return tuple(str(name(one)) for one in parameters[:_NAMES])
