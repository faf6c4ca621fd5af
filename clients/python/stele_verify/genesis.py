"""What does a genesis document say of its chain?  docs/ledger.md section 3.

The document is parsed whole and strictly, and given back as a chain, an origin and a first set.
"""
import re
from dataclasses import dataclass

from . import header, signature, validators
from .digest import sha256
from .fault import FormError
from .transaction import OPERATIONS
from .validators import ValidatorSet

BYTES_MAX = 65534
ORGANISATIONS_MAX = 160
POLICIES_MAX = 64
KEYS_MAX = 8

ROLES = ("funder", "agency", "applicant", "reviewer", "auditor", "anchorer", "validator")
PURPOSES = ("govern", "grant", "content", "peer", "review")
OPERATION_NAMES = {
    20: "org.register", 21: "org.status", 22: "key.add", 23: "key.rotate", 24: "key.revoke",
    25: "policy.set", 26: "validators.set", 27: "validator.ready", 28: "upgrade.plan",
    40: "programme.create", 41: "programme.amend", 42: "programme.close", 43: "call.publish",
    44: "call.amend", 45: "call.cancel", 46: "proposal.commit", 47: "proposal.withdraw",
    48: "proposal.reveal", 49: "panel.appoint", 50: "coi.declare", 51: "review.commit",
    52: "review.reveal", 53: "decision.publish", 54: "objection.file", 55: "objection.resolve",
    60: "award.grant", 61: "award.accept", 62: "award.amend", 63: "award.import",
    64: "milestone.claim", 65: "milestone.assess", 66: "disbursement.record",
    67: "disbursement.reverse", 68: "award.suspend", 69: "award.resume", 70: "award.terminate",
    71: "award.complete", 72: "award.close", 73: "recovery.demand", 74: "recovery.receive",
    80: "content.commit", 81: "content.anchor", 82: "content.batch", 83: "content.rollup",
    84: "content.propagate", 85: "content.supersede", 86: "content.withdraw",
    87: "content.delegate", 100: "note.attach",
}
BARE_ONLY = frozenset((27, 46, 47, 48, 50, 51, 52, 54, 61, 64, *range(80, 88), 100))

