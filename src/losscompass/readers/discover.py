"""The walk over the paths the user gave: every run in them, and what could not be read."""

import gzip
import os
import re
import stat
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..evidence.build import build
from ..evidence.gathered import Gathered, Unreadable
from ..evidence.names import Kind
from ..evidence.records import Skipped
from ..evidence.run import Run
from .all import READERS
from .base import Head, Progress, Reader, UnreadableError
from .head import head_of

MAX_ENTRIES = 200_000  # looked at in one walk
MAX_DEPTH = 40
MAX_UNPACKED = 1 << 30  # of a .gz

_LFS = b"version https://git-lfs.github.com/spec/"
# Never opened beyond their first bytes: pickles, archives and what holds them. Nothing is unpickled.
_CLOSED = (
    b"\x80\x02",
    b"\x80\x03",
    b"\x80\x04",
    b"\x80\x05",
    b"PK\x03\x04",
    b"\x93NUMPY",
    b"\x89HDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"%PDF",
)
_SKIPPED_FOLDERS = frozenset(
    (".trash", ".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "site-packages", ".ipynb_checkpoints")
)
_COUNTED = frozenset(("empty", "binary", "no-curve", "not-a-log"))  # reasons worth no more than a count in a folder
_CURVE_KINDS = frozenset((Kind.LOSS, Kind.LOSS_PART, Kind.METRIC_UP, Kind.METRIC_DOWN, Kind.REWARD))


def gather(paths: Sequence[Path | str], progress: Progress | None = None) -> Gathered:
    """Read every path, a file or a folder, whatever is in it. Never raises on what it finds there."""
    walk = _Walk(progress)
    for path in paths:
        walk.take(Path(path))
    return Gathered(runs=tuple(walk.runs), unreadable=tuple(walk.unreadable), skipped=tuple(walk.skipped.values()))


@dataclass
class _Walk:
    progress: Progress | None
    runs: list[Run] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    skipped: dict[str, Skipped] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)
    claimed: set[Path] = field(default_factory=set)  # entries of folders that were read as one log
    entries: int = 0

    def take(self, path: Path) -> None:
        """One path as the user gave it."""
        try:
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                self._take_folder(path)
            elif stat.S_ISREG(mode):
                self.runs += self._read(path)
            else:
                self._refuse(path, UnreadableError("not-a-file"))
        except UnreadableError as error:
            self._refuse(path, error)
        except OSError as error:
            self._refuse(path, _from_os(error))
        except Exception as error:  # noqa: BLE001 - see `_failed`; a zero byte in the path is a ValueError
            self._refuse(path, UnreadableError("missing") if "\0" in str(path) else _failed(error))

    def _refuse(self, path: Path, error: UnreadableError) -> None:
        self.unreadable.append(Unreadable(source=str(path), reason=error.reason, values=error.values))

    def _skip(self, reason: str, path: Path) -> None:
        known = self.skipped.get(reason)
        self.skipped[reason] = Skipped(reason, known.count + 1 if known else 1, known.where if known else str(path))

    def _take_folder(self, folder: Path) -> None:
        runs, unreadable = len(self.runs), len(self.unreadable)
        self._walk(folder, 0)
        if len(self.runs) == runs and len(self.unreadable) == unreadable:
            self._refuse(folder, UnreadableError("no-logs-in-folder", {"count": self.entries}))

    def _walk(self, folder: Path, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._skip("too-deep", folder)
            return
        try:
            identity = folder.stat()
            names = sorted((entry.name for entry in os.scandir(folder)), key=_natural)
        except OSError:
            self._skip("no-permission", folder)
            return
        if (identity.st_dev, identity.st_ino) in self.seen:
            return
        self.seen.add((identity.st_dev, identity.st_ino))
        self._claim(folder)
        folders = []
        for name in names:
            path = folder / name
            self.entries += 1
            if self.entries > MAX_ENTRIES:
                self._skip("too-many-files", path)
                return
            if path in self.claimed:
                continue
            try:
                mode = path.stat().st_mode
            except OSError:
                self._skip("no-permission", path)
                continue
            if stat.S_ISDIR(mode):
                if name in _SKIPPED_FOLDERS:
                    self._skip("other-folder", path)
                else:
                    folders.append(path)
            elif stat.S_ISREG(mode):
                self._take_file(path)
        for path in folders:
            self._walk(path, depth + 1)

    def _claim(self, folder: Path) -> None:
        """Read the logs that this folder is, if it is some; their entries are passed over by the walk."""
        for reader in READERS:
            if reader.claims is None:
                continue
            try:
                entries = [entry for entry in reader.claims(folder) if entry not in self.claimed]
                if entries:
                    self.claimed.update(entries)
                    self.runs += _curves(self._records(reader, folder, folder))
            except UnreadableError as error:
                self._refuse(folder, error)
            except OSError as error:
                self._refuse(folder, _from_os(error))
            except Exception as error:  # noqa: BLE001 - a fault of ours must not cost the user the other logs
                self._refuse(folder, _failed(error))

    def _take_file(self, path: Path) -> None:
        """A file met in a folder: that it is no log is worth a count, that it is a damaged one is worth a line."""
        try:
            self.runs += self._read(path)
        except UnreadableError as error:
            if error.reason in _COUNTED:
                self._skip(error.reason, path)
            else:
                self._refuse(path, error)
        except OSError as error:
            self._refuse(path, _from_os(error))
        except Exception as error:  # noqa: BLE001 - see `_failed`
            self._refuse(path, _failed(error))

    def _read(self, path: Path) -> tuple[Run, ...]:
        head = head_of(path)
        if head.data[:2] == b"\x1f\x8b":
            with tempfile.TemporaryDirectory(prefix="losscompass-") as folder:
                unpacked = _unpack(path, Path(folder))
                return self._read_head(head_of(unpacked), path)
        return self._read_head(head, path)

    def _read_head(self, head: Head, source: Path) -> tuple[Run, ...]:
        if head.size == 0 or (not head.data.strip(b"\0 \t\r\n") and head.size <= len(head.data)):
            raise UnreadableError("empty")
        if head.data.startswith(_LFS):
            raise UnreadableError("lfs-pointer")
        refused: UnreadableError | None = None
        if not head.data.startswith(_CLOSED):
            for reader in READERS:
                if not reader.sniff(head):
                    continue
                try:
                    return _curves(self._records(reader, head.path, source))
                except UnreadableError as error:
                    refused = refused or error
                    if error.reason != "no-curve":
                        break
        raise refused or UnreadableError("not-a-log" if head.text is not None else "binary")

    def _records(self, reader: Reader, path: Path, source: Path) -> tuple[Run, ...]:
        if self.progress is not None:
            self.progress(str(source), 0, _size(path))
        runs = build(reader.read(path), str(source))
        if self.progress is not None:
            self.progress(str(source), _size(path), _size(path))
        return runs


def _curves(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Only runs that hold a curve: numbers of a training, not just numbers. What was watched is a training, curve or not."""
    kept = tuple(run for run in runs if _is_training(run))
    if not kept:
        raise UnreadableError("no-curve")
    return kept


def _is_training(run: Run) -> bool:
    series = [s for s in run.series.values() if len(s)]
    return (
        bool(run.facts.get("watched"))
        or any(s.role.kind in _CURVE_KINDS for s in series)
        or any(s.axis != "row" for s in series)
    )


def _failed(error: Exception) -> UnreadableError:
    """A fault of a reader: said, never a traceback, and it costs only this log."""
    return UnreadableError("reader-failed", {"error": f"{type(error).__name__}: {str(error)[:100]}"})


def _from_os(error: OSError) -> UnreadableError:
    if isinstance(error, FileNotFoundError):
        return UnreadableError("missing")
    if isinstance(error, PermissionError):
        return UnreadableError("no-permission")
    return UnreadableError("cannot-read", {"error": error.strerror or type(error).__name__})


def _unpack(path: Path, folder: Path) -> Path:
    """A gzip file, unpacked beside nothing else: at most `MAX_UNPACKED` bytes."""
    target = folder / "log"
    done = 0
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            while chunk := packed.read(1 << 20):
                done += len(chunk)
                if done > MAX_UNPACKED:
                    raise UnreadableError("too-large", {"limit": MAX_UNPACKED >> 20})
                out.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        if not done:
            raise UnreadableError("damaged-archive") from error
    return target


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _natural(name: str) -> list[tuple[int, int, str]]:
    """`run-10` after `run-9`."""
    parts = re.split(r"(\d+)", name)
    return [(0, int(part), "") if part.isdecimal() and len(part) < 18 else (1, 0, part) for part in parts]
