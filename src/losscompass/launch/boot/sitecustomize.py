"""What the user's Python does before the script when losscompass has started it.

The script is run by an ordinary `python train.py`: this file is found by `site`, because its folder stands first in
PYTHONPATH. So no frame of losscompass is below the script, and tracebacks, `__main__`, signals and exit codes are Python's
own. Here that folder is taken out of the environment and of `sys.path` again, which keeps the script's subprocesses and
workers unwatched; two traps are set, for the import of torch and for the end; then the site's own `sitecustomize` has its
turn. Nothing is imported that Python has not loaded already, lest a module of the script's folder be shadowed.
"""

import atexit
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from losscompass.launch.child import Watch

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is not loaded yet


class Trap:
    """Watches from the moment when torch is there until the process ends. It never raises into the script."""

    def __init__(self, journal: str, script: str) -> None:
        self.journal = journal
        self.script = script
        self.folder = os.getcwd()  # noqa: PTH109
        self.process = os.getpid()  # a forked worker inherits the traps, and must not write
        self.watch: Watch | None = None

    def set(self) -> None:
        """From here on the import of torch is noticed, and the end of the process."""
        sys.meta_path.insert(0, self)
        atexit.register(self.end)  # the first to be registered is the last to be called

    def find_spec(
        self, name: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        """As a finder of modules: nothing, but what the others find for torch is marked."""
        if name != "torch":
            return None
        for finder in sys.meta_path:
            look = None if finder is self else getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if look is None else look(name, path, target)
            if spec is not None:
                if self in sys.meta_path:
                    sys.meta_path.remove(self)
                tell_when_imported(spec, self.imported)
                return spec
        return None

    def imported(self) -> None:
        """Torch has just been imported, or has failed to be: then a later attempt may do better."""
        if "torch" not in sys.modules:
            sys.meta_path.insert(0, self)
            return
        if os.getpid() != self.process:
            return
        try:  # noqa: SIM105 - contextlib is not loaded yet
            self.watch = child().Watch(self.journal, self.script, self.folder)
        except Exception:  # noqa: BLE001, S110 - whatever it is, the script goes on
            pass

    def end(self) -> None:
        """The script has ended, its own exit functions have run, and Python is about to go."""
        if self.watch is None or os.getpid() != self.process:
            return
        try:  # noqa: SIM105 - contextlib is not loaded yet
            self.watch.end(getattr(sys, "last_exc", None) or getattr(sys, "last_value", None))
        except BaseException:  # noqa: BLE001, S110 - Ctrl-C too: this is the very end
            pass


def tell_when_imported(spec: "ModuleSpec", then: "Callable[[], None]") -> None:
    """Call `then` once the module of this spec has been executed, or has failed.

    The import system marks the spec while it executes the module. That mark is what is listened to: a wrapped loader would
    be a frame in every traceback that comes out of torch's own import.
    """
    kind = type(spec)

    class Marked(kind):  # type: ignore[misc, valid-type]
        @property
        def _initializing(self) -> bool:
            return bool(self.__dict__.get("_initializing", False))

        @_initializing.setter
        def _initializing(self, value: bool) -> None:
            self.__dict__["_initializing"] = value
            if not value:
                self.__class__ = kind  # type: ignore[assignment]
                then()

    spec.__class__ = Marked


def child() -> "ModuleType":
    """The part of losscompass that watches. It is loaded when torch is there, from where this file lies."""
    try:
        from losscompass.launch import child as part
    except ModuleNotFoundError:
        home = os.path.dirname(os.path.dirname(os.path.dirname(_HERE)))  # noqa: PTH120
        sys.path.append(home)
        try:
            from losscompass.launch import child as part
        finally:
            sys.path.remove(home)
    return part


def _undo() -> "tuple[str, str] | None":
    """Take away what brought this file in; the journal and the script's name, if losscompass has started this process."""
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _HERE]  # noqa: PTH100
    sys.path_importer_cache.pop(_HERE, None)
    journal = os.environ.pop("LOSSCOMPASS_JOURNAL", None)
    script = os.environ.pop("LOSSCOMPASS_SCRIPT", "")
    before = os.environ.pop("LOSSCOMPASS_PYTHONPATH", None)
    if journal is None:
        return None
    if before is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = before
    return journal, script


def _boot() -> None:
    try:
        told = _undo()
        if told is not None:
            Trap(*told).set()
    except Exception:  # noqa: BLE001, S110 - the script is started all the same
        pass


if __name__ == "sitecustomize":
    _boot()
    sys.modules.pop("sitecustomize", None)
    import sitecustomize  # type: ignore[import-not-found]  # noqa: F401 - now the site's own; where there is none, Python takes the error as that