_NUMBERS = (  # line, least, most
    ("epoch-length", 1, 10**9),
    *((f"timer {name}-us", 1000, 600_000_000)
      for name in ("delta", "fetch", "build", "validate", "disk", "idle", "skip")),
    ("timer skew-ms", 1, 600_000),
    ("timer late-ms", 1, 600_000),
    ("limit window-ms", 1000, 600_000),
    ("limit quota-window-ms", 1000, 86_400_000),
    ("limit quota-transactions", 1, 2**63 - 1),
    ("limit quota-bytes", 1, 2**63 - 1),
    ("limit quota-entries", 1, 2**63 - 1),
)
_BY_NAME = {name: number for number, name in OPERATION_NAMES.items()}
_NUMBER = re.compile(header.NUMBER)
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KEY = re.compile(r"[0-9a-f]{66}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

assert OPERATIONS == {16, 17, 18, *OPERATION_NAMES}


@dataclass(frozen=True)
class Genesis:
    chain: bytes
    origin: str
    members: ValidatorSet


class _Lines:
    """The lines of the document, taken one after the other."""

    def __init__(self, document: str):
        if not document.endswith("\n"):
            raise FormError("a genesis document does not end its last line")
        self.lines, self.at = document[:-1].split("\n"), 0

    def peek(self, name: str) -> bool:
        return self.at < len(self.lines) and self.lines[self.at].startswith(name + " ")

    def take(self, name: str) -> str:
        """What stands behind the name that the next line must have."""
        if not self.peek(name):
            raise FormError(f"a genesis document lacks a line: {name}")
        self.at += 1
        return self.lines[self.at - 1][len(name) + 1:]

    def plain(self, line: str):
        if self.lines[self.at:self.at + 1] != [line]:
            raise FormError(f"a genesis document lacks a line: {line}")
        self.at += 1

    def rest(self) -> str:
        return "\n".join(self.lines[self.at:]) + "\n"


def parse(data: bytes) -> Genesis:
    """Of the bytes of the document.  FormError: it is none."""
    if len(data) > BYTES_MAX:
        raise FormError("a genesis document is too long")
    try:
        lines = _Lines(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise FormError("a genesis document is not UTF-8") from None
    lines.plain("stele/v1 genesis")
    name = lines.take("name")
    if not header.is_network_name(name):
        raise FormError("a genesis document has no network name")
    lines.plain("suite secp256k1-sha256")
    _number(lines.take("time"), 1, 2**63 - 1)
    for line, least, most in _NUMBERS:
        _number(lines.take(line), least, most)
    _policies(lines)
    organisations, keys = _organisations(lines)
    members = validators.parse(_ascii(lines.rest()), "the set of genesis")
    _check_validators(members, organisations, keys)
    chain = sha256(data)
    return Genesis(chain, f"{name}/{chain.hex()[:16]}", members)


def _ascii(text: str) -> str:
    if not text.isascii():
        raise FormError("the set of genesis is no set text")
    return text


def _number(text: str, least: int, most: int) -> int:
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise FormError("a genesis document has a number out of bounds")
    return int(text)


def _listed(text: str, names: tuple) -> list:
    """Names joined by commas, ascending by their numbers."""
    parts = text.split(",")
    numbers = [names.index(part) if part in names else -1 for part in parts]
    if -1 in numbers or any(later <= former for former, later in zip(numbers, numbers[1:])):
        raise FormError("a genesis document has a list of names that are unknown or do not ascend")
    return parts


def _policies(lines: _Lines):
    before = 0
    for _ in range(POLICIES_MAX):
        if not lines.peek("policy"):
            return
        words = lines.take("policy").split(" ")
        if len(words) != 4:
            raise FormError("a policy has not four words")
        operation = _BY_NAME.get(words[0], 0)
        if operation <= before:
            raise FormError("the policies do not ascend by known operations")
        _listed(words[1], ROLES)
        approvals = _number(words[2], 0, 160)
        if (words[3] not in ROLES if approvals else words[3] != "-"):
            raise FormError("a policy has approvals and no role for them, or the reverse")
        if approvals and operation in BARE_ONLY:
            raise FormError("a policy wants approvals where there is no motion")
        before = operation


def _organisations(lines: _Lines) -> tuple:
    """{id: (roles, has a govern key)}, and all their keys."""
    organisations, keys, before = {}, [], ""
    while lines.peek("organisation"):
        name = lines.take("organisation")
        if not _ID.fullmatch(name) or name <= before or len(organisations) == ORGANISATIONS_MAX:
            raise FormError("the organisations are too many, or do not ascend")
        _names(lines)
        roles = _listed(lines.take("roles"), ROLES)
        own = _keys(lines)
        keys += [key for key, _ in own]
        organisations[name] = (roles, any("govern" in purposes for _, purposes in own))
        before = name
    if not organisations:
        raise FormError("a genesis document has no organisation")
    return organisations, keys


def _names(lines: _Lines):
    found = 0
    for line in ("name-zh", "name-en"):
        if lines.peek(line):
            name = lines.take(line)
            if not 1 <= len(name.encode("utf-8")) <= 256 or _CONTROL.search(name):
                raise FormError("an organisation has a name out of bounds")
            found += 1
    if not found:
        raise FormError("an organisation has no name")


def _keys(lines: _Lines) -> list:
    keys = []
    while lines.peek("key"):
        words = lines.take("key").split(" ")
        if len(words) != 2 or not _KEY.fullmatch(words[0]) or len(keys) == KEYS_MAX:
            raise FormError("an organisation has a line that is no key, or too many")
        key = bytes.fromhex(words[0])
        if keys and key <= keys[-1][0]:
            raise FormError("the keys of an organisation do not ascend")
        keys.append((key, _listed(words[1], PURPOSES)))
    if not keys:
        raise FormError("an organisation has no key")
    return keys


def _check_validators(members: ValidatorSet, organisations: dict, keys: list):
    every = [*keys, *(m.consensus_key for m in members.members), *(m.node_key for m in members.members)]
    if len(set(every)) != len(every) or not all(signature.is_point(key) for key in keys):
        raise FormError("a genesis document has a key twice, or one that is no point")
    for member in members.members:
        roles, governs = organisations.get(member.organisation, ((), False))
        if "validator" not in roles or not governs:
            raise FormError("a validator's organisation is not one that may have it")
