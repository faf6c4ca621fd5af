"""What does a header text say?  docs/ledger.md section 3.

Strict: what parses renders to the same bytes.  How the lines of several headers fit each other
is judged by cover.py.
"""
import base64
import re
from dataclasses import dataclass
from typing import Optional

from .digest import EMPTY, sha256
from .fault import FormError

BYTES_MAX = 2048
NAME_MAX = 110
NUMBER_LIMIT = 2**63
NETWORK_NAME = r"[a-z0-9.-]{1,64}(?:/[a-z0-9.-]{1,32})*"
NUMBER = r"(?:0|[1-9][0-9]{0,18})"

_NAME = re.compile(NETWORK_NAME)
_HEADER = re.compile(
    r"(?P<origin>[a-z0-9./-]+)\n"
    rf"(?P<log_size>{NUMBER})\n"
    r"(?P<log_root>[A-Za-z0-9+/]{43}=)\n"
    r"format stele/v1\n"
    r"chain (?P<chain>[0-9a-f]{64})\n"
    rf"height (?P<height>{NUMBER})\n"
    rf"epoch (?P<epoch>{NUMBER})\n"
    rf"view (?P<view>{NUMBER})\n"
    r"parent (?P<parent>[0-9a-f]{64})\n"
    rf"parent-view (?P<parent_view>{NUMBER})\n"
    rf"time (?P<time>{NUMBER})\n"
    rf"proposer (?P<proposer>{NUMBER})\n"
    r"body (?P<body>[0-9a-f]{64})\n"
    r"state (?P<state>[0-9a-f]{64})\n"
    rf"rejected (?P<rejected>{NUMBER}) (?P<rejected_root>[0-9a-f]{{64}})\n"
    r"validators (?P<validators>[0-9a-f]{64})\n"
    r"(?:next-validators (?P<next_validators>[0-9a-f]{64})\n)?")
_NUMBERS = ("log_size", "height", "epoch", "view", "parent_view", "time", "proposer", "rejected")
_HASHES = ("chain", "parent", "body", "state", "rejected_root", "validators")


@dataclass(frozen=True)
class Header:
    text: bytes
    hash: bytes
    origin: str
    log_size: int
    log_root: bytes
    chain: bytes
    height: int
    epoch: int
    view: int
    parent: bytes
    parent_view: int
    time: int
    proposer: int
    body: bytes
    state: bytes
    rejected: int
    rejected_root: bytes
    validators: bytes
    next_validators: Optional[bytes]


def is_origin(origin: str, chain: bytes) -> bool:
    """A network name, '/' and the first 16 digits of the chain."""
    name, slash, digits = origin.rpartition("/")
    return bool(slash) and is_network_name(name) and digits == chain.hex()[:16]


def is_network_name(name: str) -> bool:
    return len(name) <= NAME_MAX and _NAME.fullmatch(name) is not None


def parse(text: str, what: str = "a header") -> Header:
    """FormError: the text is no header."""
    match = _HEADER.fullmatch(text) if len(text) <= BYTES_MAX else None
    if match is None:
        raise FormError(f"{what} is no header text")
    said = match.groupdict()
    numbers = {name: int(said[name]) for name in _NUMBERS}
    hashes = {name: bytes.fromhex(said[name]) for name in _HASHES}
    if max(numbers.values()) >= NUMBER_LIMIT:
        raise FormError(f"{what} has a number of 2^63 or above")
    if numbers["log_size"] < 1 or numbers["proposer"] > 127 or numbers["rejected"] > 65536:
        raise FormError(f"{what} has a number out of bounds")
    if numbers["rejected"] == 0 and hashes["rejected_root"] != EMPTY:
        raise FormError(f"{what} has rejected nothing, and yet a root over it")
    if not is_origin(said["origin"], hashes["chain"]):
        raise FormError(f"{what} has an origin that is not its chain's")
    log_root = base64.b64decode(said["log_root"])
    if base64.b64encode(log_root).decode("ascii") != said["log_root"]:
        raise FormError(f"{what} has a log root that is not canonical base64")
    following = said["next_validators"]
    raw = text.encode("ascii")
    return Header(text=raw, hash=sha256(raw), origin=said["origin"], log_root=log_root,
                  next_validators=bytes.fromhex(following) if following else None,
                  **numbers, **hashes)
