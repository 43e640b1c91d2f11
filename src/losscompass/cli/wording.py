"""Help and complaints in the user's language: what click would say in English, said from the catalogue."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from ..report.plain import plain
from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold, pad

WIDEST = 100
"""Help is not written wider than this: long lines are hard to read."""


class Formatter(click.HelpFormatter):
    """Lays out help by cells, so that Japanese is wrapped where it should be."""

    def write_text(self, text: str | None) -> None:
        """Paragraphs; those that begin with a space stand as they are."""
        room = max(self.width - self.current_indent, 20)
        for number, paragraph in enumerate((text or "").strip("\n").split("\n\n")):
            if number:
                self.write("\n")
            verbatim = paragraph.startswith(" ")
            lines = paragraph.split("\n") if verbatim else fold(paragraph.replace("\n", " "), room)
            for line in lines:
                self.write(f"{'':{self.current_indent}}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str | None]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Names at the left, what they mean at the right."""
        entries = [(term, meaning or "") for term, meaning in rows]
        first = min(max((cells(term) for term, _ in entries), default=0), col_max) + col_spacing
        indent = " " * self.current_indent
        for term, meaning in entries:
            lines = fold(meaning, max(self.width - self.current_indent - first, 10))
            if cells(term) + col_spacing > first:
                self.write(f"{indent}{term}\n")
            else:
                self.write(f"{indent}{pad(term, first)}{lines.pop(0)}".rstrip() + "\n")
            for line in lines:
                self.write(f"{indent}{'':{first}}{line}\n")


class Context(click.Context):
    """click's own, with the layout above."""

    formatter_class = Formatter


class Verb(click.Command):
    """A command whose usage line, headings and help option are in the user's language."""

    context_class = Context

    def __init__(self, name: str, *, words: Catalogue, **attributes: Any) -> None:
        attributes.setdefault("context_settings", {"max_content_width": WIDEST})
        super().__init__(name, **attributes)
        self.words = words

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = self.words.ui("help.help")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=self.words.ui("help.usage") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.help or "")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        records = [record for option in options if (record := option.get_help_record(ctx)) is not None]
        with formatter.section(self.words.ui("help.options")):
            formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        if self.epilog:
            with formatter.section(self.words.ui("help.examples-heading")):
                formatter.write_text("\n".join(" " * formatter.current_indent + x for x in self.epilog.splitlines()))


class Group(Verb, click.Group):
    """The verbs, each loaded when it is needed; their summaries come from the catalogue, so that help loads none."""

    def __init__(
        self, name: str, *, load: Callable[[str], click.Command], verbs: Sequence[str], **attributes: Any
    ) -> None:
        super().__init__(name, no_args_is_help=True, **attributes)
        self.load = load
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return self.load(cmd_name) if cmd_name in self.verbs else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            raise Complaint("no-such-verb", name=args[0], close=close(args[0], self.verbs, self.words))
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(self.words.ui("help.verbs")):
            formatter.write_dl([(verb, self.words.ui(f"help.{verb}.short")) for verb in self.verbs])
        super().format_options(ctx, formatter)


class Complaint(click.ClickException):
    """Something that the user can put right: an id of the text catalogue (`error.<key>`) and what it names."""

    exit_code = 2

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def complaint(error: click.ClickException, words: Catalogue) -> str:
    """What is wrong, in one sentence of the user's language."""
    match error:
        case Complaint():
            values = {key: plain(value) if isinstance(value, str) else value for key, value in error.values.items()}
            return words.ui(f"error.{error.key}", **values)
        case click.exceptions.NoArgsIsHelpError():
            return error.format_message()
        case click.NoSuchOption():
            close_ = close(error.option_name, error.possibilities or (), words)
            return words.ui("error.no-such-option", name=plain(error.option_name), close=close_)
        case click.MissingParameter() if error.param is not None:
            return words.ui("error.missing", name=error.param.make_metavar(error.ctx))  # type: ignore[arg-type]
        case click.BadParameter() if error.param is not None and error.ctx is not None:
            name = error.param.get_error_hint(error.ctx).strip("'")
            if isinstance(error.param.type, click.Choice):
                return words.ui("error.choice", name=name, known=", ".join(map(str, error.param.type.choices)))
            return words.ui("error.value", name=name)
        case click.BadOptionUsage():
            return words.ui("error.option-usage", name=error.option_name)
        case _:
            return error.format_message()


def close(name: str, known: Iterable[str], words: Catalogue) -> str:
    """A question that names what was perhaps meant, with a space before it; nothing where nothing is close."""
    alike = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    return words.ui("error.close", names=", ".join(alike)) if alike else ""
