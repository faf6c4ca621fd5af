"""Evidence (docs/protocol.md sections 3 and 12, docs/ledger.md section 2): which texts are any, and
texts that are nearly."""
import re

from curve import key_of, sha256, verify

PER_BLOCK = 4
VIEW_MAX = 2**32
VOTE = rb"vote (notarize|nullify|finalize) ([0-9a-f]{64}|-) ([0-9a-f]{128})\n"
TEXT = re.compile(rb"(stele/v1 evidence\nepoch (0|[1-9][0-9]{0,18})\nsigner ([0-9a-f]{66})\ntype (E[1-4])\n)"
                  rb"set ([0-9a-f]{64})\nview ([1-9][0-9]{0,18})\n" + VOTE + VOTE)
PAIRS = {"E1": ("notarize", "notarize"), "E2": ("finalize", "finalize"), "E3": ("finalize", "nullify"),
         "E4": ("finalize", "notarize")}


def signed_text(chain, epoch, set_hash, view, kind, block):
    text = f"stele/v1 {kind}\nchain {chain.hex()}\nepoch {epoch}\nset {set_hash}\nview {view}\n"
    return (text + (f"block {block}\n" if kind != "nullify" else "")).encode()


def type_of(kinds, blocks):
    """Of two votes of one view and signer; None: legal together, or the same."""
    for name, pair in PAIRS.items():
        if tuple(sorted(kinds)) == pair and (name == "E3" or blocks[0] != blocks[1]):
            return name
    return None


class Accusation:
    """A text that a block of epoch 0 may record; ValueError where it is none."""

    def __init__(self, text, chain, set_text):
        match = TEXT.fullmatch(text)
        self.require(match and len(text) <= 4096)
        head, epoch, signer, name, set_hash, view, *votes = match.groups()
        words = [word.decode() for word in votes]
        kinds, blocks, signatures = words[0::3], words[1::3], words[2::3]
        self.epoch, self.view = int(epoch), int(view)
        self.type, self.signer = int(name[1:]), bytes.fromhex(signer.decode())
        self.require(self.epoch == 0 and self.view <= VIEW_MAX)
        self.require(all((kind == "nullify") == (block == "-") for kind, block in zip(kinds, blocks)))
        texts = [signed_text(chain, self.epoch, set_hash.decode(), self.view, kind, block)
                 for kind, block in zip(kinds, blocks)]
        self.require(type_of(kinds, blocks) == name.decode() and texts[0] < texts[1])
        self.require(set_hash.decode() == sha256(set_text).hex())
        members = [line.split()[2] for line in set_text.splitlines()[1:]]
        self.require(signer in members)
        self.require(all(verify(self.signer, sha256(text_), bytes.fromhex(signature))
                         for text_, signature in zip(texts, signatures)))
        self.id, self.text = sha256(head), text

    @staticmethod
    def require(condition):
        if not condition:
            raise ValueError("no evidence")


def render(rng, ledger, key, name, view, epoch=0):
    """As a node would make it."""
    set_hash = sha256(ledger.set_text).hex()
    blocks = [sha256(b"block %d" % rng.randrange(2**32)).hex() for _ in range(2)]
    votes = []
    for kind, block in zip(PAIRS[name], blocks):
        block = "-" if kind == "nullify" else block
        text = signed_text(ledger.chain, epoch, set_hash, view, kind, block)
        votes.append((text, f"vote {kind} {block} {key.sign(sha256(text)).hex()}\n"))
    return (f"stele/v1 evidence\nepoch {epoch}\nsigner {key.public.hex()}\ntype {name}\nset {set_hash}\n"
            f"view {view}\n" + "".join(line for _, line in sorted(votes))).encode()


def reordered(text):
    lines = text.splitlines(keepends=True)
    return b"".join(lines[:-2] + lines[:-3:-1])


class Accuser:
    """Offers for a block: evidence against few of the members, so that it meets itself again."""

    def __init__(self, rng, ledger, orgs):
        self.rng, self.ledger = rng, ledger
        self.keys = [key_of("consensus " + org) for org in orgs]
        self.made = []

    def offer(self):
        rng = self.rng
        if self.made and rng.random() < 0.2:
            return rng.choice(self.made)
        key = rng.choice(self.keys) if rng.random() < 0.9 else key_of("a stranger")
        view = rng.choice([1, 2, rng.randrange(1, 1000), VIEW_MAX, VIEW_MAX, VIEW_MAX + 1, 0])
        text = render(rng, self.ledger, key, rng.choice(list(PAIRS)), view, rng.choice([0] * 12 + [1, 7]))
        self.made = self.made[-8:] + [text]
        if rng.random() < 0.3:
            text = self.spoiled(text)
        return text

    def spoiled(self, text):
        rng = self.rng
        at = rng.randrange(len(text))
        other = {"E1": b"E2", "E2": b"E1", "E3": b"E4", "E4": b"E3"}[TEXT.fullmatch(text)[4].decode()] \
            if TEXT.fullmatch(text) else b"E1"
        return rng.choice([reordered(text), reordered(text), text[:-1], text + b"\n", text[:at],
                           text[:at] + bytes([text[at] ^ 1 << rng.randrange(8)]) + text[at + 1:],
                           re.sub(rb"type E\d", b"type " + other, text),
                           re.sub(rb"set .{8}", b"set 00000000", text),
                           re.sub(rb"view (\d+)", rb"view 0\1", text)])

    def offers(self):
        rng = self.rng
        if rng.random() > 0.1:
            return []
        return [self.offer() for _ in range(rng.choice([1, 1, 2, 3, 6, 10]))]
