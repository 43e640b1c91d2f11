"""What is told of the data: loaders, batches, labels, samples seen again."""

import weakref
from collections.abc import Iterable
from time import perf_counter
from typing import Any, Final

from .batches import Fingerprints, Labels, Loader, Loaders, batch_figures, first_tensor, loader_figures
from .budget import Budget
from .contract import arguments
from .places import Places, Spot
from .several import main_tensor
from .telling import Telling

_LABEL_BATCHES: Final = 32
"""Batches whose labels are always taken; more of them as the budget allows."""

_LABELS: Final = 65_536
_ALWAYS: Final = 8
"""Batches of a pass whose samples are always fingerprinted; more of them as the budget allows."""

_PASSES: Final = 2
"""Passes over a loader that are fingerprinted: later ones show the same samples."""

_BATCHES: Final = 512


class Inputs:
    """Follows the loaders, and looks at what they give."""

    def __init__(self, torch: Any, places: Places, telling: Telling, budget: Budget) -> None:
        self._torch = torch
        self._telling = telling
        self._budget = budget
        self.loaders = Loaders(places)
        self.labels = Labels()
        self.prints = Fingerprints(torch)
        self._inputs: Any = None  # what the loader gave last, weak
        self._trained = False  # the batch that is going on was trained on
        self._rows = 0  # samples of the batch that was seen last
        self.known = False  # the inputs of this step were looked at

    # -- loaders ---------------------------------------------------------------------------------------------------------------

    def made(self, loader: Any, depth: int) -> None:
        """A loader was constructed."""
        self.loaders.made(loader, depth + 1)

    def started(self, loader: Any, iterator: Any, depth: int) -> Loader | None:
        """A pass over a loader begins."""
        known = self.loaders.started(loader, iterator, depth + 1)
        if known is None:
            return None
        if known is self.loaders.training():
            self.prints.begin_pass()
        if not known.told:
            known.told = True
            figures = {"loader": known.number, **loader_figures(self._torch, loader)}
            self._telling.event("loader", figures, at=known.spot)
        return known

    def given(self, iterator: Any, batch: Any) -> Loader | None:
        """A loader has given a batch."""
        loader = self.loaders.went_on(iterator)
        if loader is None:
            return None
        loader.batches += 1
        self._trained = False
        if self._inputs is None and loader.passes > _PASSES and loader.batches > 1:
            return loader
        inputs = first_tensor(self._torch, batch)
        self._inputs = None if inputs is None else weakref.ref(inputs)
        training = self.loaders.training()
        if inputs is not None and training is not None and loader is not training:
            self._fingerprint(inputs, loader, train=False)
        return loader

    def given_last(self) -> Any:
        """The first tensor of the batch that a loader gave last, while it lives."""
        return None if self._inputs is None else self._inputs()

    def rows_shuffled(self) -> int:
        """How many samples the batch that is trained on holds, drawn at random and stacked as torch does it; else -1."""
        loader, batch = self.loaders.current, self.given_last()
        made = None if loader is None else loader.ref()
        if made is None or batch is None:
            return -1
        data = self._torch.utils.data
        drawn = isinstance(made.sampler, data.RandomSampler | data.WeightedRandomSampler | data.SubsetRandomSampler)
        stacked = made.collate_fn is data.default_collate and made.batch_size is not None
        return int(batch.shape[0]) if drawn and stacked else -1

    def trained(self) -> None:
        """A backward: the batch that was given last is trained on."""
        loader = self.loaders.current
        if loader is None or self._trained:
            return
        self._trained = True
        loader.in_training += 1
        inputs = None if self._inputs is None else self._inputs()
        if inputs is not None:
            self._fingerprint(inputs, loader, train=True)

    def _fingerprint(self, inputs: Any, loader: Loader, *, train: bool) -> None:
        if loader.passes > _PASSES or inputs.dim() < 2 or loader.batches > _BATCHES:
            return
        if loader.batches > _ALWAYS and not self._budget.allows():
            return
        began = perf_counter()
        if train:
            self.prints.trained(inputs)
        else:
            self.prints.validated(inputs, loader.number)
        self._budget.charge(began)

    # -- batches ---------------------------------------------------------------------------------------------------------------

    def called_with(self, args: tuple[Any, ...], phase: str, spot: Spot | None, *, xray: bool) -> None:
        """The outermost module was called, on a step that is looked at."""
        if self.known:
            return
        inputs = main_tensor(self._torch, args, first_tensor(self._torch, args))
        if inputs is None or inputs.requires_grad:
            return
        self.known = True
        self._rows = int(inputs.shape[0])
        began = perf_counter()
        figures = batch_figures(self._torch, inputs)
        if xray or self._telling.times(f"batch:{phase}", 3):
            self._telling.event("batch", {"phase": phase, **figures}, at=spot)
        if figures["nonfinite"] > 0:
            self._telling.nonfinite("input", "", figures["nonfinite"], phase, spot)
        self._budget.charge(began)

    def broken(self, inputs: Iterable[Any], forward: Spot | None) -> None:
        """The loss is no number for the first time: were the data that it was computed from?"""
        loader = self.loaders.current
        spot = forward if loader is None else loader.spot
        for one in inputs:
            if one.is_floating_point() and one.numel():
                share = 1.0 - float(self._torch.isfinite(one).double().mean())
                if share > 0:
                    self._telling.nonfinite("input", "", share, "train", spot)
                    return

    def labelled(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A loss was computed in training: the labels of its batch, if it has one a sample."""
        if self.labels.batches >= _LABEL_BATCHES and not self._budget.allows():
            return
        _, target = arguments(args, kwargs)
        torch = self._torch
        if not isinstance(target, torch.Tensor) or not target.is_cpu or target.numel() > _LABELS:
            return
        if target.dim() > 1 and target.shape[1:].numel() != 1:
            return
        if self._rows and target.dim() and target.shape[0] % self._rows == 0 and target.shape[0] > self._rows:
            return  # several a sample: the tokens of a text, the pixels of an image
        began = perf_counter()
        self.labels.add(target.detach().reshape(-1).tolist())
        if self.labels.batches > _LABEL_BATCHES:
            self._budget.charge(began)
