"""Has a value of JSON the type that is listed for it?  docs/receipt.md section 1, "Types"."""
import base64
import binascii
import re

from .fault import FormError

_HASH = re.compile(r"[0-9a-f]{64}")


def members(value, what: str, needed, optional=()) -> dict:
    """An object with these members and no others."""
    if not isinstance(value, dict):
        raise FormError(f"{what} is not an object")
    for name in needed:
        if name not in value:
            raise FormError(f"{what} has no {name}")
    for name in value:
        if name not in needed and name not in optional:
            raise FormError(f"{what} has a member that is not known")
    return value


def text(value, what: str) -> str:
    if not isinstance(value, str):
        raise FormError(f"{what} is not a text")
    return value


def number(value, what: str) -> int:
    if not isinstance(value, int):
        raise FormError(f"{what} is not a number")
    return value


def hash32(value, what: str) -> bytes:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise FormError(f"{what} is not 64 lower-case hex digits")
    return bytes.fromhex(value)


def octets(value, what: str, least: int, most: int) -> bytes:
    """Base64 with padding whose unused bits are zero, of so many bytes."""
    if not isinstance(value, str):
        raise FormError(f"{what} is not base64")
    if len(value) > (most + 2) // 3 * 4:
        raise FormError(f"{what} is longer than {most} bytes")
    try:
        data = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise FormError(f"{what} is not base64") from None
    if base64.b64encode(data).decode("ascii") != value:
        raise FormError(f"{what} is not canonical base64")
    if not least <= len(data) <= most:
        raise FormError(f"{what} has {len(data)} bytes, not {least} to {most}")
    return data


def array(value, what: str, most: int, least: int = 0) -> list:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise FormError(f"{what} is not an array of {least} to {most}")
    return value


def hashes(value, what: str, most: int) -> list:
    return [hash32(item, what) for item in array(value, what, most)]
