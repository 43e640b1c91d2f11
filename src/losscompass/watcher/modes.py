"""Training or evaluation: in which mode the models are when they are trained, and when they are validated."""

from collections import deque
from typing import Final

from .forward import Forward, Model
from .loop import Loop
from .places import Spot

_CHECKS: Final = 64
"""Backwards whose mode is always looked at; later on X-ray steps, and on every eighth."""

_RARELY: Final = 8
_LATE: Final = 8
"""The last looks: a model that is put into eval mode by its first validation, and never back, was trained rightly before."""


class Modes:
    """Counts forwards in the wrong mode. Only models with modules for which the mode matters are counted."""

    def __init__(self, forward: Forward, loop: Loop) -> None:
        self._forward = forward
        self._loop = loop
        self.train_checked = self.train_in_eval = 0
        self.val_checked = self.val_in_train = 0
        self._late: deque[bool] = deque(maxlen=_LATE)
        # Calls without gradients, whatever came of them: where a loss is written by hand, they are all there is of a validation.
        self.called = self.called_in_train = self.episodes = 0
        self._evaluated: Model | None = None  # the one that was last called without gradients
        self._ever: set[int] = set()  # the numbers of all that were
        self._since = True  # a backward since the last of them

    def trained(self, *, xray: bool) -> None:
        """A backward: is the model as a whole in the mode of evaluation?"""
        self._since = True
        if self.train_checked >= _CHECKS and not xray and self._loop.backwards % _RARELY:
            return
        model = self._forward.last
        if model is None or not model.sensitive:
            return
        training = model.whole_in_training()
        if training is None:
            return
        self.train_checked += 1
        wrong = not training and not model.any_sensitive(training=True)
        self.train_in_eval += wrong
        self._late.append(wrong)
        if wrong and (spot := self._loop.spots.get("eval")) is not None:
            self._loop.spots.setdefault("switched", spot)

    def without_gradients(self, model: Model) -> None:
        """A model is called without gradients."""
        wrong = model.any_sensitive(training=True)
        self._evaluated = model
        self._ever.add(model.number)
        if wrong is None or not self._loop.backwards:
            return
        self.called += 1
        self.called_in_train += wrong and bool(model.whole_in_training())
        if (spot := self._forward.evaluated) is not None:
            self._loop.spots.setdefault("val-call", spot)
        self.episodes += self._since
        self._since = False

    def validated(self, spot: Spot | None) -> None:
        """A loss without gradients: is the model as a whole in the mode of training?"""
        # Not every call is seen: an average that is validated in the place of the model was called without gradients before.
        model = self._forward.last
        if model is not None and self._evaluated is not None and model.number not in self._ever:
            model = self._evaluated
        sensitive = None if model is None else model.any_sensitive(training=True)
        if model is None or sensitive is None:
            return
        self.val_checked += 1
        wrong = bool(sensitive and model.whole_in_training())
        self.val_in_train += wrong
        spot = self._forward.evaluated or spot
        # The first that was in training mode is the one to point to: after it, a model may be called for other ends.
        if spot is not None and (self.val_in_train == wrong):
            self._loop.spots["val-forward"] = spot

    def figures(self) -> dict[str, int]:
        """The keys of a `loop` event that speak of modes."""
        return {
            "mode_sensitive": sum(len(model.sensitive) for model in self._forward.models),
            "train_checked": self.train_checked,
            "train_in_eval": self.train_in_eval,
            "val_checked": self.val_checked,
            "val_in_train": self.val_in_train,
            "train_in_eval_late": sum(self._late),
            "called": self.called,
            "called_in_train": self.called_in_train,
            "episodes": self.episodes,
        }
