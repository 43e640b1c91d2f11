"""CatBoost's catboost_training.json: names once in `meta`, numbers by place in `iterations`."""

from collections.abc import Iterator, Mapping

from ..evidence.records import Fact, Record
from .table import records_from_rows


def is_catboost(document: Mapping[str, object]) -> bool:
    """Whether the document has the shape that CatBoost writes."""
    meta, iterations = document.get("meta"), document.get("iterations")
    return (
        isinstance(meta, Mapping)
        and isinstance(iterations, list)
        and any(str(key).endswith("_metrics") for key in meta)
    )


def records_of_catboost(document: Mapping[str, object]) -> Iterator[Record]:
    """Yield one series for each metric on each set. CatBoost's test sets are its `eval_set`: validation data."""
    meta = document["meta"]
    assert isinstance(meta, Mapping)
    yield Fact("framework", "catboost")
    for key in ("name", "iteration_count", "launch_mode"):
        value = meta.get(key)
        if isinstance(value, (str, int, float)):
            yield Fact(key, value)
    learn, test = (_metrics(meta.get(key)) for key in ("learn_metrics", "test_metrics"))
    yield from records_from_rows(_rows(document["iterations"], learn, test))


def _rows(iterations: object, learn: list[str], test: list[str]) -> Iterator[Mapping[str, object]]:
    for entry in iterations if isinstance(iterations, list) else []:
        if not isinstance(entry, Mapping):
            continue
        row: dict[str, object] = {}
        for key, value in entry.items():
            if not isinstance(value, list):
                row[str(key)] = value
                continue
            metrics = learn if key == "learn" else test
            phase = str(key).replace("test", "validation", 1) if key != "learn" else "learn"
            for index, number in enumerate(value):
                metric = metrics[index] if index < len(metrics) else f"metric {index + 1}"
                row[f"{phase}/{metric}"] = number
        yield row


def _metrics(entries: object) -> list[str]:
    if not isinstance(entries, list):
        return []
    return [str(entry.get("name", "metric")) if isinstance(entry, Mapping) else str(entry) for entry in entries]
