"""The chain that the tests speak of: four epochs and a record of every kind.

Each record is named by its log index; `receipt()` gives a fresh dict that a test may spoil.
"""
import copy
import functools

from . import lab

SIGNER = lab.Key(77)
CONTENT = lab.sha256(b"the content")
SIZE = 11
ENTRIES = [lab.data(1, lab.sha256(bytes((k,)))) + lab.number(2, 100 + k) for k in range(5)]
ITEMS = [lab.data(1, lab.sha256(bytes((50 + k,)))) + (lab.number(2, 9) if k else b"") for k in range(3)]
ENTRY_HASH = [lab.sha256(bytes((k,))) for k in range(5)]
ITEM_HASH = [lab.sha256(bytes((50 + k,))) for k in range(3)]
KEY = f"key/{lab.sha256(SIGNER.public).hex()}"
CLAIM = f"content/{CONTENT.hex()}"


def claim_value(log_index: int, state: int = 0, entry: int = 0) -> bytes:
    return (b"\x20" + lab.data(1, b"org-0") + lab.number(2, log_index)
            + (lab.number(5, state) if state else b"") + (lab.number(7, entry) if entry else b""))


def motion_value(number: int, opened: int, state: int = 0, executed: int = 0) -> bytes:
    return (b"\x07" + lab.number(1, number) + lab.data(2, b"org-0") + (lab.number(5, state) if state else b"")
            + lab.data(6, b"\x0a\x01a") + lab.data(6, b"\x0a\x01b") + lab.number(9, opened)
            + (lab.number(10, executed) if executed else b""))


def key_value(revoked: int = 0) -> bytes:
    return (b"\x03" + lab.data(1, SIGNER.public) + lab.data(2, b"org-0") + lab.data(3, b"\x01")
            + (lab.number(5, revoked) if revoked else b""))


class Scene:
    """Heights: 1 anchor, 2 batch and roll-up, 3 motion opened, 4 approved, 5 ends epoch 0; 6 nothing,
    7 anchor superseded, ends epoch 1; 8 ends epoch 2; 9 and 10 nothing."""

    def __init__(self):
        chain = self.chain = lab.Chain()
        state = {KEY: key_value(), CLAIM: claim_value(1)}
        chain.block([self.leaf(81, lab.data(1, CONTENT) + lab.number(2, SIZE))], state)
        self.anchor = 1
        batch = lab.number(1, len(ENTRIES)) + lab.data(2, lab.tree_root(ENTRIES))
        rollup = lab.data(1, lab.tree_root(ITEMS)) + lab.number(2, len(ITEMS))
        chain.block([self.leaf(82, batch), self.leaf(83, rollup)],
                    {f"claim/{ENTRY_HASH[3].hex()}/2": claim_value(2, 0, 4)})
        self.batch, self.rollup = 2, 3
        chain.block([self.leaf(16, lab.data(1, b"\x0a\x00"))], {"motion/5": motion_value(5, 4)})
        self.open = 4
        chain.block([self.leaf(17, lab.number(1, 5))], {"motion/5": motion_value(5, 4, 1, 5)})
        self.approve = 5
        chain.block([], {}, ends=True)
        chain.block([self.leaf(45, b"")], {})
        self.other = 6
        chain.block([self.leaf(85, b"\x0a\x00")], {CLAIM: claim_value(1, 1)}, ends=True)
        chain.block([self.leaf(18, lab.number(1, 5))], {}, ends=True)
        self.withdraw = 8
        chain.block()
        chain.block([self.leaf(45, b"x")], {KEY: key_value(10)})

    def leaf(self, operation: int, content: bytes, **how) -> bytes:
        body = lab.body(self.chain.chain, SIGNER.public, operation, content)
        return b"\x01" + lab.envelope(body, SIGNER, **how)

    def receipt(self, record: str, **how) -> dict:
        """Of one of the records above, or of "entry" (the 4th of the batch) and "item" (the 2nd)."""
        made = self._receipt(record, tuple(sorted(how.items())))
        return copy.deepcopy(made)

    @functools.lru_cache(maxsize=None)
    def _receipt(self, record: str, how: tuple) -> dict:
        how = dict(how)
        index = {"entry": self.batch, "item": self.rollup}.get(record) or getattr(self, record)
        top = how.pop("top", self.chain.height_of(index))
        with_status, newer = how.pop("status", False), how.pop("newer", None)
        made = self.chain.receipt(index, top, how.pop("first_epoch", None))
        keys = [KEY]
        if record == "anchor":
            made["subject"] = {"sha256": CONTENT.hex(), "size": SIZE}
            keys.append(CLAIM)
        elif record in ("entry", "item"):
            data, place = (ENTRIES, 3) if record == "entry" else (ITEMS, 1)
            made["entry"] = {"data": lab.b64(data[place]), "index": place,
                             "path": [step.hex() for step in lab.tree_path(data, place)]}
            content, size = (ENTRY_HASH[3], 103) if record == "entry" else (ITEM_HASH[1], 9)
            made["subject"] = {"sha256": content.hex(), "size": size}
            keys += [f"claim/{content.hex()}/2"] if record == "entry" else []
        elif record in ("open", "approve", "withdraw"):
            keys.append("motion/5")
        if how.pop("opened", False):
            made["opened"] = self.chain.leaf(self.open, top)
        if with_status or newer is not None:
            made["status"] = self.chain.status(keys, top, newer)
        assert not how, how
        return made


@functools.lru_cache(maxsize=None)
def scene() -> Scene:
    return Scene()
