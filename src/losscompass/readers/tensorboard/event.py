"""What one event record holds, and where in it: read slowly and once, for the fast readers to repeat.

Message and field numbers are those of TensorFlow's event.proto, summary.proto and tensor.proto.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from ..protobuf import BYTES, FIXED32, FIXED64, VARINT, Field, MalformedError, fields

# event.proto
_WALL_TIME, _STEP, _FILE_VERSION, _SUMMARY, _SESSION_LOG = 1, 2, 3, 5, 7
_OTHER_EVENTS = {4: "graph", 6: "log-message", 8: "run-metadata", 9: "graph", 10: "source"}
_SESSION_START = 1
# summary.proto
_VALUE, _TAG, _SIMPLE, _NODE_NAME, _TENSOR, _METADATA = 1, 1, 2, 7, 8, 9
_OTHER_VALUES = {3: "histogram", 4: "image", 5: "histogram", 6: "audio"}
# types.proto: the number of a type → how one element of it lies in `tensor_content`
_CONTENT = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "<u1", 5: "<i2", 6: "<i1", 9: "<i8", 10: "<u1",
    14: "bfloat16", 17: "<u2", 19: "<f2", 22: "<u4", 23: "<u8",
}  # fmt: skip
# tensor.proto: the number of the field that holds elements one by one → how an element lies there, by type
_FLOAT_VAL, _DOUBLE_VAL = 5, 6
_VARINT_VALS = {7, 10, 11, 13, 16, 17}  # int, int64, bool, half (bits), uint32, uint64
_STRING_VAL = 8


class Number(NamedTuple):
    """A scalar in an event: where the tag and the number lie."""

    tag: str
    names: tuple[tuple[int, int], ...]  # places of the tag (the first) and of its copies
    plugin: str  # that the record itself names; empty if it names none
    form: str  # "<f4", "<f8", "<i4" … where it lies as such; "bfloat16"; "varint:<type>"; "zero" where it is left out
    start: int
    stop: int
    tensor: bool


@dataclass(slots=True)
class Event:
    """One event, with places counted from the start of the payload."""

    wall_time: int | None = None  # place of the 8 bytes
    step: tuple[int, int] | None = None  # place of the varint
    step_value: int = 0
    numbers: list[Number] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # what else there is: "histogram", "image", "text" …
    version: str = ""
    session_start: bool = False
    plugins: list[tuple[str, str, bytes]] = field(default_factory=list)  # (tag, plugin, its own bytes), but for scalars
    texts: list[bytes] = field(default_factory=list)  # of the text plugin


def parse(data: bytes | memoryview) -> Event:
    """Read one payload. Raises `MalformedError` where it is no event."""
    event = Event()
    for item in fields(data, 0, len(data)):
        match item.number, item.wire:
            case 1, 1:
                event.wall_time = item.start
            case 2, 0:
                event.step = (item.start, item.stop)
                event.step_value = item.value
            case 3, 2:
                event.version = bytes(data[item.start : item.stop]).decode("utf-8", "replace")
            case 5, 2:
                for value in fields(data, item.start, item.stop):
                    if (value.number, value.wire) != (_VALUE, BYTES):
                        raise MalformedError
                    _value(data, value, event)
            case 7, 2:
                for part in fields(data, item.start, item.stop):
                    if (part.number, part.wire) == (1, VARINT) and part.value == _SESSION_START:
                        event.session_start = True
            case number, 2 if number in _OTHER_EVENTS:
                event.others.append(_OTHER_EVENTS[number])
            case _:
                raise MalformedError
    return event


def _value(data: bytes | memoryview, whole: Field, event: Event) -> None:
    tag, plugin, content = "", "", b""
    names = [(whole.start, whole.start)]
    number: tuple[str, int, int, bool] | None = None
    kind = ""
    tensor: Field | None = None
    for item in fields(data, whole.start, whole.stop):
        if item.wire == BYTES:
            if item.number == _TAG:
                names[0] = (item.start, item.stop)
                tag = bytes(data[item.start : item.stop]).decode("utf-8", "replace")
            elif item.number == _NODE_NAME:
                names.append((item.start, item.stop))
            elif item.number == _TENSOR:
                tensor = item
            elif item.number == _METADATA:
                plugin, content = _plugin(data, item)
            elif item.number in _OTHER_VALUES:
                kind = _OTHER_VALUES[item.number]
        elif (item.number, item.wire) == (_SIMPLE, FIXED32):
            number = ("<f4", item.start, item.stop, False)
    if plugin not in ("", "scalars"):
        event.plugins.append((tag, plugin, content))
    if tensor is not None and number is None:
        if plugin == "text":
            text = _string(data, tensor)
            if text is not None:
                event.texts.append(text)
        single = _single(data, tensor) if plugin in ("", "scalars") else None
        if single is not None:
            number = (*single, True)
        else:
            kind = plugin or "tensor"
    if number is not None:
        event.numbers.append(Number(tag, tuple(names), plugin, *number))
    else:
        event.others.append(kind or plugin or "empty")


def _plugin(data: bytes | memoryview, metadata: Field) -> tuple[str, bytes]:
    for item in fields(data, metadata.start, metadata.stop):
        if (item.number, item.wire) == (1, BYTES):
            name, content = "", b""
            for part in fields(data, item.start, item.stop):
                if (part.number, part.wire) == (1, BYTES):
                    name = bytes(data[part.start : part.stop]).decode("utf-8", "replace")
                elif (part.number, part.wire) == (2, BYTES):
                    content = bytes(data[part.start : part.stop])
            return name, content
    return "", b""


def _single(data: bytes | memoryview, tensor: Field) -> tuple[str, int, int] | None:
    """The form and the place of a tensor's only element; None if it has more, or none that is a number."""
    dtype = 0
    elements = 1
    found: tuple[str, int, int] | None = None
    several = False
    for item in fields(data, tensor.start, tensor.stop):
        if (item.number, item.wire) == (1, VARINT):
            dtype = item.value
        elif (item.number, item.wire) == (2, BYTES):
            for dimension in fields(data, item.start, item.stop):
                if dimension.number == 2 and dimension.wire == BYTES:
                    sizes = [part.value for part in fields(data, dimension.start, dimension.stop) if part.number == 1]
                    elements *= sizes[-1] if sizes else 0
        elif item.number in (4, _FLOAT_VAL, _DOUBLE_VAL) or item.number in _VARINT_VALS:
            if item.start == item.stop:
                continue
            several |= found is not None
            found = _element(data, item, dtype)
            if found is None:
                return None
    if several or elements != 1 or dtype not in _CONTENT:
        return None
    return found or ("zero", tensor.start, tensor.start)


def _element(data: bytes | memoryview, item: Field, dtype: int) -> tuple[str, int, int] | None:
    form = _CONTENT.get(dtype)
    size = item.stop - item.start
    if form is None:
        return None
    if item.number == 4:
        width = 2 if form == "bfloat16" else int(form[-1])
        return (form, item.start, item.stop) if item.wire == BYTES and size == width else None
    if item.number in (_FLOAT_VAL, _DOUBLE_VAL):
        width = 4 if item.number == _FLOAT_VAL else 8
        fits = size == width and item.wire in (BYTES, FIXED32 if width == 4 else FIXED64)
        return (f"<f{width}", item.start, item.stop) if fits else None
    last = [place for place in range(item.start, item.stop) if data[place] < 0x80]
    if item.wire in (BYTES, VARINT) and last == [item.stop - 1] and size <= 10:
        return f"varint:{form}", item.start, item.stop
    return None


def _string(data: bytes | memoryview, tensor: Field) -> bytes | None:
    for item in fields(data, tensor.start, tensor.stop):
        if (item.number, item.wire) == (_STRING_VAL, BYTES):
            return bytes(data[item.start : item.stop])
    return None
