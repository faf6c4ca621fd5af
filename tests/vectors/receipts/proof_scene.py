"""A proof (docs/receipt.md section 8) made from a scene: entries and facts under the last header."""
import trees
from keys import sha256
from reference import message
from scene import Scene
from texts import b64


def programme_value(awards, live, committed, paid, recovered, budget=10**9, most=50):
    terms = message((1, "P-2026"), (6, budget), (7, most))
    totals = ((2, awards), (3, live), (4, committed), (5, paid), (6, recovered))
    return b"\x10" + message((1, terms), *((n, v) for n, v in totals if v), (9, 4))


def award_value(amount, committed=None, paid=0, payable=0, milestones=0, terminated=0, demanded=0, received=0,
                imported=False):
    terms = [(1, "P-2026"), (6, amount)] + ([(9, [message((1, k + 1), (2, 5)) for k in range(milestones)])]
                                            if milestones else [])
    sums = ((5, amount if committed is None else committed), (6, paid), (7, payable), (8, terminated),
            (14, demanded), (15, received))
    return b"\x11" + message((2 if imported else 1, message(*terms)), (3, "agency"),
                             *((n, v) for n, v in sums if v))


def org_value(awards):
    return b"\2" + message((1, "Example University"), *([(6, awards)] if awards else []))


def claims_value(count):
    return b"\x20" + message((1, "org"), (2, 3), *([(9, count)] if count else []))


class Proof(Scene):
    """facts: objects, or functions of the proof that give one; keys: those of its entries."""

    def __init__(self, **further):
        super().__init__(**{"n": 1, **further})
        self.facts, self.status_keys, self.after = [], [], []
        self.rejections = []

    def fact(self, fact, *keys):
        self.facts.append(fact)
        self.status_keys += [k for k in keys if k not in self.status_keys]
        return self

    def hold(self, values):
        self.state.update(values)
        return self

    # ---- facts whose paths are made with the proof -----------------------------------------------------

    def inclusion(self, index):
        return self.fact(lambda p: {"fact": "inclusion", "data": b64(p.leaves[index]), "log_index": index,
                                    "path": [h.hex() for h in trees.path(p.hashes[:p.size()], index)]})

    def consistency(self, first):
        return self.fact(lambda p: {"fact": "consistency", "from": first, "root": trees.root(p.hashes[:first]).hex(),
                                    "path": [h.hex() for h in trees.consistency(p.hashes[:p.size()], first)]})

    def rejected(self, index, count=5):
        self.rejections = [(sha256(b"rejected %d" % i), 4107 + i, i // 2, i % 2) for i in range(count)]
        entries = [i + c.to_bytes(2, "big") + p.to_bytes(4, "big") + k.to_bytes(4, "big")
                   for i, c, p, k in self.rejections]
        self.run[0].update(rejected=count, rejected_root=trees.root([trees.leaf_hash(e) for e in entries]))
        name, code, parcel, position = self.rejections[index]
        path = trees.path([trees.leaf_hash(e) for e in entries], index)
        return self.fact({"fact": "rejected", "code": code, "count": count, "id": name.hex(), "index": index,
                          "parcel": parcel, "position": position, "path": [h.hex() for h in path]})

    def size(self):
        return self.run[0]["log_size"]

    def build(self):
        """The proof, as the object that is rendered."""
        self.hashes = [trees.leaf_hash(leaf) for leaf in self.leaves]
        self._headers()
        made = self.made
        out = {"stele_proof": 1, "headers": [h["text"] for h in reversed(made["run"])],
               "finalization": self.certificate("final", made["top"], self.b), "set": self.sets[self.a],
               "set_changes": self._changes("end", made["ends"], self.a),
               "facts": [f(self) if callable(f) else dict(f) for f in self.facts]}
        if self.status_keys:
            keys = sorted(self.status_keys, key=lambda k: sha256(k.encode()))
            self.pieces = made["tree"].proof(keys)
            out["entries"] = [{"key": k, "value": b64(self.state[k])} if k in self.state else {"key": k} for k in keys]
            out["tree"] = b64(b"".join(self.pieces))
        for change in self.after:
            change(out)
        return out
