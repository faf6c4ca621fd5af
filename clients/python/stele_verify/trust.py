"""What does the reader rely on?  A pin or a genesis document, docs/receipt.md section 7."""
import re
from dataclasses import dataclass
from typing import Optional

from . import genesis, header
from .fault import FormError

PIN_MAX = 65536
PIN_SETS_MAX = 512
_PIN = b"stele/v1 pin\n"
_NUMBER = header.NUMBER
_SET = re.compile(rf"set ({_NUMBER}) ([0-9a-f]{{64}})")
_HEAD = re.compile(rf"head ({_NUMBER}) ([0-9a-f]{{64}}) ({_NUMBER}) ([0-9a-f]{{64}})")


@dataclass(frozen=True)
class Head:
    height: int
    hash: bytes
    log_size: int
    log_root: bytes


@dataclass(frozen=True)
class Trust:
    chain: bytes
    origin: str
    first_epoch: int
    sets: tuple  # hashes of the sets of first_epoch, first_epoch + 1, …
    head: Optional[Head]

    @property
    def newest_epoch(self) -> int:
        return self.first_epoch + len(self.sets) - 1

    def set_of(self, epoch: int) -> Optional[bytes]:
        return self.sets[epoch - self.first_epoch] if self.first_epoch <= epoch <= self.newest_epoch else None


def parse(data: bytes) -> Trust:
    """Of the bytes of either text.  FormError: it is neither."""
    if data.startswith(_PIN):
        return _pin(data)
    end = data.find(b"\n\n")
    document = genesis.parse(data if end < 0 else data[:end + 1])
    return Trust(document.chain, document.origin, 0, (document.members.hash,), None)


def _pin(data: bytes) -> Trust:
    if len(data) > PIN_MAX or not data.isascii() or not data.endswith(b"\n"):
        raise FormError("a pin is no text of its kind")
    lines = data.decode("ascii")[:-1].split("\n")
    if not 5 <= len(lines) <= 4 + PIN_SETS_MAX:
        raise FormError("a pin has too few lines, or too many sets")
    _, origin, chain, *sets, head = lines
    if not re.fullmatch(r"chain [0-9a-f]{64}", chain):
        raise FormError("a pin has no chain")
    chain = bytes.fromhex(chain[6:])
    if not origin.startswith("origin ") or not header.is_origin(origin[7:], chain):
        raise FormError("a pin has no origin that is its chain's")
    first, hashes = _sets(sets)
    return Trust(chain, origin[7:], first, hashes, _head(head))


def _sets(lines: list) -> tuple:
    epochs, hashes = [], []
    for line in lines:
        match = _SET.fullmatch(line)
        if match is None or int(match[1]) >= 2**63 or (epochs and int(match[1]) != epochs[-1] + 1):
            raise FormError("the sets of a pin are not those of consecutive epochs")
        epochs.append(int(match[1]))
        hashes.append(bytes.fromhex(match[2]))
    return epochs[0], tuple(hashes)


def _head(line: str) -> Head:
    match = _HEAD.fullmatch(line)
    if match is None or max(int(match[1]), int(match[3])) >= 2**63 or int(match[3]) < 1:
        raise FormError("a pin has no head")
    return Head(int(match[1]), bytes.fromhex(match[2]), int(match[3]), bytes.fromhex(match[4]))
