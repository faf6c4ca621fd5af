"""Canonical texts and certificates (docs/protocol.md section 3, docs/ledger.md section 3)."""
import base64
import json

from keys import sha256, test_key
from reference import usci

TIME = 1763800000000
NO_BODY = sha256(b"stele/v1 body\n")
KINDS = {1: "notarize", 2: "nullify", 3: "finalize"}


def lines(*texts):
    return "".join(t + "\n" for t in texts)


def b64(data):
    return base64.b64encode(data).decode()


def canonical(value):
    """Section 1 of docs/receipt.md: members ascend, no white space, one line feed at the end."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n"


# ---- sets, genesis ---------------------------------------------------------------------------------

class Member:
    """A validator of the test networks, by its number."""

    def __init__(self, number):
        self.number = number
        self.id = f"v{number:02}"
        self.org = usci("12110000", f"EXAMPL{number:02}")
        self.consensus = test_key(f"receipts consensus {number}")
        self.node = test_key(f"receipts node {number}")
        self.govern = test_key(f"receipts govern {number}")

    def line(self):
        return f"{self.id} {self.org} {self.consensus.public.hex()} {self.node.public.hex()}"


MEMBERS = [Member(i) for i in range(18)]
CONSENSUS_KEYS = {m.consensus.public.hex(): m.consensus for m in MEMBERS}
APPLICANT = test_key("receipts applicant")
APPLICANT_ORG = usci("91110000", "EXAMPLE9")


def set_text(numbers):
    members = sorted((MEMBERS[i] for i in numbers), key=lambda m: m.consensus.public)
    return lines("stele/v1 set", *(m.line() for m in members))


def set_keys(text):
    """The consensus keys of a set text, in its order; None for those that are no test keys."""
    return [CONSENSUS_KEYS.get((line.split(" ") + [""] * 3)[2]) for line in text.split("\n")[1:-1]]


def quorum(n):
    return n - (n - 1) // 3


def genesis_document(name, numbers):
    timers = [("delta-us", 50000), ("fetch-us", 50000), ("build-us", 100000), ("validate-us", 100000),
              ("disk-us", 50000), ("idle-us", 10000000), ("skip-us", 30000000), ("skew-ms", 500),
              ("late-ms", 20000)]
    limits = [("window-ms", 180000), ("quota-window-ms", 60000), ("quota-transactions", 100000),
              ("quota-bytes", 100000000), ("quota-entries", 1000000)]
    orgs = [(m.org, f"Example Institute {m.number}", "funder,validator", [(m.govern, "govern")])
            for m in (MEMBERS[i] for i in numbers)]
    orgs.append((APPLICANT_ORG, "Example University", "applicant,anchorer", [(APPLICANT, "grant,content")]))
    out = ["stele/v1 genesis", f"name {name}", "suite secp256k1-sha256", f"time {TIME}", "epoch-length 10"]
    out += [f"timer {n} {v}" for n, v in timers] + [f"limit {n} {v}" for n, v in limits]
    out += ["policy org.register funder,validator 2 validator", "policy validators.set validator 3 validator",
            "policy award.grant funder 1 funder", "policy content.anchor applicant,anchorer 0 -"]
    for org, title, roles, keys in sorted(orgs):
        out += [f"organisation {org}", f"name-en {title}", f"roles {roles}"]
        out += [f"key {k.public.hex()} {p}" for k, p in keys]
    return lines(*out) + set_text(numbers)


class Network:
    """A chain by its name, and the members (their numbers) of each of its epochs' sets."""

    def __init__(self, name, epochs):
        self.name, self.epochs = name, epochs
        self.document = genesis_document(name, epochs[0])
        self.chain = sha256(self.document.encode())
        self.origin = f"{name}/{self.chain.hex()[:16]}"
        self.sets = [set_text(numbers) for numbers in epochs]

    def sealed(self):
        found = lines("stele/v1 found", f"chain {self.chain.hex()}").encode()
        founders = sorted((MEMBERS[i] for i in self.epochs[0]), key=lambda m: m.org)
        return self.document + "\n" + lines(*(f"founder {m.org} {m.govern.public.hex()} "
                                              f"{m.govern.sign(found).hex()}" for m in founders))


def pin(network, epochs, head=None, sets=None):
    """A pin of these epochs; head: a header as a dictionary whose text is known."""
    sets = sets or {e: sha256(network.sets[e].encode()).hex() for e in epochs}
    text = lines("stele/v1 pin", f"origin {network.origin}", f"chain {network.chain.hex()}",
                 *(f"set {e} {sets[e]}" for e in epochs))
    if head:
        text += (f"head {head['height']} {sha256(head['text'].encode()).hex()} {head['log_size']} "
                 f"{head['log_root'].hex()}\n")
    return text


# ---- header, vote, certificate -----------------------------------------------------------------------

def header_text(h):
    text = lines(h["origin"], str(h["log_size"]), b64(h["log_root"]), "format stele/v1",
                 f"chain {h['chain'].hex()}", f"height {h['height']}", f"epoch {h['epoch']}",
                 f"view {h['view']}", f"parent {h['parent'].hex()}", f"parent-view {h['parent_view']}",
                 f"time {h['time']}", f"proposer {h['proposer']}", f"body {h['body'].hex()}",
                 f"state {h['state'].hex()}", f"rejected {h['rejected']} {h['rejected_root'].hex()}",
                 f"validators {h['validators'].hex()}")
    return text + (f"next-validators {h['next'].hex()}\n" if h["next"] else "")


def vote_text(kind, chain, epoch, set_hash, view, block):
    return lines(f"stele/v1 {KINDS.get(kind, 'finalize')}", f"chain {chain.hex()}", f"epoch {epoch}",
                 f"set {set_hash.hex()}", f"view {view}") + ("" if kind == 2 else f"block {block.hex()}\n")


class Certificate:
    """One over a header text; every part may be set to something else before it is encoded."""

    def __init__(self, signing_set, chain, epoch, view, text, signers=None):
        self.kind, self.voted_kind, self.epoch, self.view, self.text = 3, None, epoch, view, text
        self.signing_set, self.chain = signing_set, chain
        self.set_hash = sha256(signing_set.encode())
        self.block = sha256(text.encode())
        n = len(set_keys(signing_set))
        self.signers = list(range(quorum(n))) if signers is None else signers
        self.bitmap_signers = None  # where the bitmap says otherwise
        self.change_signature = {}  # position among the signatures -> function of the bytes
        self.tail = b""

    def signatures(self):
        text = vote_text(self.voted_kind or self.kind, self.chain, self.epoch, self.set_hash, self.view,
                         self.block).encode()
        keys = set_keys(self.signing_set)
        out = [(keys[i] if i < len(keys) else None) for i in self.signers]
        out = [(key or test_key("receipts stranger")).sign(text) for key in out]
        return [self.change_signature.get(i, lambda s: s)(s) for i, s in enumerate(out)]

    def encode(self):
        n = len(set_keys(self.signing_set))
        bits = sum(1 << i for i in set(self.signers if self.bitmap_signers is None else self.bitmap_signers))
        out = bytes([self.kind]) + self.epoch.to_bytes(8, "big") + self.set_hash + self.view.to_bytes(8, "big")
        out += b"" if self.kind == 2 else self.block
        out += bits.to_bytes(max(-(-n // 8), -(-bits.bit_length() // 8)), "little") + b"".join(self.signatures())
        if self.kind != 2:
            out += len(self.text.encode()).to_bytes(2, "big") + self.text.encode()
        return out + self.tail
