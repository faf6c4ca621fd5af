"""Do these entries stand, or not stand, under a state root?  docs/receipt.md section 6."""
import re
from dataclasses import dataclass
from typing import Optional

from . import shape
from .digest import sha256
from .fault import CheckFailed, FormError
from .merkle import node_hash

KEY_MAX = 255
VALUE_MAX = 16384
DEPTH_MAX = 256
NOTHING = bytes(32)

_KEY = re.compile(r"[A-Za-z0-9._-]{1,64}(?:/[A-Za-z0-9._-]{1,64})*")


@dataclass(frozen=True)
class Entry:
    key: str
    path: bytes  # H(key)
    value: Optional[bytes]  # None: the key is absent


def read_entries(value, least: int, most: int) -> tuple:
    """FormError: an entry is none, or they do not ascend."""
    entries = tuple(_entry(item) for item in shape.array(value, "entries", most, least))
    if any(later.path <= former.path for former, later in zip(entries, entries[1:])):
        raise FormError("the entries do not ascend by the hashes of their keys")
    return entries


def read_key(value) -> str:
    key = shape.text(value, "a key")
    if len(key) > KEY_MAX or not _KEY.fullmatch(key):
        raise FormError("a text is no key of the state")
    return key


def _entry(item) -> Entry:
    shape.members(item, "an entry", ("key",), ("value",))
    key = read_key(item["key"])
    value = shape.octets(item["value"], "a value", 1, VALUE_MAX) if "value" in item else None
    return Entry(key, sha256(key.encode("ascii")), value)


def check(entries: tuple, tree: bytes, root: bytes):
    """CheckFailed: `tree` does not prove all of the entries under that root."""
    walk = _Walk(entries, tree)
    computed = walk.subtree(0, 0, len(entries))
    if walk.at != len(tree):
        raise CheckFailed("something stands behind the proof of the state")
    if computed != root:
        raise CheckFailed("the proof does not lead to the state root")


class _Walk:
    """Goes through a proof in preorder; calls itself once for each bit of a key, 256 at most."""

    def __init__(self, entries: tuple, tree: bytes):
        self.entries, self.tree, self.at = entries, tree, 0

    def subtree(self, depth: int, first: int, end: int) -> bytes:
        """The hash of the subtree at that depth in which entries[first:end] lie."""
        if first == end:
            return self.take(32)
        kind = self.take(1)[0]
        if kind == 1:
            if depth == DEPTH_MAX:
                raise CheckFailed("the proof of the state goes deeper than keys do")
            middle = self.split(depth, first, end)
            left = self.subtree(depth + 1, first, middle)
            return node_hash(left, self.subtree(depth + 1, middle, end))
        present = [entry for entry in self.entries[first:end] if entry.value is not None]
        if kind == 2 and len(present) == 1:
            return sha256(b"\x00", present[0].path, sha256(present[0].value))
        if present:
            raise CheckFailed("an entry is not met where it should be")
        if kind == 3:
            return self.other_leaf(depth, first, end)
        if kind != 4:
            raise CheckFailed("the proof of the state is malformed")
        return NOTHING

    def other_leaf(self, depth: int, first: int, end: int) -> bytes:
        path, value = self.take(32), self.take(32)
        if depth and _prefix(path, depth) != _prefix(self.entries[first].path, depth):
            raise CheckFailed("a leaf is shown where it can't lie")
        if any(entry.path == path for entry in self.entries[first:end]):
            raise CheckFailed("an entry is shown as another's leaf")
        return sha256(b"\x00", path, value)

    def split(self, depth: int, first: int, end: int) -> int:
        """The first of entries[first:end] with a 1 at that depth; they ascend, so zeros come first."""
        while first < end:
            middle = (first + end) // 2
            if _bit(self.entries[middle].path, depth):
                end = middle
            else:
                first = middle + 1
        return first

    def take(self, count: int) -> bytes:
        taken = self.tree[self.at:self.at + count]
        if len(taken) != count:
            raise CheckFailed("the proof of the state is broken off")
        self.at += count
        return taken


def _bit(path: bytes, depth: int) -> int:
    return path[depth // 8] >> (7 - depth % 8) & 1


def _prefix(path: bytes, depth: int) -> int:
    return int.from_bytes(path, "big") >> (256 - depth)
