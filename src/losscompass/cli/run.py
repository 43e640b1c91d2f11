"""`losscompass run train.py …`: the script as Python runs it, watched; the verdict at its end."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..report.plain import plain
from ..text.catalogue import Catalogue
from . import output
from .before_script import own_options
from .read import FAIL_ON, chosen_format, deliver, fail_on, judging, options_of, refuse_output, shared, worst
from .serve import NEEDED
from .settings import Settings
from .wording import Complaint, Verb

if TYPE_CHECKING:
    from ..diagnose.diagnosis import Diagnosis
    from ..diagnose.options import Options
    from ..launch.parent import Ended
    from ..launch.target import Target
    from ..serve.server import Server

LOOKS = 30.0
"""Seconds between two looks at the journal where `--stop-on` asks for them and `--watch` does not say."""

FAULTS = 3
"""Faults of our own that are told at the end; the journal has them all."""


class _Run(Verb):
    """All words from the script on are the script's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = own_options(args)
        theirs = args[end:]
        return super().parse_args(ctx, [*args[:end], *([] if theirs[:1] == ["--"] or not theirs else ["--"]), *theirs])


def command(words: Catalogue, settings: Settings) -> click.Command:
    """The verb, its help in the user's language."""

    def run(command: tuple[str, ...], **told: Any) -> int:
        return _run(words, settings, command, **told)

    return _Run(
        "run",
        words=words,
        callback=run,
        help=words.ui("help.run.long"),
        epilog=words.ui("help.run.examples"),
        params=[
            click.Argument(
                ["command"], nargs=-1, required=True, type=click.UNPROCESSED, metavar=words.ui("help.metavar.script")
            ),
            click.Option(["--watch"], type=click.FloatRange(min=0.1), metavar="N", help=words.ui("help.run.watch")),
            click.Option(
                ["--stop-on"],
                type=click.Choice(FAIL_ON[1:-1]),
                metavar="LEVEL",
                help=words.ui("help.run.stop-on", seconds=int(LOOKS)),
            ),
            click.Option(["--live"], is_flag=True, help=words.ui("help.run.live")),
            click.Option(["--no-report"], is_flag=True, help=words.ui("help.run.no-report")),
            *shared(words),
            fail_on(words.ui("help.run.fail-on"), default="never"),
            *judging(words),
        ],
    )


def _run(  # one flat function: the composition of the verb
    words: Catalogue,
    settings: Settings,
    command: Sequence[str],
    *,
    watch: float | None,
    stop_on: str | None,
    live: bool,
    no_report: bool,
    fail_on: str,
    format: str | None,  # noqa: A002
    output: str | None,
    verbose: bool,
    **told: Any,
) -> int:
    form = chosen_format(format, output)
    if form == "html" and output is None:
        raise Complaint("html-needs-output")
    # What was told is checked at once; else the script does not wait until all rules are loaded.
    wishes = cache(lambda: options_of(words, settings, **told))
    if any(told.values()):
        wishes()
    refuse_output(output, ())
    target = _target(command)
    from ..launch import folder, interpreter
    from ..launch.parent import execute

    flags = interpreter.options()
    place, at_home = folder.make(target.name, Path.cwd())
    journal = place / folder.journal(None)
    if not at_home:
        _say(words, "run.elsewhere", folder=str(place))
    page = _live_page(words, journal, wishes()) if live else None
    if watch is None and stop_on is None:
        ended, reason = execute(target, journal, flags=flags), ""
    else:
        from .live import Live

        looks = Live(words, journal, wishes(), tell=watch is not None, stop_on=stop_on)
        ended = execute(target, journal, flags=flags, every=watch or LOOKS, look=looks.look)
        reason = looks.reason
    code = ended.code
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):  # Ctrl-C: the report is not wanted any more
        try:
            if code < 0:
                _say(words, "run.killed", name=_signal_name(-code))
            if ended.asked:
                _say(words, "run.asked", titles=reason)
            report = _verdict(words, _shown(journal), ended, wishes, watchable=interpreter.can_be_watched(flags))
            if output is not None:
                deliver(report or _nothing(), words, form, output, verbose=verbose)
            if report is not None and not no_report:
                click.echo("", err=True)
                screen = "terminal" if output else form
                deliver(report, words, screen, None, verbose=verbose, stream=sys.stderr)
            if code == 0 and report is not None:
                code = int(worst(report) >= FAIL_ON.index(fail_on))
        except Complaint as error:
            _say(words, error.key, **error.values)
            code = code or 2
        except Exception as error:
            if os.environ.get("LOSSCOMPASS_DEBUG"):
                raise
            _say(words, "own-fault", error=f"{type(error).__name__}: {error}")
    if page is not None:
        _leave_open(words, page)
    if ended.asked:
        return 1
    if code < 0:
        _end_as(-code)
    return code


def _live_page(words: Catalogue, journal: Path, options: "Options") -> "Server":
    """The page of the run, served while it trains; its link is shown on standard error."""
    try:
        from ..serve import start_in_background

        page = start_in_background(journal, lang=words.lang, options=options)
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in NEEDED:
            raise
        raise Complaint("serve-extra") from None
    output.show(words.ui("serve.open", url=page.url) + "\n", sys.stderr)
    return page


def _leave_open(words: Catalogue, page: "Server") -> None:
    """Where somebody sits before the screen, the page is served until they have seen enough."""
    with contextlib.suppress(KeyboardInterrupt):
        if sys.stderr.isatty():
            output.show(words.ui("serve.stays", url=page.url) + "\n", sys.stderr)
            threading.Event().wait()
    page.stop()


def _target(command: Sequence[str]) -> "Target":
    from ..launch.target import TargetError, module, script

    first, *rest = command
    try:
        if first == "-m":
            if not rest:
                raise Complaint("option-usage", name="-m")
            return module(rest[0], rest[1:])
        if first.startswith("-m"):
            return module(first[2:], rest)
        return script(first, rest)
    except TargetError as error:
        raise Complaint(error.key, file=error.file) from error


def _verdict(
    words: Catalogue, journal: Path, ended: "Ended", wishes: Callable[[], "Options"], *, watchable: bool
) -> "Diagnosis | None":
    """What the journal gives; where it gives nothing, a sentence says why."""
    from ..launch import folder

    if not journal.exists():
        gone = not journal.parent.exists()
        _say(words, "run.gone" if gone else "run.no-torch" if watchable else "run.isolated")
        folder.remove_if_empty(journal.parent)
        return None
    from ..launch import follow

    closed = follow.close(journal, ended)
    for fault in closed.faults[:FAULTS]:
        _say(words, "run.probe-off", what=fault)
    if not closed.runs:
        _say(words, "run.nothing-seen")
        return None
    from ..diagnose.engine import diagnose
    from ..evidence.gathered import Gathered

    return diagnose(Gathered(runs=closed.runs), wishes())


def _nothing() -> "Diagnosis":
    from ..diagnose.diagnosis import Diagnosis

    return Diagnosis(runs=())


def _shown(journal: Path) -> Path:
    """The path as people would type it here."""
    try:
        return journal.relative_to(Path.cwd())
    except ValueError:
        return journal


def _say(words: Catalogue, key: str, /, **values: str | int) -> None:
    shown = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
    line = words.ui("error.prefix", sentence=words.ui(f"error.{key}", **shown))
    output.show(line + "\n", sys.stderr)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _end_as(number: int) -> None:
    from ..launch.signals import end_by

    sys.stdout.flush()
    sys.stderr.flush()
    end_by(number)
