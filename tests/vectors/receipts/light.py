"""Steps of a light client: a pin, a proof with one consistency fact, and the new pin or the code that refuses it.

The new pin keeps the sets it had, adds those of the later epochs that the proof tells of, and its head is the
last header of the proof.
"""
from cases import pin_of
from faults_cover import assign, lines_of
from keys import sha256
from plant import drop, flip_hex, put
from proof_scene import Proof
from scene import NETWORKS
from texts import pin, set_text
import trees

FOUR = NETWORKS[4]


class Step:
    def __init__(self, name, what, pinned, proof, code=0, epochs=None):
        self.name, self.what, self.pinned, self.proof, self.code, self.epochs = name, what, pinned, proof, code, epochs

    def row(self, path):
        self.proof.build()
        head = self.proof.made["run"][0]
        expect = {"code": self.code} if self.code else {"code": 0, "pin": pin_of(4, self.epochs, head)}
        return {"name": self.name, "what": self.what, "pin": self.pinned, "proof": path, "expect": expect}


def pinned(epochs, height=7, size=6, root=None, text=None):
    """A pin whose head is of this size, by default the true prefix of every proof's log here."""
    hashes = [trees.leaf_hash(leaf) for leaf in Proof().leaves[:size]]
    return pin_of(4, epochs, {"height": height, "text": text or f"the header at height {height}", "log_size": size,
                              "log_root": root or trees.root(hashes)})


def proof(first=6, **further):
    made = Proof(n=4, **further)
    return made.consistency(first)


def plant(made, change):
    change(made)
    return made


def flat(made, change):
    made.after.append(change)
    return made


def cases():
    return good() + forks() + refused()


def good():
    return [
        Step("step", "to a newer header of the same epoch", pinned([0]), proof(), epochs=[0]),
        Step("step-distance", "to a header without a finalization of its own", pinned([0]), proof(distance=3),
             epochs=[0]),
        Step("change-1", "across one set change", pinned([0]), proof(b=1), epochs=[0, 1]),
        Step("change-3", "across three", pinned([0]), proof(b=3), epochs=[0, 1, 2, 3]),
        Step("change-from-1", "from the newest of two pinned epochs on", pinned([0, 1]), proof(a=1, b=3),
             epochs=[0, 1, 2, 3]),
        Step("change-known", "set changes that the pin knows", pinned([0, 1, 2]), proof(b=2), epochs=[0, 1, 2]),
        Step("change-before", "sets before the pinned ones, which somebody made up: they are not taken into the pin",
             pinned([2]), _made_up(), epochs=[2, 3]),
        Step("two-facts", "a consistency fact from elsewhere beside the one that is needed", pinned([0]),
             proof(3).consistency(6), epochs=[0]),
        Step("epoch-end", "to the last header of an epoch, finalized in a later view", pinned([0]),
             proof(distance=0, top_ends=True), epochs=[0]),
        Step("epoch-first", "to the first header of an epoch", pinned([0]), proof(b=1, first_of_epoch=True),
             epochs=[0, 1]),
        Step("no-leaves", "to a header whose log is the pinned one", pinned([0], size=12), proof(12), epochs=[0]),
        _same(),
    ]


def _made_up():
    made = proof(b=3)
    made.sets[:2] = [set_text([10, 11]), set_text([12, 13])]
    return made


def _same():
    """The pinned header once more."""
    made = proof(12, distance=0)
    made.build()
    head = made.made["run"][0]
    return Step("same", "to the pinned header itself", pin_of(4, [0], head), made, epochs=[0])


def forks():
    other = sha256(b"another root")
    at = proof(12, distance=0)
    at.build()
    head = at.made["run"][0]
    return [
        Step("fork-height", "another block at the pinned height", pinned([0], 42, 12), proof(12, distance=0), 7019),
        Step("fork-height-change", "another block at the pinned height, which ended an epoch", pinned([0], 100, 2),
             proof(2, b=1), 7019),
        Step("fork-root", "another root at the pinned size", pinned([0], root=other), proof(), 7019),
        Step("fork-root-change", "another root at the pinned size, across a set change", pinned([0], root=other),
             proof(b=1), 7019),
        Step("fork-root-at-head", "another root at the pinned size, which is the newer header's",
             pinned([0], size=12, root=other), proof(12), 7019),
        Step("fork-state", "the same log at the pinned height, and another state",
             pin_of(4, [0], head), plant(proof(12, distance=0), lines_of("run", 0, {"state": sha256(b"state")})), 7019),
    ]


def refused():
    older = Proof(n=4, distance=0)
    older.run[0].update(height=5)
    older.previous.update(height=4)
    return [
        Step("older", "a header below the pinned one", pinned([0], size=12), older.consistency(12), 7006),
        Step("epoch-former", "a newer header of a former epoch, by keys that may have been given up", pinned([0, 1]),
             proof(), 7006),
        Step("size-other", "a consistency fact from another size than the pinned one", pinned([0]), proof(7), 7006),
        Step("fact-none", "a proof of something else", pinned([0]),
             Proof(n=4).fact({"fact": "state", "key": "org/filler-3"}, "org/filler-3"), 7006),
        Step("path", "a consistency path with one digit changed", pinned([0]),
             flat(proof(), put("facts", 0, "path", 0)(flip_hex)), 7007),
        Step("shrinks", "a header whose log is smaller than the pinned one", pinned([0], size=13), _larger(), 7007),
        Step("change-few", "a set change signed by too few", pinned([0]),
             plant(proof(b=1), assign(("end", 0), signers=[0, 1])), 7014),
        Step("change-next", "a set change that names another set", pinned([0]),
             plant(proof(b=1), lines_of("ends", 0, {"next": sha256(b"another set")})), 7014),
        Step("change-skipped", "an epoch left out", pinned([0]), flat(proof(b=2), drop("set_changes", 0)), 7014),
        Step("few", "a header signed by too few", pinned([0]), plant(proof(), assign("final", signers=[0, 1])), 7014),
        Step("beyond", "a proof that begins above the pinned epochs", pinned([0]), proof(a=1, b=2), 7018),
        Step("set-other", "another set in the pinned epoch", pinned([1]).replace(
            sha256(FOUR.sets[1].encode()).hex(), sha256(b"another set").hex()), proof(a=1, b=2), 7015),
        Step("chain-other", "a proof of another network", _elsewhere(), proof(), 7015),
        Step("form", "a proof whose text is not canonical", pinned([0]), flat(proof(), lambda p: p.update(note="x")), 7010),
        Step("version", "a proof of a later version", pinned([0]), flat(proof(), put("stele_proof")(2)), 7011),
    ]


def _larger():
    made = proof(12)
    made.after.append(put("facts", 0, "from")(13))
    return made


def _elsewhere():
    seven = NETWORKS[7]
    return pin(seven, [0], {"height": 7, "text": "x", "log_size": 6, "log_root": sha256(b"root")})
