"""What the parent says when the script has ended, and where it says it."""

import json
import shutil
import signal
import sys

import pytest
from both_ways import run, write
from writing_script import HEALTHY, HOPELESS, SICK, files

from losscompass.evidence.journal import read
from losscompass.evidence.records import Event, Fact


def journal_of(folder):
    (found,) = folder.glob(".losscompass/*/journal.lcj")
    return found


def facts_of(folder):
    return {record.name: record.value for record in read(journal_of(folder)) if isinstance(record, Fact)}


def test_the_verdict_goes_to_standard_error_and_the_journal_can_be_read_again(tmp_path):
    write(tmp_path, files(SICK))
    ended = run(tmp_path, ["train.py"])
    assert ended.code == 0  # as the script
    assert ended.out == b"torch is imported\n"
    assert ended.err == b""
    assert "NaN / inf" in ended.said
    assert facts_of(tmp_path).items() >= {"script": "train.py", "framework": "torch", "ended": "finished"}.items()
    assert (tmp_path / ".losscompass" / ".gitignore").read_text() == "*\n"
    again = run(tmp_path, [".losscompass"], verb=["read"])
    assert again.code == 1
    assert "NaN / inf" in again.out.decode()


@pytest.mark.parametrize(("text", "level", "code"), [(SICK, "warning", 1), (HEALTHY, "warning", 0), (SICK, "never", 0)])
def test_fail_on_changes_the_exit_code_of_a_script_that_succeeds(tmp_path, text, level, code):
    write(tmp_path, files(text))
    assert run(tmp_path, ["train.py"], options=["--fail-on", level]).code == code


def test_a_script_that_fails_keeps_its_exit_code_whatever_is_found(tmp_path):
    write(tmp_path, files(SICK + "sys.exit(77)"))
    ended = run(tmp_path, ["train.py"], options=["--fail-on", "note"])
    assert ended.code == 77
    assert facts_of(tmp_path)["ended"] == "exit"


def test_an_error_is_in_the_journal_with_the_users_line(tmp_path):
    text = SICK + "import inner\ninner.fail()\n"
    write(tmp_path, files(text, **{"inner.py": "import json\ndef fail():\n    json.loads('{')\n"}))
    ended = run(tmp_path, ["train.py"])
    assert ended.code == 1
    assert facts_of(tmp_path)["ended"] == "error"
    (failed,) = (r for r in read(journal_of(tmp_path)) if isinstance(r, Event) and r.name == "failed")
    assert failed.data["type"] == "JSONDecodeError"
    place = failed.places["at"]
    assert (place.file, place.line, place.code, place.function) == ("inner.py", 3, "json.loads('{')", "fail")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_of_a_script_that_was_killed_the_journal_is_read_and_the_signal_named(tmp_path, lang):
    write(tmp_path, files(SICK + "os.kill(os.getpid(), signal.SIGKILL)"))
    ended = run(tmp_path, ["train.py"], options=["--lang", lang])
    assert ended.code == -signal.SIGKILL
    assert "SIGKILL" in ended.said
    assert "NaN / inf" in ended.said
    assert facts_of(tmp_path)["ended"] == "interrupted"


def test_a_report_in_a_file_and_the_verdict_on_the_screen(tmp_path):
    write(tmp_path, files(SICK))
    ended = run(tmp_path, ["train.py"], options=["--output", "report.json"])
    assert "NaN / inf" in ended.said
    told = json.loads(ended.files["report.json"])
    assert told["runs"][0]["reading"]["labels"][0] == "nan"
    quiet = run(tmp_path, ["train.py"], options=["-o", "report.html", "--no-report"])
    assert "NaN" not in quiet.said
    assert quiet.files["report.html"].startswith(b"<!")


def test_another_format_goes_to_standard_error_as_well(tmp_path):
    write(tmp_path, files(SICK))
    ended = run(tmp_path, ["train.py"], options=["--format", "json"])
    assert ended.out == b"torch is imported\n"
    assert json.loads("{" + ended.said.partition("\n{")[2])["schema"] == 1


def test_a_script_that_imports_no_torch_is_said_to(tmp_path):
    write(tmp_path, {"train.py": "print(1)"})
    for lang, words in {"en": "did not import torch", "ja": "torch をインポートしなかった"}.items():
        ended = run(tmp_path, ["train.py"], options=["--lang", lang])
        assert (ended.code, ended.out, ended.err) == (0, b"1\n", b"")
        assert words in ended.said
        assert len(ended.said.splitlines()) == 1
    assert not (tmp_path / ".losscompass").exists()


