"""`losscompass.watch()`: the same watching without a launcher, around a loop of one's own or in a notebook.

with losscompass.watch() as run:
train()
run.report()
"""

import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from . import folder
from .recording import open_recorder

if TYPE_CHECKING:
    from ..api import Report
    from ..diagnose.options import Options


def watch(path: str | Path | None = None, *, show: bool = True) -> "Watch":
    """Watch the training that follows, until the `with` block is left or `stop()` is called.

    `path`: where to write the journal (default: a new folder under `.losscompass/`). `show`: show the verdict when the run
    ends, in a notebook as the page, else on standard error.
    Raises ImportError without torch, OSError where there is no room for a journal at all, RuntimeError within another `watch()`.
    """
    return Watch(path, show=show)


class Watch:
    """A run that is being watched.

    `path`: the journal that is written; `losscompass read` takes it like any log.
    """

    def __init__(self, path: str | Path | None, *, show: bool) -> None:
        from .. import watcher

        if Watch._running is not None:
            raise RuntimeError("another losscompass.watch() is still running: stop it first")
        name = Path(sys.argv[0]).name if sys.argv and sys.argv[0] else "notebook"
        self.path = Path(path) if path is not None else folder.make(name, Path.cwd())[0] / folder.JOURNAL
        self._show = show
        self._recorder = open_recorder(str(self.path))
        if self._recorder.stopped is not None:
            raise OSError(f"{self.path}: {self._recorder.stopped}")
        self._recorder.fact("script", name)
        self._session: Any = watcher.install(self._recorder)
        Watch._running = self

    _running: "Watch | None" = None

    def stop(self, error: BaseException | None = None) -> None:
        """End the watching. Torch is as it was before; further calls do nothing."""
        if self._session is None:
            return
        session, self._session = self._session, None
        Watch._running = None
        ended = "finished" if error is None else "interrupted" if isinstance(error, KeyboardInterrupt) else "error"
        try:
            session.finish(ended, error)
        finally:
            self._recorder.close()
        if self._show:
            self._shown()

    def report(self, options: "Options | None" = None) -> "Report":
        """The verdict on what was seen so far, also while the run goes on."""
        from ..api import read

        return read(self.path, options)

    def _shown(self) -> None:
        report = self.report()
        ipython: Any = sys.modules.get("IPython")
        shell = None if ipython is None else ipython.get_ipython()
        if shell is not None and hasattr(shell, "kernel"):
            ipython.display.display(report)
        else:
            print(report, file=sys.stderr)  # noqa: T201 - the script's own output stays what it is

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(error)

    def __repr__(self) -> str:
        return f"<losscompass.watch {'running' if self._session is not None else 'ended'}: {self.path}>"
