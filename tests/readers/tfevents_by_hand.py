"""Event files written, and read, byte by byte: slow, obvious, and sharing nothing with the package."""

import struct

_TABLE = []
for _entry in range(256):
    for _ in range(8):
        _entry = (_entry >> 1) ^ (0x82F63B78 if _entry & 1 else 0)
    _TABLE.append(_entry)


def crc32c(data):
    state = 0xFFFFFFFF
    for byte in data:
        state = _TABLE[(state ^ byte) & 0xFF] ^ (state >> 8)
    return state ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def frame(payload):
    length = struct.pack("<Q", len(payload))
    return length + masked(length) + payload + masked(payload)


def varint(number):
    number &= (1 << 64) - 1
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def delimited(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def text(number, string):
    return delimited(number, string.encode())


def double(number, value):
    return varint(number << 3 | 1) + struct.pack("<d", value)


def single(number, value):
    return varint(number << 3 | 5) + struct.pack("<f", value)


def integer(number, value):
    return varint(number << 3) + varint(value)


def event(body=b"", *, wall=1.7e9, step=0):
    return (double(1, wall) if wall is not None else b"") + (integer(2, step) if step else b"") + body


def version(wall=1.7e9, number=2):
    return event(text(3, f"brain.Event:{number}"), wall=wall)


def summary(*values):
    return delimited(5, b"".join(delimited(1, value) for value in values))


def simple(tag, value):
    return text(1, tag) + single(2, value)


def plugin(name, content=b""):
    return delimited(9, delimited(1, text(1, name) + (delimited(2, content) if content else b"")))


FLOAT, DOUBLE, INT32, INT64, BFLOAT16, HALF, STRING = 1, 2, 3, 9, 14, 19, 7


def tensor(tag, dtype, body, *, name="scalars", shape=b""):
    proto = integer(1, dtype) + delimited(2, shape) + body
    return text(1, tag) + delimited(8, proto) + (plugin(name) if name else b"")


def scalar(tag, value, *, step=0, wall=1.7e9, form="simple"):
    """One record's payload holding one scalar."""
    if form == "simple":
        value = simple(tag, value)
    elif form == "float":
        value = tensor(tag, FLOAT, delimited(5, struct.pack("<f", value)))
    elif form == "content":
        value = tensor(tag, FLOAT, delimited(4, struct.pack("<f", value)))
    elif form == "double":
        value = tensor(tag, DOUBLE, delimited(4, struct.pack("<d", value)))
    elif form == "half":
        bits = int.from_bytes(struct.pack("<e", value), "little")
        value = tensor(tag, HALF, delimited(13, varint(bits)))
    elif form == "bfloat16":
        value = tensor(tag, BFLOAT16, delimited(4, struct.pack("<f", value)[2:]))
    elif form == "int":
        value = tensor(tag, INT64, delimited(10, varint(int(value))))
    return event(summary(value), step=step, wall=wall)


def fields(data):
    """(number, wire type, value) of each field of a message."""
    at = 0
    while at < len(data):
        key, at = unvarint(data, at)
        if key & 7 == 0:
            value, at = unvarint(data, at)
        elif key & 7 == 2:
            size, at = unvarint(data, at)
            value, at = data[at : at + size], at + size
        else:
            size = {1: 8, 5: 4}[key & 7]
            value, at = data[at : at + size], at + size
        yield key >> 3, key & 7, value


def unvarint(data, at):
    result = shift = 0
    while True:
        result |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return result, at


def scalars(data):
    """tag → list of (step, value, wall time) of every intact record with simple values or float tensors of a file."""
    found = {}
    for _, payload in intact(data):
        parts = {number: value for number, _, value in fields(payload)}
        wall = struct.unpack("<d", parts[1])[0] if 1 in parts else float("nan")
        step = parts.get(2, 0)
        step -= (step >> 63) << 64
        for _, _, value in fields(parts.get(5, b"")):
            inner = {number: content for number, _, content in fields(value)}
            tag = inner.get(1, b"").decode()
            if 2 in inner:
                number = struct.unpack("<f", inner[2])[0]
            elif 8 in inner and b"scalars" in inner.get(9, b""):
                tensor = {number: content for number, _, content in fields(inner[8])}
                bytes_ = tensor.get(4, tensor.get(5))
                number = struct.unpack("<f" if len(bytes_) == 4 else "<d", bytes_)[0]
            else:
                continue
            found.setdefault(tag, []).append((float(step), number, wall))
    return found


def intact(data):
    """Offsets and payloads of every whole record in the bytes, looked for at each of them."""
    found = []
    at = 0
    while at + 12 <= len(data):
        head = data[at : at + 8]
        length = struct.unpack("<Q", head)[0]
        if masked(head) != data[at + 8 : at + 12] or at + 16 + length > len(data):
            at += 1
            continue
        payload = data[at + 12 : at + 12 + length]
        if masked(payload) == data[at + 12 + length : at + 16 + length]:
            found.append((at, payload))
            at += 16 + length
        else:
            at += 1
    return found
