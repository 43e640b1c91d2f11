"""The list of causes is whole, and as the rules are."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from losscompass.rules.all import ALL

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def causes():
    spec = spec_from_file_location("update_causes", DOCS / "update_causes.py")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_list_is_as_the_rules_are(causes):
    assert (DOCS / "causes.md").read_text("utf-8") == causes.document(), "run: python docs/update_causes.py"


def test_every_cause_is_named_by_a_rule_or_says_why_not(causes):
    ids = [id_ for part in causes.CAUSES.values() for id_ in part.split()]
    assert len(ids) == len(set(ids)) == 74
    rules = {rule.id for rule in ALL}
    assert [id_ for id_ in ids if id_ not in rules and id_ not in causes.UNSEEN] == []
    assert set(causes.UNSEEN) <= set(ids)


def test_the_list_is_that_of_the_zoo(causes):
    zoo = (DOCS.parent / "zoo" / "causes.txt").read_text("utf-8").split()
    assert sorted(zoo) == sorted(id_ for part in causes.CAUSES.values() for id_ in part.split())
