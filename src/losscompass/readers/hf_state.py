"""Hugging Face's trainer_state.json: the rows are in `log_history`, what holds for the run beside it."""

from collections.abc import Iterator, Mapping

from ..evidence.records import Fact, Record, Skipped
from .table import records_from_rows

_FACTS = (
    *(
        "best_metric",
        "best_model_checkpoint",
        "best_global_step",
        "epoch",
        "global_step",
        "max_steps",
        "num_train_epochs",
    ),
    *("train_batch_size", "eval_steps", "logging_steps", "save_steps", "num_input_tokens_seen", "total_flos"),
)


def is_trainer_state(document: Mapping[str, object]) -> bool:
    """Whether the document is a trainer's state."""
    return isinstance(document.get("log_history"), list)


def records_of_trainer_state(document: Mapping[str, object]) -> Iterator[Record]:
    """Yield the facts, then the rows. The row that sums up the training at its end is facts, not points."""
    yield Fact("framework", "transformers")
    for key in _FACTS:
        value = document.get(key)
        if isinstance(value, (str, int, float)):
            yield Fact(key, value)
    history = document["log_history"]
    assert isinstance(history, list)
    rows = [row for row in history if isinstance(row, Mapping)]
    if len(rows) < len(history):
        yield Skipped("damaged-row", len(history) - len(rows))
    summaries = [row for row in rows if "train_runtime" in row]
    for row in summaries:
        for key, value in row.items():
            if key not in ("step", "epoch") and isinstance(value, (int, float)):
                yield Fact(str(key), value)
    yield from records_from_rows(row for row in rows if "train_runtime" not in row)
