"""A judgement as one self-contained page: the gauge as a drawing, then the sentences. No script; everything is escaped."""

from html import escape
from itertools import pairwise

from ..losses.judge import Judgement
from ..text.catalogue import Catalogue
from .gauge import places
from .judgement import LETTER, TONE, beside, heading, scale, sentences, taken

WIDTH, HEIGHT, EDGE = 720, 96, 24

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #5b6570; --paper: #fff; --track: #d7dde3; --way: #2b7de0; --good: #1a7f37;
  --bad: #c62828; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebee; --dim: #9aa4ae; --paper: #14181c; --track: #343c44; --way: #5aa2f5;
  --good: #4cc06a; --bad: #ff7b72; } }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1.25rem; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; line-height: 1.35; } h1.good { color: var(--good); } h1.bad { color: var(--bad); }
h2 { font-size: 1rem; margin: 1.5rem 0 .25rem; } ul { margin: .25rem 0; padding-left: 1.2rem; }
svg { width: 100%; height: auto; display: block; margin: 1rem 0; }
.track { stroke: var(--track); stroke-width: 10; stroke-linecap: round; } .way { stroke: var(--way); stroke-width: 10;
  stroke-linecap: round; } .tick { stroke: var(--ink); stroke-width: 2; } text { fill: var(--dim); font-size: 14px; }
.needle { fill: var(--ink); } table { border-collapse: collapse; } td { padding: .1rem 1rem .1rem 0; }
td:last-child { font-variant-numeric: tabular-nums; }
"""


def page(judged: Judgement, words: Catalogue) -> str:
    """The whole document, in the language of the catalogue."""
    body = [f'<h1 class="{TONE.get(judged.place, "")}">{escape(heading(judged, words))}</h1>', drawing(judged, words)]
    rows = "".join(
        f"<tr><td>{LETTER[mark]}</td><td>{escape(name)}</td><td>{escape(value)}</td></tr>"
        for mark, name, value in scale(judged, words)
    )
    body.append(f"<table>{rows}</table>")
    if assumed := taken(judged, words):
        body += [f"<h2>{escape(words.ui('judge.taken'))}</h2>", _list(assumed)]
    body.append(f"<h2>{escape(words.ui('judge.other-words'))}</h2>")
    body.append(_list(list(sentences(judged, words))))
    reason, metrics = beside(judged, words)
    if reason or metrics:
        body.append(f"<h2>{escape(words.ui('judge.read-beside'))}</h2>")
        body.append((f"<p>{escape(reason)}</p>" if reason else "") + _list(metrics))
    return (
        f'<!doctype html>\n<html lang="{words.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(words.ui('judge.title'))}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def drawing(judged: Judgement, words: Catalogue) -> str:
    """The gauge as SVG; empty where there is no scale. Letters that would cover one another stand above and below in turn."""
    where = places(judged)
    if not where:
        return ""
    x = {name: EDGE + share * (WIDTH - 2 * EDGE) for name, share in where.items()}
    middle = HEIGHT / 2
    begun = min((x[name] for name in ("start", "baseline") if name in x), default=EDGE)
    parts = [f'<line class="track" x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{middle}" y2="{middle}"/>']
    if x["value"] > begun:
        parts.append(f'<line class="way" x1="{begun:.1f}" x2="{x["value"]:.1f}" y1="{middle}" y2="{middle}"/>')
    ticks = sorted((place, name) for name, place in x.items() if name != "value")
    close = {later[1] for earlier, later in pairwise(ticks) if later[0] - earlier[0] < 24}
    for place, name in ticks:
        parts.append(f'<line class="tick" x1="{place:.1f}" x2="{place:.1f}" y1="{middle - 12}" y2="{middle + 12}"/>')
        y = middle - 20 if name in close else middle + 32
        parts.append(f'<text x="{place:.1f}" y="{y}" text-anchor="middle">{LETTER[name]}</text>')
    v = x["value"]
    parts.append(f'<path class="needle" d="M{v:.1f} {middle - 8}l9 -14h-18z"/>')
    label = ", ".join(f"{name} {value}" for _, name, value in scale(judged, words))
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'


def _list(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if lines else ""
