"""The case scripts: small trainings that are run under `losscompass.watch()` in this process, each once a session."""

import contextlib
import io
import runpy
import tempfile
import warnings
from functools import cache
from pathlib import Path

import pytest

import losscompass
from losscompass.evidence.run import Run
from losscompass.readers.discover import gather


@cache
def watched_case(path: Path) -> Run:
    """What a watched run of the script tells. Skips where nothing is there to watch with, or nothing to watch."""
    watch = getattr(losscompass, "watch", None)
    if watch is None:
        pytest.skip("losscompass.watch is not there")
    pytest.importorskip("torch", reason="the case scripts train with torch")
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "case.journal"
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), watch(journal, show=False):
            warnings.simplefilter("default")  # a faulty script may well be warned by torch
            runpy.run_path(str(path), run_name="__main__")
        (run,) = gather([journal]).runs
    return run
