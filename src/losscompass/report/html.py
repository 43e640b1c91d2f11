"""The web page: one file that holds the diagnosis, its words in every language, its style and its scripts. No network.

Nothing of a log ever becomes markup: the data stand in a block that the browser does not run, its `<`, `>` and `&` escaped, and
the scripts put every word into the page as text. The page's security policy names the exact style and script by their
hashes and forbids all else, so that a mistake of ours could still not load or run anything.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ..diagnose.diagnosis import Diagnosis
from ..text.catalogue import Catalogue
from .page_data import page_data

SCRIPTS = (
    "vendor/uPlot.iife.min.js",
    "dom.js",
    "words.js",
    "state.js",
    "data.js",
    "smooth.js",
    "markdown.js",
    "icons.js",
    "dial.js",
    "marks.js",
    "ticks.js",
    "touch.js",
    "chart.js",
    "chart_text.js",
    "download.js",
    "vector.js",
    "links.js",
    "controls.js",
    "lines.js",
    "further.js",
    "relations.js",
    "curves.js",
    "code.js",
    "exhibits.js",
    "findings.js",
    "remedies.js",
    "layers.js",
    "data_seen.js",
    "closing.js",
    "compare.js",
    "overlay.js",
    "verdict.js",
    "page.js",
)
"""In this order they make one script; each has one purpose and hands its names on as plain functions."""

START = ("start.js",)
LIVE = ("grow.js", "live.js")
"""What begins: the page as a file, and the page that a server goes on feeding."""

LICENCE = "vendor/uPlot-LICENSE"
"""Of the drawing library: it has to go with every copy."""

STYLES = ("vendor/uPlot.min.css", "page.css", "page_charts.css", "page_evidence.css", "page_print.css")

_REMARK = re.compile(r"(?<=[;,{(]) // .*$")  # behind code
_OPEN_END = re.compile(
    r"(?<=[;,({\[?:&|=>])\n|\n(?=[)\]}.?:&|])"
)  # line ends at which no statement can end, or one has
_PAGE = files("losscompass.report").joinpath("page")


def render(diagnosis: Diagnosis, catalogues: Mapping[str, Catalogue], lang: str) -> str:
    """The page as the text of one HTML file. It opens in `lang`; the reader can switch to any other of `catalogues`."""
    return page(page_data(diagnosis, catalogues, lang), catalogues, lang)


def page(data: Mapping[str, Any], catalogues: Mapping[str, Catalogue], lang: str, *, live: bool = False) -> str:
    """The same from what `page_data` gives. A `live` page goes on from there with what its server sends."""
    style, script = _style(), _script(LIVE if live else START)
    parts = {
        "lang": lang,
        "policy": policy(style, script, live=live),
        "title": html.escape(catalogues[lang].ui("page.title")),
        "style": style,
        "script": script,
        "without-script": _without_script(data, catalogues[lang]),
        "data": embed(data),
    }
    return _fill(_read("page.html"), parts).encode("utf-8", "replace").decode("utf-8")


def embed(data: Mapping[str, Any]) -> str:
    """JSON that may stand in a script block: nothing in it can end the block or start another."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def _fill(skeleton: str, parts: Mapping[str, str]) -> str:
    """The skeleton with its `{{name}}` replaced, in one pass: what a part holds is never looked at again."""
    pieces = skeleton.split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, rest = piece.split("}}", 1)
        filled += [parts[name], rest]
    return "".join(filled)


def policy_of_live_page() -> str:
    """What the server says of the live page, the same as the page itself."""
    return policy(_style(), _script(LIVE), live=True)


def policy(style: str, script: str, *, live: bool) -> str:
    """The page's own style and script, by their hashes, and nothing else; of a live page, also the events of its server."""
    rules = (
        "default-src 'none'",
        f"script-src '{_hash(script)}'",
        f"style-src '{_hash(style)}'",
        "img-src data:",
        *(["connect-src 'self'"] if live else []),
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return "; ".join(rules)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _without_script(data: Mapping[str, Any], words: Catalogue) -> str:
    """What a reader without scripts gets: each run's verdict as a sentence."""
    said = data["words"][words.lang]["runs"]
    named = [(run["source"], run["name"]) for run in data["document"]["runs"]]
    lines = [
        f"<li>{html.escape(' · '.join(filter(None, name)))}: {html.escape(run['verdict'])}</li>"
        for name, run in zip(named, said, strict=True)
    ]
    return f"<p>{html.escape(words.ui('page.without-script'))}</p><ul>{''.join(lines)}</ul>"


@cache
def _script(begin: tuple[str, ...]) -> str:
    modules = "\n".join(_terse(_read(name)) for name in (*SCRIPTS[1:], *begin))
    licence = f"/*!\n{_read(LICENCE)}\n*/"
    return f"{licence}\n{_read(SCRIPTS[0])}\n(() => {{\n'use strict';\n{modules}\n}})();\n"


@cache
def _style() -> str:
    text = "\n".join(_terse(_read(name)) for name in STYLES)
    return re.sub(
        r"(?<=[;:,{}])[ \n]+|[ \n]+(?=[{}])", "", text
    )  # blanks that mean nothing; none of ours is within a string


def _terse(source: str) -> str:
    """A script or style without its indentation and its comments, and with few of its line ends: a quarter of it."""
    lines = (_REMARK.sub("", line.strip()) for line in source.split("\n"))
    kept = (line for line in lines if line and not line.startswith("//") and not _is_block(line))
    return _OPEN_END.sub("", "\n".join(kept))


def _is_block(line: str) -> bool:
    return line.startswith("/*") and line.endswith("*/")


def _read(name: str) -> str:
    return _PAGE.joinpath(name).read_text("utf-8").replace("\r\n", "\n").strip()
