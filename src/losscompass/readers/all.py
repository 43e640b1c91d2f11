"""Every reader, the most specific first: the first whose `sniff` says yes reads the file."""

from . import csv_table, dvclive, hf_folder, journal, json_log, mlflow, notebook, printed, tensorboard, wandb_offline
from .base import Reader

READERS: tuple[Reader, ...] = (
    journal.READER,
    tensorboard.READER,
    wandb_offline.READER,
    mlflow.READER,
    dvclive.READER,
    hf_folder.READER,
    notebook.READER,
    json_log.READER,
    csv_table.READER,
    printed.READER,  # any text that prints numbers: after all that is more specific
)
