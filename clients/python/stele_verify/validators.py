"""Who are the validators of an epoch?  The set text, docs/protocol.md section 3."""
import re
from dataclasses import dataclass

from .digest import sha256
from .fault import FormError
from .signature import is_point

BYTES_MAX = 49152
MEMBERS_MAX = 128
FIRST_LINE = "stele/v1 set"

_ID = r"[A-Za-z0-9._-]{1,64}"
_LINE = re.compile(rf"({_ID}) ({_ID}) ([0-9a-f]{{66}}) ([0-9a-f]{{66}})")


@dataclass(frozen=True)
class Member:
    id: str
    organisation: str
    consensus_key: bytes
    node_key: bytes


@dataclass(frozen=True)
class ValidatorSet:
    text: bytes
    hash: bytes
    members: tuple

    @property
    def quorum(self) -> int:
        return len(self.members) - (len(self.members) - 1) // 3


def parse(text: str, what: str = "a set") -> ValidatorSet:
    """FormError: the text is no set of validators."""
    if len(text) > BYTES_MAX or not text.endswith("\n"):
        raise FormError(f"{what} is no set text")
    first, *lines = text[:-1].split("\n")
    if first != FIRST_LINE or not 1 <= len(lines) <= MEMBERS_MAX:
        raise FormError(f"{what} is no set text of 1 to {MEMBERS_MAX} validators")
    members = tuple(_member(line, what) for line in lines)
    _check_distinct(members, what)
    raw = text.encode("ascii")
    return ValidatorSet(raw, sha256(raw), members)


def _member(line: str, what: str) -> Member:
    match = _LINE.fullmatch(line)
    if match is None:
        raise FormError(f"{what} has a line that is no validator's")
    name, organisation, consensus, node = match.groups()
    return Member(name, organisation, bytes.fromhex(consensus), bytes.fromhex(node))


def _check_distinct(members, what: str):
    consensus = [member.consensus_key for member in members]
    if any(later <= former for former, later in zip(consensus, consensus[1:])):
        raise FormError(f"{what} does not ascend by its consensus keys")
    for of in ("id", "organisation", "node_key"):
        if len({getattr(member, of) for member in members}) != len(members):
            raise FormError(f"{what} has one {of.replace('_', ' ')} twice")
    nodes = {member.node_key for member in members}
    if not nodes.isdisjoint(consensus):
        raise FormError(f"{what} has a consensus key that is a node key too")
    if not all(is_point(key) for key in (*consensus, *nodes)):
        raise FormError(f"{what} has a key that is no point of the curve")
