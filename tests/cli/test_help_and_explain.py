import re
import subprocess
import sys

import pytest
from command import ENGLISH, losscompass

from losscompass import __version__
from losscompass.cli.main import VERBS
from losscompass.text.wrap import cells

JAPANESE_LETTERS = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.mark.parametrize("verb", [(), *((verb,) for verb in VERBS)])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_help_has_examples_and_speaks_the_language(call, verb, lang):
    ended = call(*verb, "--help", env={"LANG": {"en": "en_US.UTF-8", "ja": "ja_JP.UTF-8"}[lang]})
    assert ended.code == 0
    assert ended.err == ""
    assert "  losscompass " in ended.out
    assert bool(JAPANESE_LETTERS.search(ended.out)) == (lang == "ja")
    assert max(map(cells, ended.out.splitlines())) <= 80
    assert not re.search(r"\bhelp\.\w", ended.out), "every word is there"


def test_help_follows_lang_wherever_it_stands(call):
    for arguments in (
        ["--lang", "ja", "read", "--help"],
        ["read", "--help", "--lang", "ja"],
        ["read", "--lang=ja", "--help"],
    ):
        assert "使い方" in call(*arguments).out


def test_without_arguments_there_is_help():
    ended = losscompass()
    assert ended.code == 2
    assert "Usage" in ended.err


def test_version():
    assert losscompass("--version").out == f"losscompass {__version__}\n"


def test_help_loads_neither_numpy_nor_rich():
    code = (
        "import sys; from losscompass.cli import main; main(['read', '--help']); "
        "sys.exit(sorted({'numpy', 'rich', 'jaxtyping', 'torch'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENGLISH, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_explain(call, lang):
    ended = call("explain", "Overfitting", "--lang", lang)
    assert ended.code == 0
    assert {"en": "Overfitting", "ja": "過学習"}[lang] in ended.out
    assert {"en": "What it means", "ja": "何が起きているか"}[lang] in ended.out
    listed = call("explain", "--lang", lang)
    assert listed.code == 0
    assert "  overfitting" in listed.out
