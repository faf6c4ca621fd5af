"""What stands in a message, as far as it is read?  docs/receipt.md section 3.

A message is walked, not unpacked: fields that nobody asked for are passed over.
"""
import re

from .fault import FormError

FIELD_MAX = 2**29 - 1
POSITIVE = (1, 2**63 - 1)
ANY = (0, 2**64 - 1)

_SEGMENT = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def varint(data: bytes, at: int) -> tuple:
    """The number that begins there, and where it ends.  FormError: none, not minimal, 2^64 or above."""
    value = shift = 0
    while shift < 70 and at < len(data):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if (byte == 0 and shift) or value >= 2**64:
                break
            return value, at
        shift += 7
    raise FormError("a number is not a minimal varint below 2^64")


def fields(message: bytes):
    """Yields (number, value): an int of wire type 0, bytes of wire type 2.  FormError: no message."""
    at = before = 0
    while at < len(message):
        tag, at = varint(message, at)
        number, kind = tag >> 3, tag & 7
        if not 1 <= number <= FIELD_MAX or number < before or kind not in (0, 2):
            raise FormError("a message has a field that is not known, or out of order")
        value, at = varint(message, at)
        if kind == 2:
            if value > len(message) - at:
                raise FormError("a field reaches beyond its message")
            value, at = message[at:at + value], at + value
        yield number, value
        before = number


def number(bounds=ANY):
    def reads(value):
        return isinstance(value, int) and bounds[0] <= value <= bounds[1]
    return reads


def octets(length: int):
    def reads(value):
        return isinstance(value, bytes) and len(value) == length
    return reads


def message(value) -> bool:
    return isinstance(value, bytes)


def segment(value) -> bool:
    return isinstance(value, bytes) and _SEGMENT.fullmatch(value) is not None


def read(message: bytes, what: str, wanted: dict, needed=()) -> dict:
    """The fields in `wanted`, {number: is it good?}, each once at most; those in `needed` are there."""
    found = {}
    for field, value in fields(message):
        if field not in wanted:
            continue
        if field in found or not wanted[field](value):
            raise FormError(f"field {field} of {what} stands there twice or is out of bounds")
        found[field] = value
    for field in needed:
        if field not in found:
            raise FormError(f"{what} has no field {field}")
    return found
