"""What does a signed transaction say, as far as a verifier reads it?  docs/receipt.md section 3."""
from dataclasses import dataclass

from . import signature, walk
from .digest import sha256
from .fault import FormError

BYTES_MAX = 65534
BODY_MAX = 65450

MOTION_OPEN, MOTION_APPROVE, MOTION_WITHDRAW = 16, 17, 18
ANCHOR, BATCH, ROLLUP = 81, 82, 83
OPERATIONS = frozenset((  # docs/ledger.md section 1
    *range(16, 19), *range(20, 29), *range(40, 56), *range(60, 75), *range(80, 88), 100))

_HASH = walk.octets(32)
_CONTENT = {1: _HASH, 2: walk.number(walk.POSITIVE)}
_READ = {  # operation: (fields, needed ones)
    MOTION_APPROVE: ({1: walk.number(walk.POSITIVE)}, (1,)),
    MOTION_WITHDRAW: ({1: walk.number(walk.POSITIVE)}, (1,)),
    ANCHOR: (_CONTENT, (1,)),
    BATCH: ({1: walk.number((1, 4096)), 2: _HASH}, (1, 2)),
    ROLLUP: ({1: _HASH, 2: walk.number((1, 2**40))}, (1, 2)),
}


@dataclass(frozen=True)
class Transaction:
    data: bytes
    body: bytes
    signature: bytes
    chain: bytes
    signer: bytes
    operation: int
    fields: dict  # of the operation, those that are read

    def is_signed(self) -> bool:
        digest = sha256(b"stele/v1 transaction\n", self.body)
        return signature.verifies(self.signer, digest, self.signature)


@dataclass(frozen=True)
class Tree:
    """Root and size of the tree of a batch or a roll-up."""
    root: bytes
    size: int


def parse(data: bytes) -> Transaction:
    body, signed = _envelope(data)
    if body[:2] != b"\x0a\x20" or body[34:36] != b"\x12\x21" or len(body) < 69:
        raise FormError("a body does not begin with chain and signer")
    chain, signer = body[2:34], body[36:69]
    if signer[0] not in (2, 3):
        raise FormError("a signer is no compressed key")
    at = _optional_number(body, 69, 0x18, walk.POSITIVE)
    at = _optional_number(body, at, 0x20, (1, 2**64 - 1))
    tag, at = walk.varint(body, at)
    length, at = walk.varint(body, at)
    if tag >> 3 not in OPERATIONS or tag & 7 != 2 or at + length != len(body):
        raise FormError("a body does not end with one operation")
    operation = tag >> 3
    wanted = _READ.get(operation)
    fields = walk.read(body[at:], f"operation {operation}", *wanted) if wanted else {}
    return Transaction(data, body, signed, chain, signer, operation, fields)


def entry_content(data: bytes) -> tuple:
    """Hash and size of the content that a BatchEntry names."""
    fields = walk.read(data, "an entry", _CONTENT, (1,))
    return fields[1], fields.get(2, 0)


def anchored_content(transaction: Transaction) -> tuple:
    """Hash and size that a content.anchor claims."""
    return transaction.fields[1], transaction.fields.get(2, 0)


def tree(transaction: Transaction) -> Tree:
    """Of a content.batch or content.rollup."""
    fields = transaction.fields
    if transaction.operation == BATCH:
        return Tree(fields[2], fields[1])
    return Tree(fields[1], fields[2])


def _envelope(data: bytes) -> tuple:
    if len(data) > BYTES_MAX or data[:1] != b"\x0a":
        raise FormError("a transaction is no envelope")
    length, at = walk.varint(data, 1)
    end = at + length
    if not 1 <= length <= BODY_MAX or data[end:end + 2] != b"\x12\x40" or len(data) != end + 66:
        raise FormError("an envelope is not a body and a signature of 64 bytes")
    return data[at:end], data[end + 2:]


def _optional_number(body: bytes, at: int, tag: int, bounds: tuple) -> int:
    """Where the field of that tag ends, if it stands there; else where it would."""
    if body[at:at + 1] != bytes((tag,)):
        return at
    value, at = walk.varint(body, at + 1)
    if not bounds[0] <= value <= bounds[1]:
        raise FormError("a number of a body is out of bounds")
    return at
