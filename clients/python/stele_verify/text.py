"""Is this text canonical JSON, and what does it say?  docs/receipt.md section 1.

One pass over the bytes, which refuses as soon as they are not what a renderer would write:
what parses here renders to the same bytes.  Objects become dict, arrays list, texts str and
numbers int; nothing else exists.  Memory is bounded by the text: of more values than any
receipt or proof can hold the rest is read and not kept.
"""
import re

from .fault import FormError

NESTED_MAX = 32
NUMBER_MAX = 2**53 - 1
# a proof has fewer: 16,384 entries of 3, 256 facts of 140, 512 changes of 3, 1,024 headers
VALUES_MAX = 1 << 18

_PLAIN = re.compile(rb"[ !#-\[\]-~]*")
_NUMBER = re.compile(rb"0|[1-9][0-9]{0,15}")
_ESCAPES = {b'"': b'"', b"\\": b"\\", b"n": b"\n"}


def parse(data: bytes, bytes_max: int, version: str) -> tuple:
    """The object that the text holds, and whether all of it was kept: its member `version` always is.

    FormError: anything else than one object and a line feed."""
    if len(data) > bytes_max:
        raise FormError(f"the text is longer than {bytes_max} bytes")
    if data[:1] != b"{" or data[-1:] != b"\n":
        raise FormError("the text is not an object and one line feed")
    reader = _Reader(data, version)
    value, at = reader.object(0, 1)
    if at != len(data) - 1:
        raise FormError(f"something stands behind the object, at byte {at}")
    return value, reader.count <= VALUES_MAX


class _Reader:
    """Each method reads what begins at a byte, and gives it with the place where it ends."""

    def __init__(self, data: bytes, version: str):
        self.data, self.version, self.count = data, version, 0

    def value(self, at: int, nested: int) -> tuple:
        self.count += 1
        first = self.data[at:at + 1]
        if first == b'"':
            return self.string(at)
        if first == b"{":
            return self.object(at, nested + 1)
        if first == b"[":
            return self.array(at, nested + 1)
        return self.number(at)

    def number(self, at: int) -> tuple:
        match = _NUMBER.match(self.data, at)
        if not match:
            raise FormError(f"no value of canonical JSON at byte {at}")
        number, end = int(match.group()), match.end()
        if number > NUMBER_MAX or self.data[end:end + 1].isdigit():
            raise FormError(f"the number at byte {at} is above 2^53 - 1")
        return number, end

    def string(self, at: int) -> tuple:
        start, parts = at, []
        at += 1
        while True:
            match = _PLAIN.match(self.data, at)
            parts.append(match.group())
            at = match.end()
            stop = self.data[at:at + 1]
            if stop == b'"':
                return b"".join(parts).decode("ascii"), at + 1
            escape = self.data[at + 1:at + 2]
            if stop != b"\\" or escape not in _ESCAPES:
                raise FormError(f"the string at byte {start} is not written canonically")
            parts.append(_ESCAPES[escape])
            at += 2

    def object(self, at: int, nested: int) -> tuple:
        _bound(at, nested)
        data, members, before = self.data, {}, None
        at += 1
        if data[at:at + 1] == b"}":
            return members, at + 1
        while True:
            if data[at:at + 1] != b'"':
                raise FormError(f"no name of a member at byte {at}")
            name, at = self.string(at)
            if before is not None and name <= before:
                raise FormError(f"the members do not ascend at byte {at}")
            if data[at:at + 1] != b":":
                raise FormError(f"no colon at byte {at}")
            value, at = self.value(at + 1, nested)
            if self.count <= VALUES_MAX or (nested == 1 and name == self.version):
                members[name] = value
            before = name
            stop, at = data[at:at + 1], at + 1
            if stop == b"}":
                return members, at
            if stop != b",":
                raise FormError(f"an object is broken off at byte {at - 1}")

    def array(self, at: int, nested: int) -> tuple:
        _bound(at, nested)
        data, values = self.data, []
        at += 1
        if data[at:at + 1] == b"]":
            return values, at + 1
        while True:
            value, at = self.value(at, nested)
            if self.count <= VALUES_MAX:
                values.append(value)
            stop, at = data[at:at + 1], at + 1
            if stop == b"]":
                return values, at
            if stop != b",":
                raise FormError(f"an array is broken off at byte {at - 1}")


def _bound(at: int, nested: int):
    if nested > NESTED_MAX:
        raise FormError(f"more than {NESTED_MAX} objects and arrays inside each other at byte {at}")
