"""What does a proof say?  Its form, docs/receipt.md section 8; nothing is judged here."""
import re
from dataclasses import dataclass
from typing import Optional

from . import cover as covers
from . import shape, statetree, text
from .cover import Cover
from .fault import FormError
from .receipt import VersionError

BYTES_MAX = 32 * 1024 * 1024
VERSION = 1
ENTRIES_MAX = 16384
FACTS_MAX = 256
TREE_MAX = 8 * 1024 * 1024
LEAF_MAX = 65535

_SEGMENT = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class StateFact:
    key: str


@dataclass(frozen=True)
class ListFact:
    """The members `first` to `last` of a list; of an empty one 1 to 0."""
    kind: str  # awards, org-awards, claims, evidence
    of: str  # programme, organisation, hash in hex; empty for evidence
    first: int
    last: int


@dataclass(frozen=True)
class InclusionFact:
    data: bytes
    log_index: int
    path: list


@dataclass(frozen=True)
class ConsistencyFact:
    size: int
    root: bytes
    path: list


@dataclass(frozen=True)
class RejectedFact:
    entry: bytes  # the 42 bytes of docs/ledger.md section 3
    code: int
    index: int
    count: int
    path: list


@dataclass(frozen=True)
class Proof:
    cover: Cover
    facts: tuple
    entries: tuple
    tree: Optional[bytes]  # None: there are no entries either


def parse(data: bytes) -> Proof:
    """FormError; of it VersionError where only the version is in the way."""
    said, is_whole = text.parse(data, BYTES_MAX, "stele_proof")
    version = said.get("stele_proof")
    if isinstance(version, int) and version != VERSION:
        raise VersionError(f"version {version} of proofs is not known here")
    if not is_whole:
        raise FormError("the text has more values than any proof")
    shape.members(said, "the proof", ("stele_proof", "facts", *covers.MEMBERS), ("entries", "tree"))
    shape.number(said["stele_proof"], "stele_proof")
    facts = tuple(_fact(item) for item in shape.array(said["facts"], "facts", FACTS_MAX, 1))
    entries, tree = (), None
    if "entries" in said or "tree" in said:
        shape.members(said, "the proof", said.keys() | {"entries", "tree"})
        entries = statetree.read_entries(said["entries"], 1, ENTRIES_MAX)
        tree = shape.octets(said["tree"], "tree", 0, TREE_MAX)
    return Proof(covers.read(said), facts, entries, tree)


def _fact(item):
    if not isinstance(item, dict) or not isinstance(item.get("fact"), str):
        raise FormError("a fact is not named")
    kind = item["fact"]
    if kind not in _READERS:
        raise FormError("a fact is of a kind that is not known")
    names, reads = _READERS[kind]
    shape.members(item, f"the fact {kind}", ("fact", *names))
    return reads(item)


def _state(item) -> StateFact:
    return StateFact(statetree.read_key(item["key"]))


def _segment(value, what: str) -> str:
    if not _SEGMENT.fullmatch(shape.text(value, what)):
        raise FormError(f"{what} is no segment of a key")
    return value


def _list(item, of: str) -> ListFact:
    first, last = shape.number(item["from"], "from"), shape.number(item["to"], "to")
    return ListFact(item["fact"], of, first, last)


def _awards(item) -> ListFact:
    return _list(item, _segment(item["programme"], "programme"))


def _org_awards(item) -> ListFact:
    return _list(item, _segment(item["organisation"], "organisation"))


def _claims(item) -> ListFact:
    return _list(item, shape.hash32(item["sha256"], "sha256").hex())


def _evidence(item) -> ListFact:
    return _list(item, "")


def _inclusion(item) -> InclusionFact:
    return InclusionFact(shape.octets(item["data"], "data", 1, LEAF_MAX),
                         shape.number(item["log_index"], "log_index"), shape.hashes(item["path"], "path", 63))


def _consistency(item) -> ConsistencyFact:
    return ConsistencyFact(_number(item, "from", 1, 2**53 - 1), shape.hash32(item["root"], "root"),
                           shape.hashes(item["path"], "path", 126))


def _rejected(item) -> RejectedFact:
    code = _number(item, "code", 0, 2**16 - 1)
    parcel, position = _number(item, "parcel", 0, 2**32 - 1), _number(item, "position", 0, 2**32 - 1)
    entry = (shape.hash32(item["id"], "id") + code.to_bytes(2, "big")
             + parcel.to_bytes(4, "big") + position.to_bytes(4, "big"))
    index, count = shape.number(item["index"], "index"), shape.number(item["count"], "count")
    return RejectedFact(entry, code, index, count, shape.hashes(item["path"], "path", 63))


def _number(item, name: str, least: int, most: int) -> int:
    value = shape.number(item[name], name)
    if not least <= value <= most:
        raise FormError(f"{name} is out of bounds")
    return value


_READERS = {  # kind: (members besides, reader)
    "state": (("key",), _state),
    "awards": (("programme", "from", "to"), _awards),
    "org-awards": (("organisation", "from", "to"), _org_awards),
    "claims": (("sha256", "from", "to"), _claims),
    "evidence": (("from", "to"), _evidence),
    "inclusion": (("data", "log_index", "path"), _inclusion),
    "consistency": (("from", "path", "root"), _consistency),
    "rejected": (("code", "count", "id", "index", "parcel", "path", "position"), _rejected),
}
