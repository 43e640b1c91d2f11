"""Frames and rows: the units that are written at once and survive or are lost at once.

A journal is the file mark `MAGIC` and, little-endian, frames and rows after it:

    frame: mark (2 bytes) · check of the next 12 bytes (2) · length of the payload (4) · session (4) · CRC-32 of the payload (4) · payload
    row:   mark (2) · number of values (2) · key of its layout (4) · step (8) · time (8) · values (8 each) · CRC-32 of all before (4)

A frame holds anything (`packing`); a row holds numbers alone, whose names a frame has given once as the layout of that key.
Zeros where a frame or a row could begin are space that a writer has reserved and not yet used: no data, no damage.
"""

import struct
import zlib

MAGIC = b"\x89LCJ\r\n\x1a\x01"  # as PNG does: seen as binary, and damaged visibly by anything that mends line ends
MARK = b"\xc5\x9e"
ROW_MARK = b"\xc5\x9f"
HEADER = struct.Struct("<2sHIII")
ROW_HEAD = struct.Struct("<2sHI")
MAX_PAYLOAD = 1 << 20  # bytes; a block of more is written as several frames
MAX_COLUMNS = 4096  # values of a row
WHOLE_ROW = 0x2144DF1C  # CRC-32 of any bytes with their own CRC-32 behind them

_CHECKED = struct.Struct("<III")
_ROW_AROUND = ROW_HEAD.size + 16 + 4  # bytes of a row beside its values


def framed(payload: bytes, session: int) -> bytes:
    """The payload as a frame."""
    checked = _CHECKED.pack(len(payload), session, zlib.crc32(payload))
    return HEADER.pack(MARK, zlib.crc32(checked) & 0xFFFF, len(payload), session, zlib.crc32(payload)) + payload


def frame_header(view: memoryview, at: int) -> tuple[int, int, int] | None:
    """Length, session and check of the frame's header at `at`, None if there is none."""
    if len(view) - at < HEADER.size:
        return None
    mark, check, length, session, crc = HEADER.unpack_from(view, at)
    if mark != MARK or length > MAX_PAYLOAD or zlib.crc32(view[at + 4 : at + HEADER.size]) & 0xFFFF != check:
        return None
    return length, session, crc


def row_head(key: int, columns: int) -> int:
    """The first 8 bytes of a row of that layout, as one number."""
    return int.from_bytes(ROW_HEAD.pack(ROW_MARK, columns, key), "little")


def row_size(columns: int) -> int:
    """Bytes of a row of that many values."""
    return _ROW_AROUND + 8 * columns


def row_size_at(view: memoryview, at: int) -> int:
    """Bytes of the row whose head stands at `at`, 0 if there is none."""
    if len(view) - at < ROW_HEAD.size:
        return 0
    mark, columns, _ = ROW_HEAD.unpack_from(view, at)
    return row_size(columns) if mark == ROW_MARK and 0 < columns <= MAX_COLUMNS else 0
