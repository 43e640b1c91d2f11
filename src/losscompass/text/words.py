"""The words of one rule, remedy or loss: plain Markdown with a title, a message and sections.

# Title
> Message with {values}

> What a remedy says where its values are not known

## What it means
…
"""

from dataclasses import dataclass, field
from typing import Final

SECTIONS: Final = {
    "what-it-means": ("What it means", "何が起きているか"),
    "why-it-happens": ("Why it happens", "なぜ起きるか"),
    "what-to-do": ("What to do", "何をするか"),
    "in-code": ("In code", "コード例"),
    "how-to-check": ("How to check that it worked", "効いたかどうかの確かめ方"),
    "if-it-does-not-help": ("If it does not help", "効かなかったとき"),
    "risk": ("Risk", "リスク"),
    "when-to-ignore-it": ("When to ignore it", "無視してよいとき"),
    "what-it-measures": ("What it measures", "何を測るか"),
    "when-to-take-it": ("When to take it", "使うとき"),
    "when-not": ("When not", "使わないとき"),
    "what-goes-wrong-silently": ("What goes wrong silently", "黙って間違える例"),
    "reading-its-value": ("Reading its value", "値の読み方"),
    "references": ("References", "参考"),
}
"""Sections by the name the code uses, with the heading in each language. Any other heading is its own name."""

_NAMES = {heading: name for name, headings in SECTIONS.items() for heading in headings}


@dataclass(frozen=True, slots=True)
class Words:
    """What a Markdown file beside a rule, a remedy or a loss says. `sections`: name → Markdown, in file order.

    `unmeasured`: the message where its values are not known; empty where the message needs none.
    """

    title: str
    message: str
    sections: dict[str, str] = field(default_factory=dict)
    unmeasured: str = ""


def parse(markdown: str) -> Words:
    """The title (`#`), the messages (`>`, the lines of each joined) and the sections (`##`) of a file."""
    title, sections, name = "", dict[str, str](), ""
    messages: list[list[str]] = [[]]
    fenced = False
    for line in markdown.splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            heading = line[3:].strip()
            name = _NAMES.get(heading, heading)
            sections[name] = ""
        elif name:
            sections[name] += line + "\n"
        elif line.startswith("# "):
            title = line[2:].strip()
        elif line.startswith(">"):
            messages[-1].append(line[1:].strip())
        elif messages[-1]:
            messages.append([])
    message, unmeasured, *_ = [*(" ".join(lines) for lines in messages), "", ""]
    return Words(title, message, {name: text.strip() for name, text in sections.items()}, unmeasured)
