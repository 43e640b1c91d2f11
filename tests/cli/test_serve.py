"""`losscompass serve`: what it says, and how it ends. The page itself is tested in `tests/serve`."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from command import ENGLISH, losscompass, write_log

pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_it_serves_a_log_until_it_is_interrupted(tmp_path, lang):
    log = write_log(tmp_path)
    command = [sys.executable, "-m", "losscompass", "serve", str(log), "--lang", lang]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**ENGLISH, "PYTHONUNBUFFERED": "1"},
    ) as process:
        line = process.stdout.readline().strip()
        assert line.startswith({"en": "The page: ", "ja": "ページ:"}[lang])
        url = "http" + line.partition("http")[2]
        with urllib.request.urlopen(url, timeout=120) as answer:
            text = answer.read().decode()
        assert f'<html lang="{lang}"' in text
        assert "log.csv" in text
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0
        assert "Traceback" not in err
        assert "log.csv" in err


def test_what_is_not_there(call, tmp_path):
    ended = call("serve", tmp_path / "nowhere")
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert "nowhere" in ended.err


def test_a_port_that_is_taken(call, tmp_path):
    log = write_log(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = call("serve", log, "--port", str(port))
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert str(port) in ended.err


def test_without_the_extra_it_says_what_to_install(tmp_path):
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError(name='uvicorn')\n", "utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    ended = losscompass("serve", write_log(tmp_path), env={"PYTHONPATH": path})
    assert ended.code == 2
    assert "pip install 'losscompass[serve]'" in ended.err
