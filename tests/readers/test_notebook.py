"""Notebooks: streams, tables in HTML, several trainings in one, and files that only look like one."""

import json
from pathlib import Path

import numpy as np
import pytest

from losscompass.readers.discover import gather


def _notebook(path: Path, *cells: list[dict[str, object]]) -> Path:
    body = [{"cell_type": "markdown", "metadata": {}, "source": ["# Training, loss: 5"]}]
    body += [
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["fit()"], "outputs": list(outputs)}
        for outputs in cells
    ]
    path.write_text(json.dumps({"cells": body, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


def _stream(*lines: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": [line + "\n" for line in lines]}


def test_what_a_cell_printed_is_a_log(tmp_path: Path) -> None:
    lines = [f"Epoch {i}, train loss: {1 / i:.4f}, val loss: {1.5 / i:.4f}" for i in range(1, 13)]
    gathered = gather([_notebook(tmp_path / "a.ipynb", [_stream("hello")], [_stream(*lines[:5]), _stream(*lines[5:])])])
    (run,) = gathered.runs
    np.testing.assert_allclose(run.series["train/loss"].value, [round(1 / i, 4) for i in range(1, 13)])
    assert run.series["val/loss"].axis == "epoch"
    assert run.name == ""
    assert run.facts["format"] == "notebook"


def test_each_cell_that_trained_is_a_run(tmp_path: Path) -> None:
    first = _stream(*[f"Epoch {i} loss: {2 / i:.4f}" for i in range(1, 9)])
    second = _stream(*[f"Epoch {i} loss: {3 / i:.4f}" for i in range(1, 9)])
    gathered = gather([_notebook(tmp_path / "a.ipynb", [first], [_stream("some words")], [second])])
    assert [run.name for run in gathered.runs] == ["cell 2", "cell 4"]


def test_tables_in_html_stand_for_their_plain_text(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>{500 * i}</td><td>{2 / i:.6f}</td><td>{2.5 / i:.6f}</td></tr>" for i in range(1, 9))
    html = (
        f"<div><table><thead><tr><th>Step</th><th>Training Loss</th><th>Validation Loss</th></tr></thead>{rows}</table>"
    )
    output = {
        "output_type": "display_data",
        "data": {"text/html": [html], "text/plain": ["<IPython.core.display.HTML>"]},
    }
    (run,) = gather([_notebook(tmp_path / "a.ipynb", [output])]).runs
    np.testing.assert_allclose(run.series["val/loss"].value, [round(2.5 / i, 6) for i in range(1, 9)])
    np.testing.assert_allclose(run.series["val/loss"].step, np.arange(1, 9) * 500)


@pytest.mark.parametrize(
    "body",
    [
        '{"cells": [{"cell_type": "code", "outputs": [{"output_type": "stream", "text": 5}, 7, null]}, 3, {"outputs": {}}]}',
        '{"cells": {"cell_type": 1}}',
        '{"cells": [{"cell_type": "code", "outputs": [',
        '{"cell_type": "code"}',
    ],
)
def test_what_only_looks_like_a_notebook_is_said_to_hold_no_curve(tmp_path: Path, body: str) -> None:
    (tmp_path / "a.ipynb").write_text(body, encoding="utf-8")
    gathered = gather([tmp_path / "a.ipynb"])
    assert not gathered.runs
    assert gathered.unreadable[0].reason in {"no-curve", "damaged-json"}
