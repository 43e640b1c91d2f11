import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from command import ENGLISH, losscompass, write_log

HOSTILE_NAME = "a\x1b[31m[red]::error::<b>\u202e損失 =cmd.csv"


@pytest.fixture
def log(tmp_path):
    return write_log(tmp_path)


def test_a_finding_is_exit_code_1(log):
    ended = losscompass("read", log)
    assert ended.code == 1
    assert ended.out.splitlines()[0] == str(log)
    assert "Overfitting" in ended.out.splitlines()[1]
    assert ended.err == ""


def test_a_healthy_log_is_exit_code_0(call, tmp_path):
    ended = call("read", write_log(tmp_path, sick=False))
    assert ended.code == 0, ended.out
    assert "✔" in ended.out


@pytest.mark.parametrize(("level", "code"), [("note", 1), ("warning", 1), ("critical", 0), ("never", 0)])
def test_fail_on(call, log, level, code):
    assert call("read", log, "--fail-on", level).code == code


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["read", "nowhere.csv"], "nowhere.csv"),
        (["read"], "PATH"),
        (["raed"], "read"),
        (["read", "x", "--formt", "json"], "--format"),
        (["read", "x", "--format", "pdf"], "terminal"),
        (["read", "x", "--lang", "fr"], "en, ja"),
        (["read", "x", "--classes", "one"], "--classes"),
        (["read", "x", "--classes", "1"], "--classes"),
        (["read", "x", "--select", "overfiting"], "overfitting"),
        (["read", "x", "--target", "accuracy"], "--target"),
        (["read", "x", "--target", "accuracy=nan"], "--target"),
        (["read", "x", "--priors", "0.5,x"], "--priors"),
        (["read", "x", "--priors", "0.5,-1"], "--priors"),
        (["read", "x", "--output"], "--output"),
        (["explain", "overfiting"], "overfitting"),
    ],
)
@pytest.mark.parametrize("language", ["en_US.UTF-8", "ja_JP.UTF-8"])
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(call, tmp_path, arguments, word, language):
    ended = call(*arguments, cwd=tmp_path, env={"LANG": language})
    assert ended.code == 2
    text = (ended.err or ended.out).strip()
    assert len(text.splitlines()) == 1, text
    assert word in text


def test_each_unreadable_path_is_named(call, tmp_path, log):
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "folder").mkdir()
    ended = call("read", "empty.csv", "noise.bin", "folder", "gone", cwd=tmp_path)
    assert ended.code == 2
    for name in ("empty.csv", "noise.bin", "folder", "gone"):
        assert f"{name}: " in ended.out
    assert "unreadable." not in ended.out, "every reason has words"
    beside = call("read", "empty.csv", log.name, cwd=tmp_path)
    assert beside.code == 1
    assert "empty.csv: " in beside.out
    assert "Overfitting" in beside.out


def test_json_is_json_even_where_nothing_was_read(call, tmp_path, log):
    ended = call("read", log, "--format", "json")
    document = json.loads(ended.out)
    assert document["runs"][0]["reading"]["labels"][0] == "overfitting"
    nothing = call("read", "gone", "--format", "json", cwd=tmp_path)
    assert nothing.code == 2
    assert json.loads(nothing.out)["runs"][0]["reading"]["labels"] == ["not-a-training-log"]
    assert "gone" in nothing.err


@pytest.mark.parametrize("name", ["r.html", "r.json", "r.md"])
def test_the_name_of_the_output_says_its_form(call, tmp_path, log, name):
    ended = call("read", log, "--output", name, cwd=tmp_path)
    assert ended.code == 1
    assert ended.out == ""
    assert name in ended.err
    text = (tmp_path / name).read_text("utf-8")
    assert text.startswith({"r.html": "<!", "r.json": "{", "r.md": "## "}[name])
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left beside it"


