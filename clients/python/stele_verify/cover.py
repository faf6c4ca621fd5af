"""Is what a receipt or proof rests on final?  docs/receipt.md section 2, F1 to F5."""
from dataclasses import dataclass

from . import certificate
from . import header as headers
from . import shape, validators
from .fault import CheckFailed
from .header import Header
from .validators import ValidatorSet

MEMBERS = ("headers", "finalization", "set", "set_changes")
HEADERS_MAX = 1024
CHANGES_MAX = 512


@dataclass(frozen=True)
class Change:
    """The end of an epoch: its finalization, and the set of the next one."""
    finalization: bytes
    following: ValidatorSet


@dataclass(frozen=True)
class Cover:
    headers: tuple  # newest first
    finalization: bytes
    sets: tuple  # of epochs a, a + 1, …; the last is the one that signed
    changes: tuple

    @property
    def top(self) -> Header:
        return self.headers[0]

    @property
    def last(self) -> Header:
        return self.headers[-1]

    @property
    def first_epoch(self) -> int:
        return self.top.epoch - len(self.changes)


def read(said: dict) -> Cover:
    """The four members of a receipt or proof that carry it.  FormError."""
    texts = shape.array(said["headers"], "headers", HEADERS_MAX, 1)
    parsed = tuple(headers.parse(shape.text(text, "a header")) for text in texts)
    finalization = read_certificate(said["finalization"], "finalization")
    first = validators.parse(shape.text(said["set"], "set"), "set")
    changes = read_changes(said["set_changes"])
    return Cover(parsed, finalization, (first, *(change.following for change in changes)), changes)


def read_certificate(value, what: str) -> bytes:
    return shape.octets(value, what, certificate.BYTES_MIN, certificate.BYTES_MAX)


def read_changes(value) -> tuple:
    changes = []
    for item in shape.array(value, "set_changes", CHANGES_MAX):
        shape.members(item, "a set change", ("finalization", "set"))
        finalization = read_certificate(item["finalization"], "the finalization of a set change")
        following = validators.parse(shape.text(item["set"], "the set of a set change"))
        changes.append(Change(finalization, following))
    return tuple(changes)


def check(cover: Cover) -> list:
    """The headers that ended the epochs from a on, if finality holds; else CheckFailed."""
    if cover.first_epoch < 0:  # F1
        raise CheckFailed("there are more set changes than epochs")
    _check_chain(cover)
    ends = follow(cover.changes, cover.sets[0], cover.first_epoch, cover.top)
    for older, newer in zip(ends, [*ends[1:], cover.last]):  # F3
        if not is_later(older, newer):
            raise CheckFailed("the headers that end epochs do not rise in height and time")
    top = certificate.finalized(cover.finalization, cover.top.epoch, cover.sets[-1])  # F5
    if top.text != cover.top.text:
        raise CheckFailed("the finalization is over another header than the first")
    return ends


def follow(changes, first: ValidatorSet, epoch: int, top: Header) -> list:
    """F2: the header of each change, under the set that the one before it named."""
    ends, members = [], first
    for change in changes:
        end = certificate.finalized(change.finalization, epoch, members)
        if end.chain != top.chain or end.origin != top.origin:
            raise CheckFailed(f"epoch {epoch} is ended on another chain")
        if end.next_validators != change.following.hash:
            raise CheckFailed(f"the end of epoch {epoch} names another set than follows")
        ends.append(end)
        epoch, members = epoch + 1, change.following
    return ends


def is_later(older: Header, newer: Header) -> bool:
    return newer.height > older.height and newer.time > older.time


def _check_chain(cover: Cover):
    """F4"""
    for newer, older in zip(cover.headers, cover.headers[1:]):
        if newer.parent != older.hash:
            raise CheckFailed(f"header {older.height} is not the parent of the one before it")
        if newer.height != older.height + 1 or newer.time <= older.time:
            raise CheckFailed(f"height or time does not rise behind header {older.height}")
        if newer.log_size < older.log_size:
            raise CheckFailed(f"the log shrinks behind header {older.height}")
        if (newer.chain, newer.origin, newer.epoch, newer.validators) != (
                older.chain, older.origin, older.epoch, older.validators):
            raise CheckFailed(f"header {older.height} is of another chain, epoch or set")
        if older.next_validators is not None:
            raise CheckFailed(f"header {older.height} ends its epoch, and others follow")
