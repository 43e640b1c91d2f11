"""Which encoding a text is in, and the text as UTF-8 whatever it was written in."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 22

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes that no text has: controls other than tab, line ends, form feed, backspace, bell and escape (progress bars, colours).
_CONTROL = bytes(sorted(set(range(1, 32)) - {7, 8, 9, 10, 11, 12, 13, 27}))


def encoding_of(data: bytes) -> str | None:
    """The encoding of the beginning of a file (any cut character at its end is forgiven); None if it is no text."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name if decodes(data, name) else None
    if (wide := _utf16_without_bom(data)) is not None:
        return wide
    # A machine that went down leaves a hole of zeros in a text; other controls, or many holes, are no text.
    holes = len(re.findall(rb"\0+", data)) if b"\0" in data else 0
    controls = len(data) - len(data.translate(None, _CONTROL))
    if holes > 1 + len(data) // 16384 or controls > len(data) // 500:
        return None
    if decodes(data, "utf-8"):
        return "utf-8"
    # Bytes that are not UTF-8 are read as Japanese where they are valid Japanese and look like it, else byte by byte.
    candidates = [(score, name) for name in ("euc_jp", "cp932") if (score := _japanese(data, name)) > 0.0]
    if candidates:
        return max(candidates)[1]
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    return (
        "cp1252"
        if high <= len(data) * 0.3 and decodes(data, "cp1252")
        else "latin-1"
        if high <= len(data) * 0.3
        else None
    )


def decodes(data: bytes, encoding: str) -> bool:
    """Whether the bytes are valid in this encoding, but for a character cut off at the end."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    except (UnicodeDecodeError, UnicodeError):
        return False
    return True


def decode_head(data: bytes) -> str | None:
    """The beginning of a file as text, None if it is none."""
    encoding = encoding_of(data)
    if encoding is None:
        return None
    return codecs.getincrementaldecoder(encoding)("replace").decode(data, final=False)


def read_text(path: Path) -> str:
    """A whole file as text; a byte that does not decode becomes U+FFFD."""
    data = path.read_bytes()
    return data.decode(encoding_of(data[: 1 << 16]) or "utf-8", "replace")


def text_chunks(path: Path, size: int = CHUNK) -> Iterator[str]:
    """A file as text, a piece at a time."""
    with path.open("rb") as file:
        data = file.read(size)
        decoder = codecs.getincrementaldecoder(encoding_of(data[: 1 << 16]) or "utf-8")("replace")
        while data:
            yield decoder.decode(data)
            data = file.read(size)
        yield decoder.decode(b"", final=True)


def text_lines(path: Path, size: int = CHUNK, longest: int = 1 << 26) -> Iterator[tuple[str, bool]]:
    """The lines of a file without their ends (LF or CR LF), each with whether it was terminated.

    A line longer than `longest` characters is cut there: memory stays bounded whatever the file is.
    """
    rest = ""
    for chunk in text_chunks(path, size):
        lines = (rest + chunk).split("\n")
        rest = lines.pop()
        for line in lines:
            yield line.removesuffix("\r"), True
        if len(rest) > longest:
            yield rest, True
            rest = ""
    if rest:
        yield rest, False


def utf8_chunks(path: Path, size: int = CHUNK) -> Iterator[bytes]:
    """A file as UTF-8 bytes without a byte order mark, a piece at a time; UTF-8 files are not decoded."""
    with path.open("rb") as file:
        data = file.read(size)
        encoding = encoding_of(data[: 1 << 16]) or "utf-8"
        if (
            encoding in ("utf-8", "utf-8-sig", "latin-1", "cp1252") and data[: 1 << 16].isascii()
        ) or encoding.startswith("utf-8"):
            data = data.removeprefix(codecs.BOM_UTF8)
            while data:
                yield data
                data = file.read(size)
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        while data:
            yield decoder.decode(data).encode()
            data = file.read(size)
        yield decoder.decode(b"", final=True).encode()


def _utf16_without_bom(data: bytes) -> str | None:
    """ASCII text in UTF-16 has a zero in every other byte."""
    if len(data) < 8 or (len(data) % 2 and len(data) < 1 << 16):
        return None
    even, odd = data[::2], data[1::2]
    for zeros, texts, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > 0.7 * len(zeros) and texts.count(0) == 0 and decodes(data, name):
            return name
    return None


def _japanese(data: bytes, encoding: str) -> float:
    """How much of the non-ASCII part is kana, common kanji and Japanese punctuation, if the bytes are valid; else 0."""
    if not decodes(data, encoding):
        return 0.0
    text = codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    wide = [c for c in text if c >= "\x80"]
    if not wide:
        return 0.0
    kana = sum("ぁ" <= c <= "ヶ" or c in "ー、。・「」（）：％" for c in wide)
    kanji = sum("一" <= c <= "龠" for c in wide)
    half = sum("｡" <= c <= "ﾟ" for c in wide)
    share = (kana + 0.7 * kanji - half) / len(wide)
    return share if share > 0.5 else 0.0