def test_output_is_whole_or_as_it_was(call, tmp_path, log):
    kept = tmp_path / "kept.json"
    kept.write_text("old")
    kept.chmod(0o640)
    assert call("read", log, "-o", kept).code == 1
    assert json.loads(kept.read_text("utf-8"))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    link = tmp_path / "link.json"
    link.symlink_to(kept)
    assert call("read", log, "-o", link).code == 1
    assert link.is_symlink()


def test_output_is_refused_before_the_reading(call, tmp_path, log):
    before = log.read_bytes()
    for target, word in ((tmp_path, "folder"), (tmp_path / "no" / "x.json", "folder"), (log, "log")):
        ended = call("read", log, "--output", target)
        assert ended.code == 2
        assert word in ended.err
        assert len(ended.err.splitlines()) == 1
    assert log.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write anywhere")
def test_output_into_a_folder_that_is_closed(call, tmp_path, log):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    ended = call("read", log, "--output", closed / "x.json")
    assert ended.code == 2
    assert "x.json" in ended.err


def test_a_full_disk_is_one_sentence(call, log):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    ended = call("read", log, "--format", "json", "--output", "/dev/full")
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1


def test_colour_follows_the_conventions(log):
    assert "\x1b" not in losscompass("read", log).out
    assert "\x1b[" in losscompass("read", log, env={"FORCE_COLOR": "1"}).out
    assert "\x1b" not in losscompass("read", log, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out
    assert "\x1b" not in losscompass("read", log, env={"FORCE_COLOR": "0"}).out


def on_a_screen(*arguments, env=None, columns=80, cwd=None):
    """What a person sees: standard output and error are a terminal."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "losscompass", *map(str, arguments)],
        stdout=child,
        stderr=child,
        stdin=child,
        cwd=cwd,
        env={**ENGLISH, "TERM": "xterm-256color", "COLUMNS": str(columns), **(env or {})},
        close_fds=True,
    )
    os.close(child)
    chunks = []
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(parent)
    return process.wait(timeout=60), b"".join(chunks).decode("utf-8", "replace")


def test_on_a_screen_there_is_colour_and_no_progress_for_a_short_log(log):
    code, text = on_a_screen("read", log)
    assert code == 1
    assert "\x1b[" in text
    assert "reading" not in text
    assert "\x1b" not in on_a_screen("read", log, env={"NO_COLOR": "1"})[1]
    assert "\x1b" not in on_a_screen("read", log, env={"TERM": "dumb"})[1]


def test_the_page_is_not_thrown_at_a_screen(log):
    code, text = on_a_screen("read", log, "--format", "html")
    assert code == 2
    assert "--output" in text


def test_language(call, log):
    assert "過学習" in call("read", log, env={"LANG": "ja_JP.UTF-8"}).out
    assert "過学習" in call("read", log, "--lang", "ja").out
    assert "過学習" in call("--lang", "ja", "read", log).out
    assert "Overfitting" in call("read", log, "--lang", "en", env={"LANG": "ja_JP.UTF-8"}).out


def test_project_settings(call, tmp_path, log):
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.losscompass]\nlang = "ja"\nignore = ["overfitting"]\n')
    ended = call("read", log, cwd=tmp_path)
    assert "見つかった" in ended.out or "確信度" in ended.out
    document = json.loads(call("read", log, "--format", "json", cwd=tmp_path).out)
    assert "overfitting" not in [found["id"] for found in document["runs"][0]["found"]]
    told = call("read", log, "--ignore", "plateau", "--format", "json", cwd=tmp_path)
    assert "overfitting" in [found["id"] for found in json.loads(told.out)["runs"][0]["found"]], (
        "the command line decides"
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('[tool.losscompass]\nlang = "fr"', "fr"),
        ("[tool.losscompass]\nlanguage = 1", "language"),
        ('[tool.losscompass]\nselect = "overfitting"', "select"),
        ("[tool.losscompass", "pyproject.toml"),
        ("tool = 1 # losscompass", None),
        ("[tool.other]\nx = 1", None),
        ("[tool.other", None),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(call, tmp_path, log, text, word):
    (tmp_path / "pyproject.toml").write_text(text)
    ended = call("read", log, cwd=tmp_path)
    if word is None:
        assert ended.code == 1
    else:
        assert ended.code == 2
        assert word in ended.err
        assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("form", ["terminal", "markdown", "github", "json", "html"])
def test_hostile_names_do_nothing(call, tmp_path, form):
    path = write_log(tmp_path, HOSTILE_NAME)
    path.write_text(path.read_text().replace("val_loss", "val_loss\x1b[2J[bold]<script>x</script>"))
    ended = call("read", path.name, "--format", form, cwd=tmp_path)
    assert ended.code in {0, 1}, ended.err
    for character in "\x1b\u202e":
        assert character not in ended.out or form == "html"
    assert "<script>x" not in ended.out or form in {"terminal", "json"}
    assert "損失" in ended.out


def test_a_name_that_is_no_unicode(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe.csv"
    write_log(tmp_path)
    (tmp_path / "log.csv").rename(os.fsdecode(path))
    for form in ("terminal", "json", "html", "markdown", "github"):
        done = subprocess.run(
            [sys.executable, "-m", "losscompass", "read", path, "--format", form],
            env=ENGLISH,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        done.stdout.decode("utf-8")


def test_a_screen_with_few_letters(log):
    ended = losscompass("read", log, env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert ended.code == 1
    assert ended.out.isascii()
    assert "*" in ended.out
    japanese = losscompass(
        "read", log, "--lang", "ja", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp932"}, encoding="cp932"
    )
    assert "過学習" in japanese.out


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    write_log(tmp_path)
    command = f"'{sys.executable}' -m losscompass read log.csv --format json | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, env=ENGLISH, capture_output=True, check=False
    )
    assert done.stderr == b""


def sabotaged(folder, deed):
    """An environment in which Python does a deed when losscompass begins to think."""
    (folder / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class Saboteur:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'losscompass.diagnose.engine':\n"
        f"            {deed}\n"
        "sys.meta_path.insert(0, Saboteur())\n"
    )
    return {"PYTHONPATH": str(folder)}


def test_interrupted_is_one_sentence_and_130(tmp_path, log):
    ended = losscompass("read", log, env=sabotaged(tmp_path, "os.kill(os.getpid(), signal.SIGINT)"))
    assert ended.code == 130
    assert ended.err.strip() == "losscompass: stopped."
    assert ended.out == ""


def test_our_own_fault_is_one_sentence(log, tmp_path):
    env = sabotaged(tmp_path, "raise ZeroDivisionError('by design')")
    ended = losscompass("read", log, env=env)
    assert ended.code == 2
    assert "ZeroDivisionError" in ended.err
    assert "LOSSCOMPASS_DEBUG=1" in ended.err
    assert len(ended.err.splitlines()) == 1
    command = [sys.executable, "-m", "losscompass", "read", str(log)]
    debugged = {**ENGLISH, **env, "LOSSCOMPASS_DEBUG": "1"}
    assert b"Traceback" in subprocess.run(command, env=debugged, capture_output=True, check=False).stderr


def test_several_logs_are_compared(call, tmp_path):
    write_log(tmp_path, "runs/a.csv")
    write_log(tmp_path, "runs/b.csv", sick=False)
    ended = call("read", "runs", cwd=tmp_path)
    assert ended.out.startswith("Runs: 2")
    assert "runs/a.csv" in ended.out
    assert "runs/b.csv" in ended.out


def test_a_job_summary_is_written(call, tmp_path, log):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    ended = call("read", log, "--format", "github", env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert ended.out.startswith("::")
    text = summary.read_text("utf-8")
    assert text.startswith("before\n## ")
    assert "Overfitting" in text
