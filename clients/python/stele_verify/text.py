"""Is this text canonical JSON, and what does it say?  docs/receipt.md section 1.

One pass over the bytes, which refuses as soon as they are not what a renderer would write:
what parses here renders to the same bytes.  Objects become dict, arrays list, texts str and
numbers int; nothing else exists.
"""
import re

from .fault import FormError

NESTED_MAX = 32
NUMBER_MAX = 2**53 - 1

_PLAIN = re.compile(rb"[ !#-\[\]-~]*")
_NUMBER = re.compile(rb"0|[1-9][0-9]{0,15}")
_ESCAPES = {b'"': '"', b"\\": "\\", b"n": "\n"}


def parse(data: bytes, bytes_max: int) -> dict:
    """The object that the text holds.  FormError: anything else than one object and a line feed."""
    if len(data) > bytes_max:
        raise FormError(f"the text is longer than {bytes_max} bytes")
    if data[:1] != b"{" or data[-1:] != b"\n":
        raise FormError("the text is not an object and one line feed")
    value, at = _object(data, 0, 1)
    if at != len(data) - 1:
        raise FormError(f"something stands behind the object, at byte {at}")
    return value


def _value(data: bytes, at: int, nested: int):
    first = data[at:at + 1]
    if first == b'"':
        return _string(data, at)
    if first == b"{":
        return _object(data, at, nested + 1)
    if first == b"[":
        return _array(data, at, nested + 1)
    match = _NUMBER.match(data, at)
    if not match:
        raise FormError(f"no value of canonical JSON at byte {at}")
    number = int(match.group())
    if number > NUMBER_MAX or data[match.end():match.end() + 1].isdigit():
        raise FormError(f"the number at byte {at} is above 2^53 - 1")
    return number, match.end()


def _string(data: bytes, at: int):
    start, parts = at, []
    at += 1
    while True:
        match = _PLAIN.match(data, at)
        parts.append(match.group().decode("ascii"))
        at = match.end()
        stop = data[at:at + 1]
        if stop == b'"':
            return "".join(parts), at + 1
        escape = data[at + 1:at + 2]
        if stop != b"\\" or escape not in _ESCAPES:
            raise FormError(f"the string at byte {start} is not written canonically")
        parts.append(_ESCAPES[escape])
        at += 2


def _object(data: bytes, at: int, nested: int):
    _bound(at, nested)
    members, before = {}, None
    at += 1
    if data[at:at + 1] == b"}":
        return members, at + 1
    while True:
        if data[at:at + 1] != b'"':
            raise FormError(f"no name of a member at byte {at}")
        name, at = _string(data, at)
        if before is not None and name <= before:
            raise FormError(f"the members do not ascend at byte {at}")
        if data[at:at + 1] != b":":
            raise FormError(f"no colon at byte {at}")
        members[name], at = _value(data, at + 1, nested)
        before = name
        stop, at = data[at:at + 1], at + 1
        if stop == b"}":
            return members, at
        if stop != b",":
            raise FormError(f"an object is broken off at byte {at - 1}")


def _array(data: bytes, at: int, nested: int):
    _bound(at, nested)
    values = []
    at += 1
    if data[at:at + 1] == b"]":
        return values, at + 1
    while True:
        value, at = _value(data, at, nested)
        values.append(value)
        stop, at = data[at:at + 1], at + 1
        if stop == b"]":
            return values, at
        if stop != b",":
            raise FormError(f"an array is broken off at byte {at - 1}")


def _bound(at: int, nested: int):
    if nested > NESTED_MAX:
        raise FormError(f"more than {NESTED_MAX} objects and arrays inside each other at byte {at}")
