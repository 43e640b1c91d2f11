import re

import pytest
from specimen import HOSTILE, diagnosis, healthy, hostile, sick

from losscompass.diagnose.diagnosis import Comparison
from losscompass.report import markdown
from losscompass.report.formats import render
from losscompass.text.catalogue import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markdown_of_a_log_is_only_text(lang):
    text = render(hostile(), "markdown", lang)
    assert "<script" not in text
    assert "[bold" not in text
    assert "\x1b" not in text
    for line in text.splitlines():
        assert line == "" or re.match(r"(#+ |\*\*|\| |- |  |\d+\. |\S)", line)
    assert not re.search(r"^::", text, re.MULTILINE)


def test_links_and_mentions_are_not_made():
    for text in (
        "https://example.org/x",
        "www.example.org",
        "@someone",
        "![x](y)",
        "#12",
        "~~x~~",
        "a|b",
        "`c`",
        "<b>",
    ):
        shown = markdown.escape(text)
        assert not re.search(r"https?://|www\.|@|[!]\[|(?<!&)#|~~|\||`|<", shown), shown


def test_markdown_holds_what_the_terminal_holds():
    text = render(diagnosis(sick(), healthy(), comparison=Comparison(ranked=(1, 0), on="val/loss")), "markdown", "en")
    assert "| 1 | Healthy" in text
    assert "## runs/one.csv" in text
    assert "| val/loss | 2.2 |" in text
    assert "**Overfitting**" in text
    assert "1. Use the weights of epoch 15" in text


def test_annotations():
    lines = render(diagnosis(sick()), "github", "en").splitlines()
    assert lines[0].startswith("::warning file=runs/one.csv,title=Overfitting (warning%2C since epoch 15)::")
    assert lines[1].startswith("::error file=plain,line=7,title=plain")
    assert lines[-1] == "Findings: 2, runs: 1"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_log_cannot_command_the_runner(lang):
    text = render(hostile(), "github", lang)
    assert "##[" not in text
    for line in text.splitlines():
        command = re.match(r"::(\S+)", line)
        assert command is None or command[1] in {"error", "warning", "notice"}
        if command:
            properties = line[2:].split("::", 1)[0]
            assert properties.count("title=") == 1
            assert "file=a" in properties or "file" not in properties
    assert len(text.splitlines()) == 2 + 1 + 2 + 1, (
        "two findings, an unreadable path, two runs, the count: no line from the log"
    )
    assert HOSTILE.split("\r", maxsplit=1)[0] not in text
