"""Do those whom the reader relies on stand behind it?  docs/receipt.md section 7, S1 to S5."""
from dataclasses import dataclass

from .cover import Cover
from .fault import CheckFailed
from .trust import Trust

NOT_TRUSTED = 7015
NO_TRUST = 7016
NO_COMMON_EPOCH = 7018
FORK = 7019


class NotKnown(Exception):
    """Nothing speaks against the signers, and nothing vouches for them."""


@dataclass(frozen=True)
class Signers:
    relied_on: tuple  # epochs whose sets are relied on
    former: int  # how many of them were replaced since


def check(cover: Cover, headers, newer_changes: tuple, trust: Trust, roots=()) -> Signers:
    """`headers`: all of the receipt's; `newer_changes`: those of a status that passed; `roots`: size and
    root of older logs that a proof shows to be prefixes.

    CheckFailed with 7015 or 7019; NotKnown."""
    if trust.chain != cover.top.chain or trust.origin != cover.top.origin:  # S1
        raise CheckFailed("it is of another network than the one relied on", NOT_TRUSTED)
    head = trust.head
    if head and any(h.height == head.height and h.hash != head.hash for h in headers):  # S2
        raise CheckFailed(f"block {head.height} is another than the one pinned: a fork", FORK)
    if head and any(size == head.log_size and root != head.log_root for size, root in roots):
        raise CheckFailed(f"the log of {head.log_size} leaves is another than the one pinned: a fork", FORK)
    hashes = [members.hash for members in cover.sets]
    hashes += [change.following.hash for change in newer_changes]
    told = dict(enumerate(hashes, cover.first_epoch))
    common = [epoch for epoch in told if trust.set_of(epoch) is not None]
    if not any(epoch <= cover.top.epoch for epoch in common):  # S3: no set vouches for those before it
        raise NotKnown("no set up to the one that signed is known here: nobody vouches for it")
    if any(trust.set_of(epoch) != told[epoch] for epoch in common):  # S4
        raise CheckFailed("its validators are others than those relied on", NOT_TRUSTED)
    return _relied_on(cover.top.epoch, max(told), trust.newest_epoch)


def _relied_on(signing: int, told: int, known: int) -> Signers:
    """`signing`, `told` and `known` are b, b' and p of the page."""
    relied_on = sorted({signing, *range(min(known, told), told + 1)})
    former = sum(epoch < max(known, told) for epoch in relied_on)
    return Signers(tuple(relied_on), former)
