"""Does a certificate finalize its header?  docs/protocol.md section 3, docs/receipt.md section 2."""
from dataclasses import dataclass

from . import header as headers
from . import signature
from .digest import sha256
from .fault import CheckFailed, FormError
from .header import Header
from .validators import ValidatorSet

BYTES_MIN = 108
BYTES_MAX = 12288
FINALIZE = 3
NUMBER_LIMIT = 2**63

_FIXED = 1 + 8 + 32 + 8 + 32  # kind, epoch, set hash, view, block hash


@dataclass(frozen=True)
class Certificate:
    epoch: int
    set_hash: bytes
    view: int
    block: bytes
    signatures: tuple  # (index of the member, 64 bytes)
    header_text: bytes


def decode(data: bytes, count: int) -> Certificate:
    """A finalize certificate of a set of count members.  CheckFailed: it is none."""
    bitmap_end = _FIXED + (count + 7) // 8
    if len(data) < bitmap_end or data[0] != FINALIZE:
        raise CheckFailed("a certificate is not one that finalizes")
    epoch, view = int.from_bytes(data[1:9], "big"), int.from_bytes(data[41:49], "big")
    if epoch >= NUMBER_LIMIT or view >= NUMBER_LIMIT:
        raise CheckFailed("a certificate has an epoch or a view of 2^63 or above")
    bitmap = int.from_bytes(data[_FIXED:bitmap_end], "little")
    if bitmap >> count:
        raise CheckFailed("a certificate names a signer that is no member")
    signers = [index for index in range(count) if bitmap >> index & 1]
    header_at = bitmap_end + 64 * len(signers) + 2
    length = int.from_bytes(data[header_at - 2:header_at], "big")
    if len(data) != header_at + length:
        raise CheckFailed("a certificate has another length than it says")
    signatures = tuple(
        (index, data[bitmap_end + 64 * k:bitmap_end + 64 * (k + 1)]) for k, index in enumerate(signers))
    return Certificate(epoch, data[9:41], view, data[49:81], signatures, data[header_at:])


def finalized(data: bytes, epoch: int, members: ValidatorSet) -> Header:
    """The header that it finalizes, if it counts for that epoch under that set; else CheckFailed."""
    certificate = decode(data, len(members.members))
    if certificate.epoch != epoch or certificate.set_hash != members.hash:
        raise CheckFailed(f"a certificate is not of epoch {epoch} and its set")
    if len(certificate.signatures) < members.quorum:
        raise CheckFailed(f"{len(certificate.signatures)} signed, and {members.quorum} are needed")
    header = _header_inside(certificate)
    if header.epoch != epoch or header.validators != members.hash:
        raise CheckFailed("a certificate is over a header of another epoch or set")
    if header.view != certificate.view and not (
            header.next_validators is not None and header.view < certificate.view):
        raise CheckFailed("a certificate has a view that does not fit its header's")
    digest = sha256(_vote_text(certificate, header.chain))
    for index, signed in certificate.signatures:
        member = members.members[index]
        if not signature.verifies(member.consensus_key, digest, signed):
            raise CheckFailed(f"the signature of {member.id} does not verify")
    return header


def _header_inside(certificate: Certificate) -> Header:
    try:
        header = headers.parse(certificate.header_text.decode("ascii"))
    except (FormError, UnicodeDecodeError):
        raise CheckFailed("a certificate carries no header text") from None
    if header.hash != certificate.block:
        raise CheckFailed("a certificate carries another header than it finalizes")
    return header


def _vote_text(certificate: Certificate, chain: bytes) -> bytes:
    return (f"stele/v1 finalize\nchain {chain.hex()}\nepoch {certificate.epoch}\n"
            f"set {certificate.set_hash.hex()}\nview {certificate.view}\n"
            f"block {certificate.block.hex()}\n").encode("ascii")
