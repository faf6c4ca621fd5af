"""What has become of the record?  docs/receipt.md section 4, T1 to T4."""
import re
from dataclasses import dataclass

from . import certificate, cover, merkle, statetree, transaction, walk
from .digest import sha256
from .fault import CheckFailed, FormError
from .header import Header
from .receipt import Receipt

_CLAIM_STATES = ("live", "superseded", "withdrawn")
_MOTION_STATES = ("open", "executed", "withdrawn")
_EXECUTED = 1
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")

_KEY_TYPE, _MOTION_TYPE, _CLAIM_TYPE = 0x03, 0x07, 0x20
_KEY = ({1: walk.octets(33), 2: walk.segment, 5: walk.number(walk.POSITIVE)}, (1, 2))
_CLAIM = ({2: walk.number(), 5: walk.number((1, 2)), 7: walk.number()}, (2,))
_MOTION = ({1: walk.number(), 5: walk.number((1, 2)), 9: walk.number(), 10: walk.number()}, (1, 9))


@dataclass(frozen=True)
class Standing:
    """What a status that holds says."""
    word: str
    header: Header  # as of which it speaks
    headers: tuple  # those of the newer header and its changes
    organisation: str
    revoked: int  # from that height on; 0: the signer's key is in force


def check(receipt: Receipt) -> Standing:
    """Of a receipt with a status whose finality holds.  CheckFailed: the status does not."""
    status, top = receipt.status, receipt.cover.top
    newer = _newer_headers(receipt)
    header = newer[-1] if newer else top
    if newer and not merkle.extends(
            top.log_root, top.log_size, header.log_root, header.log_size, status.consistency):  # T2
        raise CheckFailed("the newer log does not begin with the older one")
    statetree.check(status.entries, status.tree, header.state)  # T3
    word, organisation, revoked = _entries_say(receipt)
    return Standing(word, header, newer, organisation, revoked)


def _newer_headers(receipt: Receipt) -> tuple:
    """T1: headers of the changes, then the newer header; nothing where the status is the top's."""
    status, top = receipt.status, receipt.cover.top
    if status.finalization is None:
        return ()
    ends = cover.follow(status.changes, receipt.cover.sets[-1], top.epoch, top)
    members = status.changes[-1].following if status.changes else receipt.cover.sets[-1]
    newest = certificate.finalized(status.finalization, top.epoch + len(ends), members)
    if newest.chain != top.chain or newest.origin != top.origin:
        raise CheckFailed("the newer header is of another chain")
    newer = (*ends, newest)
    for older, later in zip((top, *newer), newer):
        if older.text != later.text and not cover.is_later(older, later):
            raise CheckFailed("the newer header is not newer")
    return newer


def _entries_say(receipt: Receipt) -> tuple:
    """T4: state word, organisation and height of revocation."""
    values = {entry.key: entry.value for entry in receipt.status.entries}
    if None in values.values():
        raise CheckFailed("an entry of the status is absent")
    signer = _of_signer(values, receipt.record.transaction.signer)
    operation = receipt.record.transaction.operation
    word = "recorded"
    if receipt.subject is not None and operation != transaction.ROLLUP:
        word = _of_claim(values, receipt)
    elif operation in (transaction.MOTION_OPEN, transaction.MOTION_APPROVE, transaction.MOTION_WITHDRAW):
        word = _of_motion(values, receipt)
    if values:
        raise CheckFailed("the status has an entry that does not belong to the record")
    return (word, *signer)


def _of_signer(values: dict, signer: bytes) -> tuple:
    fields = _value(values.pop(f"key/{sha256(signer).hex()}", None), _KEY_TYPE, _KEY)
    if fields[1] != signer:
        raise CheckFailed("the entry of the signer's key is another key's")
    return fields[2].decode("ascii"), fields.get(5, 0)


def _of_claim(values: dict, receipt: Receipt) -> str:
    content = receipt.subject.sha256.hex()
    key = _only(values, f"content/{content}", f"claim/{content}/", 2)
    fields = _value(values.pop(key), _CLAIM_TYPE, _CLAIM)
    place = fields.get(7, 0)
    if fields[2] != receipt.record.log_index or place != (receipt.entry.index + 1 if receipt.entry else 0):
        raise CheckFailed("the claim is another record's")
    return _CLAIM_STATES[fields.get(5, 0)]


def _of_motion(values: dict, receipt: Receipt) -> str:
    record, opened = receipt.record, receipt.opened
    key = _only(values, None, "motion/", 1)
    fields = _value(values.pop(key), _MOTION_TYPE, _MOTION)
    number = int(key.rpartition("/")[2])
    if fields[1] != number:
        raise CheckFailed("the motion has another number")
    if record.transaction.operation == transaction.MOTION_OPEN:
        if fields[9] != record.log_index:
            raise CheckFailed("the motion is another record's")
    elif record.transaction.fields[1] != number:
        raise CheckFailed("the motion is not the one that the record names")
    if opened is not None and (fields[9], fields.get(5), fields.get(10, 0)) != (
            opened.log_index, _EXECUTED, record.log_index):
        raise CheckFailed("the approval did not execute what was opened")
    return _MOTION_STATES[fields.get(5, 0)]


def _only(values: dict, plain, prefix: str, least: int) -> str:
    """The one key that is left: the plain one, or the prefix and a number from least to 2^63 - 1."""
    if len(values) == 1:
        key = next(iter(values))
        digits = key[len(prefix):]
        if key == plain:
            return key
        if key.startswith(prefix) and _NUMBER.fullmatch(digits) and least <= int(digits) < 2**63:
            return key
    raise CheckFailed("the status has other entries than the record needs")


def _value(value, kind: int, fields: tuple) -> dict:
    if value is None or value[0] != kind:
        raise CheckFailed("an entry is missing, or holds a value of another type")
    try:
        return walk.read(value[1:], "a state value", *fields)
    except FormError as fault:
        raise CheckFailed(str(fault)) from None
