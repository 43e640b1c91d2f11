"""The case scripts: small trainings that are run under `losscompass.watch()` in this process, each once a session."""

import contextlib
import io
import runpy
from functools import cache
from pathlib import Path

import pytest

import losscompass
from losscompass.evidence.run import Run


@cache
def watched_case(path: Path) -> Run:
    """What a watched run of the script tells. Skips where nothing is there to watch with."""
    watch = getattr(losscompass, "watch", None)
    if watch is None:
        pytest.skip("losscompass.watch is not there")
    pytest.importorskip("torch", reason="the case scripts train with torch")
    with contextlib.redirect_stdout(io.StringIO()), watch() as seen:
        runpy.run_path(str(path), run_name="__main__")
    return seen.run
