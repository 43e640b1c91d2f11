import ast
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.text.catalogue import LANGUAGES, Catalogue, catalogue, merge, placeholders
from losscompass.text.words import SECTIONS, parse

PACKAGE = Path(str(files("losscompass")))
SOURCES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted({path.name.split(".")[0] for path in (PACKAGE / "text").glob("*.*.toml")})


def leaves(table, path=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield path + key, value


def room(name, lang):
    return tomllib.loads((PACKAGE / "text" / f"{name}.{lang}.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", ROOMS)
def test_every_room_says_the_same_in_both_languages(name):
    english, japanese = (dict(leaves(room(name, lang))) for lang in LANGUAGES)
    assert list(english) == list(japanese), "the same keys in the same order"
    for key, text in english.items():
        assert isinstance(text, str), key
        assert placeholders(text) == placeholders(japanese[key]), key
        assert text.strip(), key
        assert japanese[key].strip(), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_rooms_give_words_to_one_key(lang):
    merged = {}
    twice = [key for name in ROOMS for key in merge(merged, room(name, lang))]
    assert not twice


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_template_can_be_filled(lang):
    for key, text in leaves(catalogue(lang).rooms):
        values = dict.fromkeys(placeholders(text), 1.5)
        assert catalogue(lang).ui(key, **values), key
        assert "{" not in catalogue(lang).fill(text, values), key


def literal_keys():
    """Every key that the code asks for in so many words."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"ui", "heading"}
            ):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and "." in str(first.value):
                    yield path.relative_to(PACKAGE).as_posix(), first.value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_that_the_code_asks_for_is_there(lang):
    asked = sorted(set(literal_keys()))
    assert len(asked) > 30
    assert [(path, key) for path, key in asked if not catalogue(lang).has(key)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_label_of_the_public_vocabulary_has_words(lang):
    from losscompass.diagnose.diagnosis import LABELS

    for label in LABELS:
        assert catalogue(lang).has(f"label.{label}"), label
        assert catalogue(lang).has(f"verdict.{label}"), label


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_likely_cause_is_said_as_a_clause_of_its_own(lang):
    """A rule's title is a heading, and would stand in the list in another style than the others."""
    from losscompass.diagnose.likely import SETTLED_BY

    assert [cause for cause in SETTLED_BY if not catalogue(lang).has(f"cause.{cause}")] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_of_the_readers_has_words(lang):
    """`Skipped("…")` and `UnreadableError("…")` wherever they are written with their reason."""
    missing = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            table = {"Skipped": "skipped", "UnreadableError": "unreadable", "Undecided": "missing"}.get(name)
            reason = (
                node.args[0]
                if node.args
                else next((k.value for k in node.keywords if k.arg in {"reason", "missing"}), None)
            )
            if table and isinstance(reason, ast.Constant) and not catalogue(lang).has(f"{table}.{reason.value}"):
                missing.add(f"{table}.{reason.value}")
    assert sorted(missing) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_need_of_a_rule_has_words(lang):
    from losscompass.rules.all import ALL

    needs = {need.what for rule in ALL for need in rule.needs if not need.optional}
    assert [what for what in sorted(needs) if not catalogue(lang).has(f"need.{what}")] == []


def test_ids_are_unique_over_rules_and_remedies():
    for lang in LANGUAGES:
        names = [path.name.removesuffix(f".{lang}.md") for path in PACKAGE.rglob(f"*.{lang}.md")]
        assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_are_found_by_id(lang):
    words = catalogue(lang)
    for id_, path in {**words.paths, **words.losses}.items():
        assert path.name == id_.replace("-", "_") + f".{lang}.md"
        assert words.title(id_) != id_
        assert words.words(id_).message, id_


def test_both_languages_have_words_for_the_same_ids():
    english, japanese = (catalogue(lang) for lang in LANGUAGES)
    assert list(english.paths) == list(japanese.paths)
    assert list(english.losses) == list(japanese.losses)
    assert english.remedies == japanese.remedies


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_section_is_one_of_the_known(lang):
    words = catalogue(lang)
    unknown = {
        (id_, name)
        for id_ in (*words.paths, *words.losses)
        for name in words.words(id_).sections
        if name not in SECTIONS
    }
    assert sorted(unknown) == []


def test_both_languages_have_the_same_sections_and_values():
    english, japanese = (catalogue(lang) for lang in LANGUAGES)
    for id_ in (*english.paths, *english.losses):
        one, other = english.words(id_), japanese.words(id_)
        assert list(one.sections) == list(other.sections), id_
        assert placeholders(one.message) == placeholders(other.message), id_


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_remedy_is_a_sentence_with_its_values_and_without(lang):
    words = catalogue(lang)
    for id_ in words.remedies:
        said = words.words(id_)
        assert bool(placeholders(said.message)) == bool(said.unmeasured), id_
        assert not placeholders(said.unmeasured), id_
        assert said.message.endswith((".", "。")), id_
        assert not said.unmeasured or said.unmeasured.endswith((".", "。")), id_


def test_what_is_missing_is_shown_by_its_id():
    words = catalogue("en")
    assert words.title("no-such-rule") == "no-such-rule"
    assert words.message("no-such-rule", {"x": 1}) == "no-such-rule"
    assert words.section("no-such-rule", "what-to-do") == ""
    assert words.ui("no.such.key", x=1) == "no.such.key"
    assert words.ui("help") == "help", "a table is no word"
    assert not words.has("no.such.key")
    assert words.fill("{here} and {gone}", {"here": "x"}) == "x and ?"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="xx"):
        Catalogue("xx")


@pytest.mark.parametrize(
    ("template", "values", "filled"),
    [
        ("{x}", {"x": 0.123456}, "0.1235"),
        ("{x:.2g}", {"x": 0.123456}, "0.12"),
        ("{x:+.2g}", {"x": 0.123456}, "+0.12"),
        ("{x:+.2g}", {"x": -0.123456}, "-0.12"),
        ("{x:%}", {"x": 0.5}, "50 %"),
        ("{x:.1%}", {"x": 0.5}, "50.0 %"),
        ("{x:t}", {"x": 90}, "1 min 30 s"),
        ("{x:d}", {"x": 7}, "7"),
        ("{x:d}", {"x": 7.5}, "7.5"),
        ("{x:.3f}", {"x": 0.5}, "0.500"),
        ("{x:.3g}", {"x": "text"}, "text"),
        ("{x.__class__}{x[0]}", {"x": "text"}, "??"),
        ("{{x}}", {"x": 1}, "{x}"),
    ],
)
def test_values_are_written_as_the_template_asks(template, values, filled):
    assert catalogue("en").fill(template, values) == filled


@given(st.text(), st.floats())
def test_filling_never_fails_and_never_fills_what_was_filled_in(text, x):
    assert catalogue("en").fill("{a}|{b:.3g}", {"a": text, "b": x}).startswith(f"{text}|")


def test_markdown_beside_a_rule():
    words = parse(
        "# A title\n> The message\n> with {x}.\n\n> The message\n> without.\n\n## What it means\nOne.\n\n```\n## no heading\n```\n\n## 何をするか\n- two\n\n## Other\nx\n"
    )
    assert words.title == "A title"
    assert words.message == "The message with {x}."
    assert words.unmeasured == "The message without."
    assert words.sections == {
        "what-it-means": "One.\n\n```\n## no heading\n```",
        "what-to-do": "- two",
        "Other": "x",
    }


def test_preferred_terms_are_used():
    terms = tomllib.loads((PACKAGE / "text" / "terms.toml").read_text("utf-8"))
    banned = {variant: term["ja"] for term in terms.values() for variant in term.get("not", [])}
    assert banned
    texts = [*PACKAGE.rglob("*.ja.md"), *(PACKAGE / "text").glob("*.ja.toml"), PACKAGE.parents[1] / "README.ja.md"]
    wrong = [
        f"{path.name}: {variant} → {preferred}"
        for path in texts
        if path.exists()
        for variant, preferred in banned.items()
        if re.search(variant, path.read_text("utf-8"))
    ]
    assert wrong == []


def test_japanese_is_japanese():
    """A text that was left in English."""
    kana = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
    allowed = {"app.name", "label.nan"}
    for name in ROOMS:
        english = dict(leaves(room(name, "en")))
        for key, text in leaves(room(name, "ja")):
            words = re.findall("[A-Za-z]{3,}", re.sub(r"\{.*?\}", "", english[key]))
            if not kana.search(text) and text == english[key] and key not in allowed:
                assert len(words) < 2 or "losscompass" in text or text.startswith(("page.", "#")), (
                    f"{name}: {key} = {text}"
                )
