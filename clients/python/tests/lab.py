"""A tiny chain made of test keys, and the receipts and proofs on it.

It renders docs/ledger.md and docs/receipt.md by code of its own and never imports what it tests.
"""
import base64
import copy
import hashlib
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
EMPTY = hashlib.sha256(b"").hexdigest()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def render(value) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


class Key:
    def __init__(self, number: int):
        self.private = ec.derive_private_key(number, ec.SECP256K1())
        self.public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, digest: bytes, high: bool = False) -> bytes:
        r, s = utils.decode_dss_signature(
            self.private.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))
        if (s > ORDER // 2) != high:
            s = ORDER - s
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


# ---- messages and transactions ------------------------------------------------------------------------

def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes((value,))


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def data(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def body(chain: bytes, signer: bytes, operation: int, content: bytes, valid_until=1000, nonce=7) -> bytes:
    return (data(1, chain) + data(2, signer) + (number(3, valid_until) if valid_until else b"")
            + (number(4, nonce) if nonce else b"") + data(operation, content))


def envelope(content: bytes, key: Key, high: bool = False) -> bytes:
    digest = sha256(b"stele/v1 transaction\n" + content)
    return data(1, content) + data(2, key.sign(digest, high))


# ---- trees --------------------------------------------------------------------------------------------

def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def _half(size: int) -> int:
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def tree_root(leaves: list) -> bytes:
    """RFC 9162 2.1.1"""
    if len(leaves) < 2:
        return leaf_hash(leaves[0]) if leaves else sha256(b"")
    half = _half(len(leaves))
    return node(tree_root(leaves[:half]), tree_root(leaves[half:]))


def tree_path(leaves: list, index: int) -> list:
    """RFC 9162 2.1.3.1"""
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return tree_path(leaves[:half], index) + [tree_root(leaves[half:])]
    return tree_path(leaves[half:], index - half) + [tree_root(leaves[:half])]


def tree_consistency(leaves: list, size: int, whole: bool = True) -> list:
    """RFC 9162 2.1.4.1"""
    if size == len(leaves):
        return [] if whole else [tree_root(leaves)]
    half = _half(len(leaves))
    if size <= half:
        return tree_consistency(leaves[:half], size, whole) + [tree_root(leaves[half:])]
    return tree_consistency(leaves[half:], size - half, False) + [tree_root(leaves[:half])]


def bits(path: bytes) -> str:
    return format(int.from_bytes(path, "big"), "0256b")


def state_root(state: dict, prefix: str = "") -> bytes:
    """docs/ledger.md section 5; state maps the bits of H(key) to (key, value)."""
    below = {path: entry for path, entry in state.items() if path.startswith(prefix)}
    if not below:
        return bytes(32)
    if len(below) == 1:
        key, value = next(iter(below.values()))
        return sha256(b"\x00" + sha256(key.encode()) + sha256(value))
    return node(state_root(below, prefix + "0"), state_root(below, prefix + "1"))


def state_proof(state: dict, asked: list, prefix: str = "") -> bytes:
    """docs/receipt.md section 6; asked: bits of the H(key) of the entries."""
    below = {path: entry for path, entry in state.items() if path.startswith(prefix)}
    here = [path for path in asked if path.startswith(prefix)]
    if not here:
        return state_root(below, prefix)
    if not below:
        return b"\x04"
    if len(below) == 1:
        path, (key, value) = next(iter(below.items()))
        return b"\x02" if path in here else b"\x03" + sha256(key.encode()) + sha256(value)
    return (b"\x01" + state_proof(below, here, prefix + "0") + state_proof(below, here, prefix + "1"))


# ---- sets, headers, certificates ----------------------------------------------------------------------

class Validators:
    def __init__(self, first: int, count: int = 4):
        pairs = sorted(((Key(first + k), Key(first + 500 + k)) for k in range(count)),
                       key=lambda pair: pair[0].public)
        self.keys = [key for key, _ in pairs]
        self.lines = [f"v{first + k} org-{k} {key.public.hex()} {node_key.public.hex()}"
                      for k, (key, node_key) in enumerate(pairs)]
        self.text = "\n".join(["stele/v1 set", *self.lines]) + "\n"
        self.hash = sha256(self.text.encode()).hex()


def header_text(of: dict) -> str:
    lines = [of["origin"], of["log_size"], of["log_root"], "format stele/v1", f"chain {of['chain']}",
             f"height {of['height']}", f"epoch {of['epoch']}", f"view {of['view']}", f"parent {of['parent']}",
             f"parent-view {of['parent_view']}", f"time {of['time']}", f"proposer {of['proposer']}",
             f"body {of['body']}", f"state {of['state']}", f"rejected {of['rejected']} {of['rejected_root']}",
             f"validators {of['validators']}"]
    if of.get("next_validators"):
        lines.append(f"next-validators {of['next_validators']}")
    return "\n".join(str(line) for line in lines) + "\n"


def certificate(text: str, members: Validators, epoch: int, view: int, signers=None, kind: int = 3,
                high: bool = False, vote: str = "finalize", set_hash: str = "", block: str = "") -> bytes:
    count = len(members.keys)
    chain = text.split("\nchain ")[1][:64]
    block = block or sha256(text.encode()).hex()
    named = set_hash or members.hash
    signers = list(range(count - (count - 1) // 3)) if signers is None else signers
    said = f"stele/v1 {vote}\nchain {chain}\nepoch {epoch}\nset {named}\nview {view}\nblock {block}\n"
    bitmap = sum(1 << index for index in signers).to_bytes((count + 7) // 8, "little")
    signed = b"".join(members.keys[index].sign(sha256(said.encode()), high) for index in signers)
    return (bytes((kind,)) + epoch.to_bytes(8, "big") + bytes.fromhex(named) + view.to_bytes(8, "big")
            + bytes.fromhex(block) + bitmap + signed + len(text).to_bytes(2, "big") + text.encode())


# ---- the chain ----------------------------------------------------------------------------------------

class Chain:
    """Blocks of leaves and state changes, one after the other; all of it is kept."""

    def __init__(self, name: str = "lab.example/one"):
        self.sets = [Validators(1000)]
        self.genesis = genesis_text(name, self.sets[0])
        self.chain = sha256(self.genesis.encode())
        self.origin = f"{name}/{self.chain.hex()[:16]}"
        self.leaves, self.state = [], {}
        self.headers, self.texts, self.states = [], [], []
        self.block([b"\x00" + self.genesis.encode()], {"count/org": b"\x01\x08\x04"})

    def anew(self) -> "Chain":
        """A chain that has the genesis of this one, and other blocks to come."""
        chain = copy.copy(self)
        chain.sets, chain.leaves, chain.state = self.sets[:1], self.leaves[:1], dict(self.states[0])
        chain.headers, chain.texts, chain.states = self.headers[:1], self.texts[:1], self.states[:1]
        return chain

    def block(self, leaves=(), changes=None, ends: bool = False, **other) -> int:
        """The height of a new block; one that `ends` its epoch is followed by a new set."""
        epoch = len(self.sets) - 1
        self.leaves += leaves
        for key, value in (changes or {}).items():
            self.state[bits(sha256(key.encode()))] = (key, value)
        height = len(self.texts)
        of = {"origin": self.origin, "log_size": len(self.leaves), "log_root": b64(tree_root(self.leaves)),
              "chain": self.chain.hex(), "height": height, "epoch": epoch, "view": height * 2,
              "parent": sha256(self.texts[-1].encode()).hex() if self.texts else "0" * 64,
              "parent_view": 0, "time": 1_700_000_000_000 + 1000 * height, "proposer": 0, "body": "b0" * 32,
              "state": state_root(self.state).hex(), "rejected": 0, "rejected_root": EMPTY,
              "validators": self.sets[epoch].hash}
        if ends:
            self.sets.append(Validators(1000 + 10 * len(self.sets)))
            of["next_validators"] = self.sets[-1].hash
        of.update(other)
        self.headers.append(of)
        self.texts.append(header_text(of))
        self.states.append(dict(self.state))
        return height

    def finalization(self, height: int, **how) -> bytes:
        of = self.headers[height]
        how = {"epoch": of["epoch"], "view": of["view"], "members": self.sets[of["epoch"]], **how}
        return certificate(self.texts[height], **how)

    def end_of(self, epoch: int) -> int:
        return next(height for height, of in enumerate(self.headers)
                    if of["epoch"] == epoch and "next_validators" in of)

    def changes(self, first: int, last: int) -> list:
        """From the set of epoch first to that of epoch last."""
        return [{"finalization": b64(self.finalization(self.end_of(epoch))), "set": self.sets[epoch + 1].text}
                for epoch in range(first, last)]

    def cover(self, height: int, top: int, first_epoch=None) -> dict:
        epoch = self.headers[top]["epoch"]
        first = epoch if first_epoch is None else first_epoch
        return {"headers": self.texts[height:top + 1][::-1], "finalization": b64(self.finalization(top)),
                "set": self.sets[first].text, "set_changes": self.changes(first, epoch)}

    def leaf(self, index: int, top: int) -> dict:
        leaves = self.leaves[:self.headers[top]["log_size"]]
        return {"log_index": index, "transaction": b64(leaves[index][1:]),
                "path": [step.hex() for step in tree_path(leaves, index)]}

    def height_of(self, index: int) -> int:
        return next(h for h, of in enumerate(self.headers) if index < of["log_size"])

    def entries(self, keys, height: int) -> dict:
        state = self.states[height]
        paths = sorted(bits(sha256(key.encode())) for key in keys)
        by_path = {bits(sha256(key.encode())): key for key in keys}
        listed = [{"key": by_path[path], "value": b64(state[path][1])} if path in state
                  else {"key": by_path[path]} for path in paths]
        return {"entries": listed, "tree": b64(state_proof(state, paths))}

    def status(self, keys, top: int, newer=None) -> dict:
        status = self.entries(keys, top if newer is None else newer)
        if newer is not None:
            leaves = self.leaves[:self.headers[newer]["log_size"]]
            path = tree_consistency(leaves, self.headers[top]["log_size"])
            status.update(consistency=[step.hex() for step in path],
                          finalization=b64(self.finalization(newer)),
                          set_changes=self.changes(self.headers[top]["epoch"], self.headers[newer]["epoch"]))
        return status

    def receipt(self, index: int, top=None, first_epoch=None, **members) -> dict:
        height = self.height_of(index)
        top = height if top is None else top
        return {"stele_receipt": 1, "record": self.leaf(index, top),
                "previous": self.texts[height - 1], **self.cover(height, top, first_epoch), **members}


def pin_text(chain: Chain, first: int, last: int, height: int, block: str = "") -> str:
    of = chain.headers[height]
    sets = "".join(f"set {epoch} {chain.sets[epoch].hash}\n" for epoch in range(first, last + 1))
    root = base64.b64decode(of["log_root"]).hex()
    return (f"stele/v1 pin\norigin {chain.origin}\nchain {chain.chain.hex()}\n{sets}"
            f"head {height} {block or sha256(chain.texts[height].encode()).hex()} {of['log_size']} {root}\n")


def genesis_text(name: str, members: Validators) -> str:
    timers = "".join(f"timer {timer}-us 50000\n"
                     for timer in ("delta", "fetch", "build", "validate", "disk", "idle", "skip"))
    keys = [Key(9000 + k).public.hex() for k in range(len(members.keys))]
    organisations = "".join(f"organisation org-{k}\nname-zh 机构\nname-en Institute {k}\n"
                            f"roles funder,validator\nkey {key} govern,grant\n" for k, key in enumerate(keys))
    return (f"stele/v1 genesis\nname {name}\nsuite secp256k1-sha256\ntime 1700000000000\nepoch-length 1000\n"
            f"{timers}timer skew-ms 500\ntimer late-ms 5000\nlimit window-ms 600000\n"
            "limit quota-window-ms 60000\nlimit quota-transactions 100\nlimit quota-bytes 100000\n"
            "limit quota-entries 1000\npolicy key.add funder 0 -\npolicy award.grant funder,agency 2 funder\n"
            f"{organisations}{members.text}")
