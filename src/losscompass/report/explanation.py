"""What is written of a rule or a remedy, and the list of all, on a terminal."""

import io
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold, pad


def explanation(id: str, catalogue: Catalogue, *, width: int = 80, colour: bool = False) -> str:  # noqa: A002
    """The whole of its words. Placeholders stand as they are: nothing was measured."""
    words = catalogue.words(id)
    if words is None:
        raise KeyError(id)
    lines = [Text(words.title, "bold").append(f"  ({id})", "dim"), Text("")]
    for name, text in words.sections.items():
        lines += [Text(catalogue.heading(name), "bold"), *markdown_lines(text, width), Text("")]
    if remedies := _remedies(id):
        lines += [Text(catalogue.ui("heading.remedies"), "bold"), *_entries(remedies, catalogue, width)]
    return _shown(lines, width, colour)


def overview(catalogue: Catalogue, *, width: int = 80, colour: bool = False) -> str:
    """The id and the title of every rule, then of every remedy."""
    lines: list[Text] = []
    rules = [id_ for id_ in catalogue.paths if id_ not in catalogue.remedies]
    for heading, ids in {"explain.rules": rules, "explain.remedies": sorted(catalogue.remedies)}.items():
        lines += [Text(catalogue.ui(heading), "bold"), *_entries(ids, catalogue, width), Text("")]
    lines.append(Text(catalogue.ui("explain.usage"), "dim"))
    return _shown(lines, width, colour)


def _entries(ids: Sequence[str], catalogue: Catalogue, width: int) -> list[Text]:
    """An id and its title a line."""
    lines: list[Text] = []
    column = max(map(cells, ids), default=0) + 2
    for id_ in ids:
        first, *more = fold(catalogue.title(id_), width - column - 2)
        lines.append(Text("  ").append(pad(id_, column), "cyan").append(first))
        lines += [Text(" " * (column + 2) + line) for line in more]
    return lines


def _remedies(id: str) -> tuple[str, ...]:  # noqa: A002
    """What a rule calls for; nothing for what is no rule."""
    from ..rules.all import ALL

    return next((rule.remedies for rule in ALL if rule.id == id), ())


def markdown_lines(text: str, width: int) -> list[Text]:
    """Paragraphs and lists wrapped, code blocks as they stand."""
    lines: list[Text] = []
    paragraph: list[str] = []
    fenced = False

    def close() -> None:
        if paragraph:
            whole = " ".join(paragraph) if not any(cells(x) != len(x) for x in paragraph) else "".join(paragraph)
            marker = whole[: len(whole) - len(whole.lstrip("-*0123456789. "))] if whole[0] in "-*0123456789" else ""
            body = fold(whole[len(marker) :].replace("**", ""), width - 2 - cells(marker))
            lines.extend(Text("  " + (marker if not n else " " * cells(marker)) + x) for n, x in enumerate(body))
            paragraph.clear()

    for line in text.splitlines():
        if line.startswith("```"):
            close()
            fenced = not fenced
        elif fenced:
            lines.append(Text("    " + line, "cyan"))
        elif not line.strip():
            close()
            if lines and lines[-1].plain:
                lines.append(Text(""))
        else:
            starts_item = line.lstrip().startswith(("- ", "* ")) or line.lstrip().split(". ")[0].isdigit()
            if starts_item:
                close()
            paragraph.append(line.strip())
    close()
    return lines


def _shown(lines: list[Text], width: int, colour: bool) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width + 1,
        color_system="standard" if colour else None,
        force_terminal=colour,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
        _environ={},
    )
    for line in lines:
        console.print(line, overflow="fold", no_wrap=True, crop=False, soft_wrap=True)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n") + "\n"
