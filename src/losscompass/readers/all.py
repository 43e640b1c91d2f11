"""Every reader, the most specific first: the first whose `sniff` says yes reads the file."""

from . import (
    csv_table,
    dvclive,
    hf_folder,
    journal,
    json_log,
    mlflow,
    notebook,
    numbered_json,
    printed,
    python_lists,
    tensorboard,
    wandb_offline,
)
from .base import Reader

READERS: tuple[Reader, ...] = (
    journal.READER,
    tensorboard.READER,
    wandb_offline.READER,
    mlflow.READER,
    dvclive.READER,
    hf_folder.READER,
    numbered_json.READER,
    notebook.READER,
    json_log.READER,
    csv_table.READER,
    printed.READER,  # any text that prints numbers: after all that is more specific
    python_lists.READER,  # curves that a text prints whole, once: where nothing is printed line by line
)
