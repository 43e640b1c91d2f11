"""The command itself: the language, the verbs, and one clear sentence for whatever goes wrong."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from .. import __version__
from ..text.catalogue import Catalogue, catalogue, choose
from ..text.language import LANGUAGES
from .before_script import split
from .settings import Settings, SettingsError, load
from .wording import Group, complaint

VERBS = ("run", "read", "judge", "data", "losses", "choose", "explain", "serve", "demo")
"""Each is a module here with `command(words, settings) -> click.Command`."""

INTERRUPTED = 130


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Never a traceback, unless LOSSCOMPASS_DEBUG is set."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    wish = _language_wish(arguments)
    words = catalogue(choose(wish))
    try:
        settings = load(Path.cwd())
        words = catalogue(choose(wish, settings.lang))
        code = group(words, settings).main(arguments, prog_name="losscompass", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        return _fail(words, complaint(error, words))
    except SettingsError as error:
        return _fail(words, words.ui(f"error.{error.key}", **error.values))
    except (KeyboardInterrupt, click.exceptions.Abort):
        click.echo(f"\n{words.ui('error.interrupted')}", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that Python does not complain when it closes standard output
        return 0
    except Exception as error:
        if os.environ.get("LOSSCOMPASS_DEBUG"):
            raise
        return _fail(words, words.ui("error.own-fault", error=f"{type(error).__name__}: {error}"))
    return code if isinstance(code, int) else 0


def group(words: Catalogue, settings: Settings) -> click.Group:
    """The verbs, each loaded when it is asked for."""
    return Group(
        "losscompass",
        words=words,
        help=words.ui("help.losscompass"),
        epilog=words.ui("help.examples"),
        load=lambda verb: import_module(f".{verb}", __package__).command(words, settings),
        verbs=VERBS,
        params=[
            click.Option(["--lang"], type=click.Choice(LANGUAGES), help=words.ui("help.lang"), expose_value=False),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_version,
                help=words.ui("help.version"),
            ),
        ],
    )


def _version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"losscompass {__version__}")
        context.exit()


def _language_wish(arguments: Sequence[str]) -> str | None:
    """The last `--lang` of the command line: help and complaints need it before the arguments are parsed."""
    wish = None
    arguments = split(arguments)[0]  # a script's own `--lang` is none of ours
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and place + 1 < len(arguments):
            wish = arguments[place + 1]
        elif argument.startswith("--lang="):
            wish = argument.removeprefix("--lang=")
    return wish


def _fail(words: Catalogue, sentence: str) -> int:
    click.echo(words.ui("error.prefix", sentence=sentence), err=True)
    return 2
