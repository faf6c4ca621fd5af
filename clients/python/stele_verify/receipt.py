"""What does a receipt say?  Its form, docs/receipt.md sections 1 to 4; nothing is judged here."""
from dataclasses import dataclass
from typing import Optional

from . import cover as covers
from . import header as headers
from . import shape, statetree, text, transaction
from .cover import Cover
from .fault import FormError
from .header import Header
from .transaction import Transaction

BYTES_MAX = 4 * 1024 * 1024
VERSION = 1

_NEEDED = ("stele_receipt", "record", "previous", *covers.MEMBERS)
_OPTIONAL = ("opened", "entry", "subject", "status")
_NEWER = ("consistency", "finalization", "set_changes")


class VersionError(FormError):
    """The text is a receipt of a version that is not known here."""


@dataclass(frozen=True)
class Leaf:
    log_index: int
    path: list
    transaction: Transaction


@dataclass(frozen=True)
class BatchEntry:
    """An entry of a batch, or an item of a roll-up."""
    data: bytes
    index: int
    path: list
    content: bytes
    size: int


@dataclass(frozen=True)
class Subject:
    sha256: bytes
    size: int


@dataclass(frozen=True)
class Status:
    entries: tuple
    tree: bytes
    finalization: Optional[bytes]  # None: the status is that under the top
    consistency: list
    changes: tuple


@dataclass(frozen=True)
class Receipt:
    record: Leaf
    opened: Optional[Leaf]
    entry: Optional[BatchEntry]
    subject: Optional[Subject]
    cover: Cover
    previous: Header
    status: Optional[Status]


def parse(data: bytes) -> Receipt:
    """FormError; of it VersionError where only the version is in the way."""
    said, is_whole = text.parse(data, BYTES_MAX, "stele_receipt")
    version = said.get("stele_receipt")
    if isinstance(version, int) and version != VERSION:
        raise VersionError(f"version {version} of receipts is not known here")
    if not is_whole:
        raise FormError("the text has more values than any receipt")
    shape.members(said, "the receipt", _NEEDED, _OPTIONAL)
    shape.number(said["stele_receipt"], "stele_receipt")
    record = _leaf(said["record"], "record")
    opened = _leaf(said["opened"], "opened") if "opened" in said else None
    entry = _entry(said["entry"]) if "entry" in said else None
    subject = _subject(said["subject"]) if "subject" in said else None
    _check_fit(record.transaction.operation, opened, entry, subject)
    previous = headers.parse(shape.text(said["previous"], "previous"), "previous")
    status = _status(said["status"]) if "status" in said else None
    return Receipt(record, opened, entry, subject, covers.read(said), previous, status)


def _check_fit(operation: int, opened, entry, subject):
    if opened and operation != transaction.MOTION_APPROVE:
        raise FormError("opened stands beside a record that approves no motion")
    if entry and operation not in (transaction.BATCH, transaction.ROLLUP):
        raise FormError("entry stands beside a record that has none")
    if bool(subject) != (operation == transaction.ANCHOR or bool(entry)):
        raise FormError("subject is there without a content, or a content without it")


def _leaf(value, what: str) -> Leaf:
    shape.members(value, what, ("log_index", "path", "transaction"))
    index = shape.number(value["log_index"], "log_index")
    path = shape.hashes(value["path"], "path", 63)
    data = shape.octets(value["transaction"], "transaction", 1, transaction.BYTES_MAX)
    return Leaf(index, path, transaction.parse(data))


def _entry(value) -> BatchEntry:
    shape.members(value, "entry", ("data", "index", "path"))
    data = shape.octets(value["data"], "the data of entry", 1, 93)
    index = shape.number(value["index"], "index")
    path = shape.hashes(value["path"], "path", 63)
    return BatchEntry(data, index, path, *transaction.entry_content(data))


def _subject(value) -> Subject:
    shape.members(value, "subject", ("sha256", "size"))
    return Subject(shape.hash32(value["sha256"], "sha256"), shape.number(value["size"], "size"))


def _status(value) -> Status:
    shape.members(value, "status", ("entries", "tree"), _NEWER)
    entries = statetree.read_entries(value["entries"], 1, 4)
    tree = shape.octets(value["tree"], "tree", 0, 65536)
    if not any(name in value for name in _NEWER):
        return Status(entries, tree, None, [], ())
    shape.members(value, "status", ("entries", "tree", *_NEWER))
    return Status(entries, tree, covers.read_certificate(value["finalization"], "finalization"),
                  shape.hashes(value["consistency"], "consistency", 126),
                  covers.read_changes(value["set_changes"]))
