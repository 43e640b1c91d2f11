"""`python -m losscompass.launch train.py`: the process becomes the script's Python, and nobody waits for it."""

import os
import subprocess
import sys

import pytest
from both_ways import ADDRESS, ENVIRON, FAKE_TORCH, files_of, write

from losscompass.evidence.journal import read
from losscompass.evidence.records import Fact
from losscompass.launch import folder

TEXT = """
import os, sys, torch
print(sys.argv, __name__, __file__, sys.path, sys.flags, os.environ.get("RANK"), sys._getframe().f_back)
print(sorted(os.environ), sys.stdout.write_through)
open("result", "w").write("whole")
def fail():
    raise OSError("at last")
fail()
"""


def launch(place, words, *, watched=True, environ=None):
    ours = ["-m", "losscompass.launch"] if watched else []
    command = [sys.executable, "-u", *ours, *words]
    done = subprocess.run(
        command, cwd=place, env={**ENVIRON, **(environ or {})}, capture_output=True, timeout=60, check=False
    )
    return done.returncode, ADDRESS.sub(b"0x", done.stdout), ADDRESS.sub(b"0x", done.stderr), files_of(place)


@pytest.mark.parametrize("words", [["train.py", "--lang", "fr"], ["-m", "train", "-m"], ["."]], ids=" ".join)
def test_it_does_what_it_does_under_python(tmp_path, words):
    files = {"train.py": TEXT, "__main__.py": TEXT, "torch.py": FAKE_TORCH}
    write(tmp_path / "work", files)
    plain = launch(tmp_path / "work", words, watched=False)
    write(tmp_path / "work", files)
    assert launch(tmp_path / "work", words) == plain
    assert plain[0] == 1
    (journal,) = (tmp_path / "work").glob(".losscompass/*/journal.lcj")
    facts = {record.name: record.value for record in read(journal) if isinstance(record, Fact)}
    assert facts["ended"] == "error"


def test_the_ranks_of_one_run_write_into_one_folder(tmp_path):
    work, temporary = tmp_path / "work", tmp_path / "temporary"
    temporary.mkdir()
    write(work, {"train.py": "import torch", "torch.py": FAKE_TORCH})
    for _ in range(2):  # the second time another run, that its launcher does not tell from the first
        for rank in "01":
            environ = {"RANK": rank, "MASTER_PORT": "29500", "TMPDIR": str(temporary)}
            assert launch(work, ["train.py"], environ=environ)[0] == 0
    found = sorted(path.parent for path in work.glob(".losscompass/*/*.lcj"))
    assert len(found) == 4
    assert [found.count(one) for one in sorted(set(found))] == [2, 2]
    assert {path.name for path in found[0].iterdir()} == {"journal.rank0.lcj", "journal.rank1.lcj"}


def test_ranks_of_other_runs_lie_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, _ = folder.make_shared("train.py", "0", tmp_path, {"MASTER_PORT": "1"})
    same, _ = folder.make_shared("train.py", "1", tmp_path, {"MASTER_PORT": "1"})
    other, _ = folder.make_shared("train.py", "1", tmp_path, {"MASTER_PORT": "2"})
    again, _ = folder.make_shared("train.py", "1", tmp_path, {"MASTER_PORT": "1", "TORCHELASTIC_RESTART_COUNT": "1"})
    assert first == same
    assert len({first, other, again}) == 3


def test_where_nothing_can_be_written_each_rank_has_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / ".losscompass").write_text("")
    places = [folder.make_shared("train.py", rank, tmp_path, {}) for rank in "01"]
    assert [at_home for _, at_home in places] == [False, False]
    assert len({place for place, _ in places}) == 2
    assert all(os.access(place, os.W_OK) for place, _ in places)


@pytest.mark.parametrize(
    ("words", "said"), [([], b"nothing to run"), (["-x"], b"nothing to run"), (["no.py"], b"no.py")]
)
def test_what_cannot_be_run_is_one_sentence(tmp_path, words, said):
    code, out, err, _ = launch(tmp_path, words)
    assert (code, out) == (2, b"")
    assert said in err
    assert len(err.splitlines()) == 1
