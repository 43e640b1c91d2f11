"""The parts of the launcher, each alone."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location

import click
import numpy as np
import pytest

from losscompass.cli.before_script import WITH_VALUE, own_options, split
from losscompass.cli.run import command
from losscompass.cli.settings import Settings
from losscompass.evidence.build import build
from losscompass.evidence.records import Event, Fact, Scalar, ScalarBlock
from losscompass.launch import child, folder, follow, interpreter
from losscompass.launch.parent import Ended
from losscompass.text.catalogue import catalogue


@pytest.mark.parametrize(
    ("original", "kept"),
    [
        (["python", "-m", "losscompass", "run"], []),
        (["python", "-u", "-X", "dev", "-Werror", "-OO", "-m", "losscompass"], ["-u", "-Xdev", "-Werror", "-O", "-O"]),
        (["python", "-uBX", "utf8", "-W", "ignore::A", "-mlosscompass"], ["-u", "-B", "-Xutf8", "-Wignore::A"]),
        (["python", "-sP", "-m", "losscompass", "-O"], ["-s", "-P"]),
        (["python", "--check-hash-based-pycs", "always", "-m", "x"], ["--check-hash-based-pycs", "always"]),
        (["python3", "/bin/losscompass", "run", "-O"], []),
        (["python3", "-sPE", "/bin/losscompass", "run", "-u"], []),  # its packager's, not the user's
        (["python3", "-sO", "/bin/losscompass", "run"], ["-O"]),
        (["python3", "-c", "x", "-O"], []),
        (["python3"], []),
    ],
)
def test_the_options_of_python_are_those_that_it_was_started_with(original, kept):
    assert interpreter.options(original) == kept


@pytest.mark.parametrize("before", [None, "", "a:b"])
def test_the_environment_holds_the_way_back(tmp_path, before):
    around = {"HOME": "x", **({} if before is None else {"PYTHONPATH": before})}
    made = interpreter.environment(tmp_path / "journal.lcj", "train.py", around)
    assert made["PYTHONPATH"].split(":") == [str(interpreter.BOOT), *([*before.split(":")] if before else [])]
    assert made.get("LOSSCOMPASS_PYTHONPATH") == before
    assert made["HOME"] == "x"
    assert "PYTHONPATH" not in around or around["PYTHONPATH"] == before


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        (["run", "train.py", "--lang", "fr"], 1),
        (["run", "--watch", "30", "train.py", "-o", "x"], 3),
        (["run", "--watch=30", "-v", "-m", "package", "--lang", "fr"], 3),
        (["run", "-o", "x.html", "-mpackage", "-v"], 3),
        (["run", "--", "train.py", "-v"], 1),
        (["run", "-", "-v"], 1),
        (["--lang", "ja", "run", "train.py", "--lang", "fr"], 3),
        (["run", "--help"], 2),
        (["read", "run", "--lang", "ja"], 4),
        ([], 0),
    ],
)
def test_where_the_scripts_own_words_begin(words, ours):
    assert split(words) == (words[:ours], words[ours:])


def test_the_options_with_a_value_are_those_of_the_verb():
    options = [one for one in command(catalogue("en"), Settings()).params if isinstance(one, click.Option)]
    assert {name for one in options if not one.is_flag for name in one.opts} == WITH_VALUE
    assert own_options(["--no-report", "train.py"]) == 1


@pytest.mark.parametrize(
    ("code", "asked", "told", "fact"),
    [
        (0, False, "finished", "finished"),
        (0, False, None, "exit"),
        (0, False, "error", "finished"),
        (1, False, "error", "error"),
        (1, False, "finished", "exit"),
        (3, False, None, "exit"),
        (-2, False, "interrupted", "interrupted"),
        (-9, False, None, "interrupted"),
        (0, True, "finished", "interrupted"),
        (130, False, "interrupted", "exit"),
    ],
)
def test_how_a_run_ended(code, asked, told, fact):
    assert follow.how_it_ended(Ended(code, asked), told) == fact


def test_scalars_put_together_are_the_same_numbers():
    records = [
        Scalar("a", 0.0, 1.0),
        Fact("x", 1),
        Scalar("b", 0.0, 2.0, time=5.0),
        Event("e"),
        Scalar("a", 1.0, np.nan),
    ]
    others, blocks = [], {}
    for one in follow.in_blocks(records):
        if isinstance(one, ScalarBlock):
            blocks[one.name] = one
        else:
            others.append(one)
    assert others == [Fact("x", 1), Event("e")]
    np.testing.assert_array_equal(blocks["a"].value, [1.0, np.nan])
    np.testing.assert_array_equal(blocks["a"].step, [0.0, 1.0])
    assert blocks["a"].time is None
    np.testing.assert_array_equal(blocks["b"].time, [5.0])


def test_single_scalars_and_blocks_of_a_name_stay_in_their_order():
    """A journal begins with single scalars and goes on in blocks: put together the wrong way round they look like two runs."""
    records = [
        Scalar("a", 0.0, 1.0),
        Scalar("b", 0.0, 7.0),
        ScalarBlock("a", np.array([1.0, 2.0]), np.array([2.0, 3.0]), time=np.array([8.0, 9.0])),
        Scalar("a", 3.0, 4.0, epoch=1.0),
    ]
    blocks = {one.name: one for one in follow.in_blocks(records) if isinstance(one, ScalarBlock)}
    np.testing.assert_array_equal(blocks["a"].step, [0.0, 1.0, 2.0, 3.0])
    np.testing.assert_array_equal(blocks["a"].value, [1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(blocks["a"].time, [np.nan, 8.0, 9.0, np.nan])
    np.testing.assert_array_equal(blocks["a"].epoch, [np.nan, np.nan, np.nan, 1.0])
    (run,) = build(follow.in_blocks(records), "")
    assert len(run.series["a"]) == 4


def test_a_folder_is_named_for_people(tmp_path):
    place, at_home = folder.make("my train/../script.py", tmp_path)
    assert at_home
    assert place.parent == tmp_path / ".losscompass"
    assert "my_train_.._script" in place.name
    other, _ = folder.make("my train/../script.py", tmp_path)
    assert other != place
    folder.remove_if_empty(place)
    assert not place.exists()
    (other / "journal.lcj").write_bytes(b"x")
    folder.remove_if_empty(other)
    assert (other / "journal.lcj").exists()


class TestPlaceOf:
    def test_the_innermost_line_of_the_users(self, tmp_path):
        script = tmp_path / "mine.py"
        script.write_text("import json\n\ndef load():\n    return json.loads('{')\n")
        spec = spec_from_file_location("mine", script)
        mine = module_from_spec(spec)
        spec.loader.exec_module(mine)
        with pytest.raises(ValueError, match="Expecting") as caught:
            mine.load()
        assert child.place_of(caught.value, str(tmp_path)) == ("mine.py", 4, "return json.loads('{')", "load")
        assert child.place_of(caught.value, str(tmp_path / "below"))[0] == str(script)

    def test_a_syntax_error_has_its_own_line(self, tmp_path):
        script = tmp_path / "mine.py"
        script.write_text("x = 1\ny = = 2\n")
        with pytest.raises(SyntaxError) as caught:
            compile(script.read_text(), str(script), "exec")
        assert child.place_of(caught.value, str(tmp_path)) == ("mine.py", 2, "y = = 2", "")

    def test_none_of_the_users_lines(self, tmp_path):
        assert child.place_of(ValueError("never raised"), str(tmp_path)) is None


class TestTheImportThatIsNoticed:
    @pytest.fixture
    def boot(self):
        spec = spec_from_file_location("losscompass_boot", interpreter.BOOT / "sitecustomize.py")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)  # under another name it does nothing by itself
        return module

    def test_it_is_told_once_the_module_is_whole(self, boot, tmp_path, monkeypatch):
        (tmp_path / "lately.py").write_text("import sys\nx = sys.modules[__name__].__spec__._initializing\n")
        monkeypatch.syspath_prepend(tmp_path)
        told = []

        class Finder:
            @staticmethod
            def find_spec(name, path=None, target=None):
                if name != "lately":
                    return None
                monkeypatch.setattr(sys, "meta_path", [one for one in sys.meta_path if one is not Finder])
                spec = find_spec(name)
                boot.tell_when_imported(spec, lambda: told.append(sys.modules["lately"].x))
                return spec

        monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
        import lately

        assert told == [True]
        assert type(lately.__spec__) is ModuleSpec
        assert lately.__spec__._initializing is False
        del sys.modules["lately"]

    def test_a_fault_of_ours_stays_ours(self, boot, monkeypatch):
        trap = boot.Trap("/nowhere/at/all", "train.py")
        monkeypatch.setitem(sys.modules, "torch", object())
        monkeypatch.setattr(boot, "child", lambda: 1 / 0)
        trap.imported()
        assert trap.watch is None
        trap.watch = object()  # has no end
        trap.end()


class Broken:
    def install(self, recorder, folder):
        raise RuntimeError("no such hook")


class BrokenAtTheEnd:
    def install(self, recorder, folder):
        return self

    def finish(self, ended, error):
        raise RuntimeError("cannot finish")


@pytest.mark.parametrize(("watcher", "probe"), [(Broken(), "install"), (BrokenAtTheEnd(), "finish")])
def test_a_fault_of_the_watcher_is_recorded(tmp_path, monkeypatch, watcher, probe):
    monkeypatch.setitem(sys.modules, "losscompass.watcher", watcher)
    watch = child.Watch(str(tmp_path / "journal.lcj"), "train.py", str(tmp_path))
    watch.end(None)
    closed = follow.close(tmp_path / "journal.lcj", Ended(0, asked=False))
    assert len(closed.faults) == 1
    assert closed.faults[0].startswith(f"{probe}: RuntimeError")
    assert closed.runs == ()
