"""Copies of the trained weights that nobody trains: averages, targets, teachers. How far have they come along?

Of the trained weights a sample is kept as they were before the first step. A module with tensors of the same shapes, in the same
order, that no optimiser holds is compared with the trained one now and then: the share of the way that it has gone along.
"""

import weakref
from typing import Any, Final

from .forward import Forward, in_reach
from .loop import OptimizerActs
from .places import Places, Spot

NUMBERS: Final = 100_000
"""Of the trained weights that are kept, per optimiser."""

_OPTIMIZERS: Final = 4
_COPIES: Final = 4
_FRAMES: Final = 6  # of the functions that called each other: the copy is made in one, and the step in another
_FIRST: Final = 10
"""Steps before which no copy can have come far."""


class _Trained:
    """The tensors of an optimiser, and a sample of what they were."""

    def __init__(self, parameters: list[Any]) -> None:
        self.refs = [weakref.ref(one) for one in parameters]
        self.each = max(1, NUMBERS // max(1, len(parameters)))
        self.start = [_sample(one, self.each) for one in parameters]
        self.by_id = {id(one): number for number, one in enumerate(parameters)}


class Candidate:
    """A module that may be a copy."""

    def __init__(self, module: Any, variable: str, spot: Spot | None) -> None:
        self.ref = weakref.ref(module)
        self.variable = variable
        self.spot = spot
        self.looks = self.called = 0  # steps that were looked at since it is known, and those in which it was called


class Copies:
    """Keeps the start, and finds and compares the copies."""

    def __init__(self, torch: Any, places: Places, forward: Forward) -> None:
        self._torch = torch
        self._places = places
        self._forward = forward
        self._trained: list[_Trained] = []
        self.candidates: dict[int, Candidate] = {}
        self._called: set[int] = set()

    def before_first_step(self, state: OptimizerActs) -> None:
        """An optimiser is about to step for the first time."""
        parameters = [one for one in state.parameters() if one.is_floating_point() and not one.is_sparse]
        known = {number for trained in self._trained for number in trained.by_id}
        if len(self._trained) < _OPTIMIZERS and parameters and not any(id(one) in known for one in parameters):
            self._trained.append(_Trained(parameters))

    def search(self, depth: int) -> None:
        """Modules that the calling code, what called it, or an object that either names, holds beside the trained one."""
        frame = self._places.frame(depth + 1) if self._trained else None
        for _ in range(_FRAMES):
            if frame is None:
                return
            if self._places.owns(frame.f_code):
                for name, module in in_reach(frame, self._torch.nn.Module):
                    self._consider(module, name, None)
            frame = frame.f_back

    def called(self, module: Any) -> None:
        """A model was called while a look was open."""
        self._called.add(id(module))

    def stepped(self) -> None:
        """A step that was looked at is over."""
        for model in self._forward.models:
            module = model.ref()
            if module is not None:
                self._consider(module, model.variable, model.spot)
        for key, one in self.candidates.items():
            one.looks += 1
            one.called += key in self._called
        self._called.clear()

    def figures(self, position: int) -> list[tuple[dict[str, Any], Spot | None]]:
        """A `copy` event each. Nothing before the tenth step."""
        if position < _FIRST:
            return []
        found = []
        for number, one in enumerate(self.candidates.values()):
            module = one.ref()
            compared = None if module is None else self._compare(module)
            if module is not None and compared is not None:
                data = {
                    "number": number,
                    "class": type(module).__name__,
                    "variable": one.variable,
                    "looks": one.looks,
                    "called": one.called,
                    **compared,
                }
                found.append((data, one.spot))
        return found

    def _consider(self, module: Any, variable: str, spot: Spot | None) -> None:
        known = self.candidates.get(id(module))
        if known is not None and known.ref() is module:
            known.spot = known.spot or spot
            return
        if len(self.candidates) < _COPIES and self._twin(module) is not None:
            self.candidates[id(module)] = Candidate(module, variable, spot)

    def _twin(self, module: Any) -> tuple[_Trained, list[Any]] | None:
        """The trained tensors that this module's are a copy of, by their shapes."""
        mine = list(module.parameters())
        if not mine or any(id(one) in trained.by_id for trained in self._trained for one in mine):
            return None
        shapes = [one.shape for one in mine]
        for trained in self._trained:
            theirs = [ref() for ref in trained.refs]
            if [None if one is None else one.shape for one in theirs] == shapes:
                return trained, mine
        return None

    def _compare(self, module: Any) -> dict[str, Any] | None:
        found = self._twin(module)
        if found is None:
            return None
        trained, copied = found
        along = way = apart = size = whole = numbers = 0.0
        for ref, start, copy in zip(trained.refs, trained.start, copied, strict=True):
            now = ref()
            if now is None or copy.device != now.device:
                return None
            begin, end, mine = start, _sample(now, trained.each), _sample(copy, trained.each)
            sums = (
                float(((mine - begin) * (end - begin)).sum()),
                float(((end - begin) ** 2).sum()),
                float(((mine - end) ** 2).sum()),
                float((mine**2).sum()),
                float((end**2).sum()),
            )
            along, way, apart, size, whole = (
                one + other for one, other in zip((along, way, apart, size, whole), sums, strict=True)
            )
            numbers += len(begin)
        if not way or not whole:
            return None
        return {
            "numbers": int(numbers),
            "travelled": along / way,
            "apart": (apart / way) ** 0.5,
            "size": (size / whole) ** 0.5,
        }


def _sample(tensor: Any, most: int) -> Any:
    """Evenly spread numbers of a tensor, as they are now: an array, so that no tensor is kept alive beside the user's."""
    flat = tensor.detach().reshape(-1)
    return flat[:: max(1, -(-flat.numel() // most))].double().cpu().numpy().copy()
