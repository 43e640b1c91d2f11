"""Every reader, the most specific first: the first whose `sniff` says yes reads the file."""

import importlib

from .base import Reader

_MODULES = ("journal", "tensorboard", "wandb_offline", "mlflow", "json_log", "csv_table", "printed")


def _present() -> tuple[Reader, ...]:
    found: list[Reader] = []
    for name in _MODULES:
        try:
            found.append(importlib.import_module(f"{__package__}.{name}").READER)
        except (ImportError, AttributeError):
            continue
    return tuple(found)


READERS: tuple[Reader, ...] = _present()