def test_the_language_of_the_script_is_its_own_matter(tmp_path):
    write(tmp_path, {"train.py": "import sys; print(sys.argv[1:])"})
    ended = run(tmp_path, ["train.py", "--lang", "ja", "--help"])
    assert ended.out == b"['--lang', 'ja', '--help']\n"
    assert "did not import torch" in ended.said


def test_a_journal_that_was_removed_is_said_to_be(tmp_path):
    write(tmp_path, files("import torch, shutil\nshutil.rmtree('.losscompass')"))
    ended = run(tmp_path, ["train.py"])
    assert ended.code == 0
    assert "was removed" in ended.said


@pytest.mark.parametrize("blocked", ["a file in its place", "no right to write"])
def test_where_nothing_can_be_written_the_journal_lies_elsewhere(tmp_path, blocked):
    work, temporary = tmp_path / "work", tmp_path / "temporary"
    temporary.mkdir()
    write(work, files(SICK.replace('".losscompass/', f'"{temporary}/')))
    if blocked == "a file in its place":
        (work / ".losscompass").write_text("")
    else:
        work.chmod(0o555)
        try:
            (work / "try").write_text("")
        except OSError:
            pass
        else:
            work.chmod(0o755)
            pytest.skip("this user may write everywhere")
    ended = run(work, ["train.py"], environ={"TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"})
    work.chmod(0o755)
    assert ended.code == 0
    assert "nothing can be written here" in ended.said
    assert "NaN / inf" in ended.said
    assert list(temporary.glob("*/journal.lcj"))
    shutil.rmtree(temporary)


def test_changes_are_told_while_the_script_runs_and_a_hopeless_run_is_stopped_if_asked(tmp_path):
    write(tmp_path, files(HOPELESS))
    ended = run(tmp_path, ["train.py"], options=["--watch", "0.2", "--stop-on", "critical"])
    assert ended.code == 1
    assert "--stop-on" in ended.said
    updates = [line for line in ended.said.splitlines() if line.startswith("losscompass ")]
    assert updates
    assert "NaN / inf" in updates[-1]
    assert len({line.split(": ", 1)[1] for line in updates}) == len(updates)  # each says something new
    assert facts_of(tmp_path)["ended"] == "interrupted"


def test_nothing_is_stopped_that_goes_well(tmp_path):
    write(tmp_path, files(HEALTHY + "time.sleep(0.5)\nprint('end')"))
    ended = run(tmp_path, ["train.py"], options=["--watch", "0.1", "--stop-on", "warning"])
    assert (ended.code, ended.out) == (0, b"torch is imported\nend\n")


@pytest.mark.parametrize(
    ("words", "options", "said"),
    [
        (["nowhere.py"], [], "there is no file “nowhere.py”"),
        (["nowhere.py"], ["--lang", "ja"], "実行するファイル「nowhere.py」がありません"),
        (["empty"], [], "without a __main__.py"),
        (["book.ipynb"], [], "is a notebook"),
        (["run.sh"], [], "no Python script"),
        (["weights.pt"], ["--lang", "ja"], "Python のスクリプトではありません"),
        (["-m"], [], "-m must be followed"),
        ([], [], "is missing"),
        (["train.py"], ["--stop-on", "note"], "--stop-on must be one of"),
        (["train.py"], ["--watch", "0"], "--watch has a value"),
        (["train.py"], ["--select", "nothing-such"], "no rule"),
        (["train.py"], ["--format", "html"], "--output"),
        (["train.py"], ["--output", "empty"], "is a folder"),
    ],
)
def test_what_cannot_be_run_is_one_sentence(tmp_path, words, options, said):
    files = {
        "train.py": "print('ran')",
        "empty/x.txt": "",
        "book.ipynb": "{}",
        "run.sh": "#!/bin/sh\n",
        "weights.pt": b"\0\1",
    }
    write(tmp_path, files)
    ended = run(tmp_path, words, options=options)
    assert ended.code == 2
    assert said in ended.said
    assert len(ended.said.splitlines()) == 1
    assert ended.out == b""
    assert not (tmp_path / ".losscompass").exists()
