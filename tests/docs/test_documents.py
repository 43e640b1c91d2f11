import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from losscompass.cli.main import VERBS
from losscompass.cli.settings import KEYS
from losscompass.report.formats import FORMATS

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.ja.md")


@pytest.fixture(scope="module")
def examples():
    spec = spec_from_file_location("update_examples", ROOT / "docs" / "update_examples.py")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", READMES)
def test_what_the_readme_shows_is_what_is_printed(examples, name):
    text = (ROOT / name).read_text("utf-8")
    assert examples.BLOCK.search(text)
    assert examples.updated(name) == text, "run: python docs/update_examples.py"


@pytest.mark.parametrize("name", READMES)
def test_what_the_readme_shows_of_a_watched_training_is_printed(examples, name):
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    assert examples.EXCERPT.search((ROOT / name).read_text("utf-8"))
    assert examples.unprinted(name) == []


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_every_verb_form_and_setting(name):
    text = (ROOT / name).read_text("utf-8")
    for verb in VERBS:
        assert f"losscompass {verb}" in text
    for word in (*FORMATS, *KEYS):
        assert f"`{word}`" in text, word


@pytest.mark.parametrize(
    "path", [*READMES, "CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_every_link_to_a_file_leads_somewhere(path):
    text = (ROOT / path).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in target:
            assert ((ROOT / path).parent / target).exists(), target


def test_every_command_of_the_readmes_exists():
    for name in READMES:
        for block in re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL):
            for verb in re.findall(r"^losscompass (\w+)", block, re.MULTILINE):
                assert verb in VERBS


def test_the_makefile_targets_that_documents_name_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for path in (*READMES, "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"`make ([a-z-]+)`", (ROOT / path).read_text("utf-8")):
            assert target in targets, f"{path}: make {target}"
