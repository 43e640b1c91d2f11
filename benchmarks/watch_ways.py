"""The ways to look at a training that `bench_watch.py` compares. Each is switched on and off between chunks of steps."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from losscompass.evidence.recorder import Recorder
from losscompass.watcher.session import Session
from watch_models import Training


class Plain:
    """Nothing but the training."""

    def __init__(self, training: Training) -> None:
        self.training = training

    def on(self) -> None:
        """A chunk begins."""

    def off(self) -> None:
        """It is over."""

    def after(self) -> None:
        """What is done after each step."""

    def end(self) -> None:
        """All is over."""


class Watched(Plain):
    """losscompass as `losscompass run` sets it up, into a real journal. The time of other chunks is no part of its run."""

    def __init__(self, training: Training) -> None:
        super().__init__(training)
        self._folder = tempfile.TemporaryDirectory()
        self._recorder = Recorder(Path(self._folder.name) / "journal.lcj")
        self.session: Any = None
        self._since = 0.0

    def on(self) -> None:
        if self.session is None:
            self.session = Session(self._recorder, torch, os.getcwd())  # noqa: PTH109
            self.session.start()
            return
        session = self.session
        session.budget.began += perf_counter() - self._since
        session._tell_at += perf_counter() - self._since  # noqa: SLF001
        look, session._open_look = session._open_look, lambda _: None  # noqa: SLF001 - the look of the last step goes on
        session.start()
        session._open_look = look  # noqa: SLF001
        if session._xray or session._sample:  # noqa: SLF001
            session.forward.put_up(session.probes.guard, xray=session._xray)  # noqa: SLF001

    def off(self) -> None:
        session = self.session
        session.forward.take_away()
        for hook in session._hooks:  # noqa: SLF001
            hook.remove()
        session.patches.undo()
        self._since = perf_counter()

    def end(self) -> None:
        self.on()
        self.session.finish()
        if self.session.probes.broken:
            raise SystemExit(f"looks were switched off: {self.session.probes.broken}")
        self._recorder.close()
        self._folder.cleanup()


class Naive(Plain):
    """Norm, mean, standard deviation and share of zeros of every gradient and weight, at every step."""

    def after(self) -> None:
        for parameter in self.training.model.parameters():
            for tensor in (parameter.detach(), parameter.grad):
                if tensor is not None:
                    tensor.norm().item()
                    tensor.mean().item()
                    tensor.std().item()
                    (tensor == 0).float().mean().item()


class TensorBoard(Plain):
    """Loss and learning rate at every step."""

    def __init__(self, training: Training) -> None:
        super().__init__(training)
        from torch.utils.tensorboard import SummaryWriter

        self._folder = tempfile.TemporaryDirectory()
        self._writer = SummaryWriter(self._folder.name)
        self._steps = 0

    def after(self) -> None:
        self._steps += 1
        self._writer.add_scalar("train/loss", self.training.loss, self._steps)
        self._writer.add_scalar("lr", self.training.optimizer.param_groups[0]["lr"], self._steps)

    def end(self) -> None:
        self._writer.close()
        self._folder.cleanup()


class Wandb(Plain):
    """`wandb.watch(log="all")` at every step, offline, and the loss."""

    def __init__(self, training: Training) -> None:
        super().__init__(training)
        import wandb

        self._wandb = wandb
        self._folder = tempfile.TemporaryDirectory()
        os.environ["WANDB_SILENT"] = "true"
        self._run = wandb.init(mode="offline", dir=self._folder.name, project="bench")

    def on(self) -> None:
        self._wandb.watch(self.training.model, log="all", log_freq=1)

    def off(self) -> None:
        self._wandb.unwatch(self.training.model)

    def after(self) -> None:
        self._run.log({"loss": self.training.loss})

    def end(self) -> None:
        self._run.finish()
        with suppress(OSError):
            self._folder.cleanup()


WAYS = {"plain": Plain, "losscompass": Watched, "naive": Naive, "tensorboard": TensorBoard, "wandb": Wandb}
