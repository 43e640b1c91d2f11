"""One event file: its curves, and what else it tells."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64, Int64

from ...evidence.records import Fact
from ..protobuf import BYTES, FIXED64, VARINT, MalformedError, fields, signed
from .columns import Part
from .decode import decode
from .event import Event
from .frames import windows

_LONGEST_FACT = 500  # characters of a text that still is a setting, not a document


@dataclass(slots=True)
class Curve:
    """The points of one tag in the order of the log."""

    place: Int64[np.ndarray, " n"]
    step: Int64[np.ndarray, " n"]
    value: Float64[np.ndarray, " n"]
    wall: Float64[np.ndarray, " n"]

    def take(self, keep: Bool[np.ndarray, " n"]) -> "Curve":
        """The points that the mask keeps."""
        return Curve(self.place[keep], self.step[keep], self.value[keep], self.wall[keep])


@dataclass(slots=True)
class EventFile:
    """What one event file holds."""

    path: Path
    curves: dict[str, Curve] = field(default_factory=dict)  # in the order in which the tags appear
    facts: list[Fact] = field(default_factory=list)
    restarts: list[tuple[int, int]] = field(default_factory=list)  # (place, step) at which a session began anew
    versioned: bool = False  # whether it says brain.Event:2, as all but the oldest writers do
    plugins: dict[str, str] = field(default_factory=dict)  # tag → plugin, but for scalars
    damaged: int = 0
    first_damage: int = 0  # place
    cut_off: int | None = None  # place

    def damage(self, place: int) -> None:
        """Count one damaged place."""
        self.first_damage = min(self.first_damage, place) if self.damaged else place
        self.damaged += 1


def read_file(path: Path) -> EventFile:
    """Read all of a file."""
    file = EventFile(path)
    parts: dict[str, list[Part]] = {}
    for window in windows(path):
        decoded = decode(window)
        for place in (*decoded.damaged, *decoded.malformed):
            file.damage(place)
        for damage in window.damage:
            if damage.cut_off:
                file.cut_off = damage.byte
            else:
                file.damage(damage.byte)
        for place, event in decoded.events:
            _note(file, place, event)
        for tag, part in decoded.parts:
            parts.setdefault(tag, []).append(part)
    whole: dict[str, Curve] = {}
    for tag, some in parts.items():
        # A tensor that names no plugin is a scalar unless an earlier record gave its tag to another plugin.
        scalars = some if tag not in file.plugins else [part for part in some if not part.tensor]
        if scalars:
            whole[tag] = _joined(scalars)
    file.curves = dict(sorted(whole.items(), key=lambda item: int(item[1].place[0])))
    return file


def _joined(parts: list[Part]) -> Curve:
    parts = sorted(parts, key=lambda part: int(part.place[0]))
    place, step, value, wall = (
        np.concatenate([getattr(part, name) for part in parts]) if len(parts) > 1 else getattr(parts[0], name)
        for name in ("place", "step", "value", "wall")
    )
    curve = Curve(place, step, value, wall)
    if len(parts) > 1 and bool((np.diff(place) < 0).any()):
        order = np.argsort(place, kind="stable")
        curve = Curve(place[order], step[order], value[order], wall[order])
    return curve


def _note(file: EventFile, place: int, event: Event) -> None:
    file.versioned |= event.version.startswith("brain.Event:") and event.version != "brain.Event:1"
    if event.session_start:
        file.restarts.append((place, signed(event.step_value)))
    for tag, plugin, content in event.plugins:
        file.plugins.setdefault(tag, plugin)
        if plugin == "hparams" and content:
            try:
                file.facts.extend(_hyper_parameters(content))
            except MalformedError:
                continue
    for text in event.texts:
        file.facts.extend(_settings(text))


def _hyper_parameters(content: bytes) -> Iterator[Fact]:
    """The values in the hparams plugin's session_start_info (field 3): a map of names to google.protobuf.Value."""
    for info in fields(content, 0, len(content)):
        if (info.number, info.wire) != (3, BYTES):
            continue
        for entry in fields(content, info.start, info.stop):
            if (entry.number, entry.wire) != (1, BYTES):
                continue
            name, value = "", None
            for item in fields(content, entry.start, entry.stop):
                if (item.number, item.wire) == (1, BYTES):
                    name = content[item.start : item.stop].decode("utf-8", "replace")
                elif (item.number, item.wire) == (2, BYTES):
                    value = _json_value(content, item.start, item.stop)
            if name and value is not None:
                yield Fact(name, value)


def _json_value(content: bytes, start: int, stop: int) -> float | str | bool | None:
    for item in fields(content, start, stop):
        if (item.number, item.wire) == (2, FIXED64):
            return float(np.frombuffer(content, "<f8", 1, item.start)[0])
        if (item.number, item.wire) == (3, BYTES):
            return content[item.start : item.stop].decode("utf-8", "replace")[:_LONGEST_FACT]
        if (item.number, item.wire) == (4, VARINT):
            return bool(item.value)
    return None


def _settings(text: bytes) -> Iterator[Fact]:
    """A text that is a JSON object, as some trainers log their arguments."""
    if not text.lstrip().startswith(b"{"):
        return
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(settings, dict):
        for name, value in settings.items():
            if isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= _LONGEST_FACT):
                yield Fact(name, value)
