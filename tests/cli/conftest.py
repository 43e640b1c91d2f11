import os

import pytest
from command import ENGLISH, Ended

from losscompass.cli import main


@pytest.fixture
def call(capfd, monkeypatch, tmp_path):
    """Run the command in this process, which is quicker: `call("read", path, cwd=…, env={…})`."""

    def run(*arguments, cwd=tmp_path, env=None):
        for name in ("LC_ALL", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR", "GITHUB_STEP_SUMMARY", "LOSSCOMPASS_DEBUG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"LANG": ENGLISH["LANG"], "COLUMNS": "80", **(env or {})}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(cwd)
        capfd.readouterr()
        code = main([os.fspath(argument) for argument in arguments])
        said = capfd.readouterr()
        return Ended(code, said.out, said.err)

    return run
