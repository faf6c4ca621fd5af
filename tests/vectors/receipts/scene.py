"""A scene: the part of a chain's history that one receipt tells of, and the receipt made from it.

Everything is derived when the receipt is made: roots, parents, certificates, paths.  Whoever wants a fault deep
inside changes the scene before: a header's line (a value instead of None), a leaf, a state value, a set text, or
a certificate (tweak); everything above is hashed and signed anew, so that nothing but the fault is wrong.  What
lies at the surface is changed afterwards, in the receipt itself (after).
"""
import copy

import trees
from keys import sha256
from operations import (APPROVE, OPEN, WITHDRAW, claim_value, envelope, key_value, motion_value, sign_body, sized,
                        body as body_of)
from reference import message
from texts import (APPLICANT, APPLICANT_ORG, NO_BODY, TIME, Certificate, Network, b64, header_text, set_keys)

EPOCH = 100  # heights of an epoch of the test networks

NETWORKS = {
    1: Network("example.stele/one", [[0], [0, 1, 2, 3], [1, 2, 3, 4]]),
    4: Network("example.stele/four", [[0, 1, 2, 3], [0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 6, 7], [2, 3, 4, 5],
                                      [2, 3, 4, 6], [6, 7, 8, 9], [6], [6, 7]]),
    7: Network("example.stele/seven", [list(range(7)), list(range(1, 8)), list(range(2, 9))]),
    16: Network("example.stele", [list(range(16)), list(range(1, 17))]),
}


def filler(i):
    return b"\x02stele/v1 evidence\nepoch 0\nof no account %d\n" % i


def header(network, height, epoch, log_size, **further):
    """A header's lines; None stands for what is derived."""
    return {"origin": network.origin, "chain": network.chain, "height": height, "epoch": epoch,
            "log_size": log_size, "log_root": None, "view": height + 3, "parent": None,
            "parent_view": height + 2, "time": TIME + 1000 * height, "proposer": 0, "body": NO_BODY,
            "state": None, "rejected": 0, "rejected_root": sha256(b""), "validators": None, "next": None,
            "ends": False, "text": None, **further}


class Scene:
    def __init__(self, n=4, a=0, b=0, distance=1, status=None, later=0, first_of_epoch=False,
                 top_ends=False, newer_is_top=False, grows=True):
        """a: the first epoch that the cover tells of; b: the top's; distance: headers between record and top;
        status: None, "top" or "newer"; later: set changes between top and newer header."""
        self.network = NETWORKS[n]
        self.sets = list(self.network.sets)
        self.a, self.b, self.status, self.later = a, b, status, later
        self.record_at, self.opened_at, self.subject = 9, None, None
        self.batch, self.entry_index = None, 0
        self.tweaks, self.after = {}, []
        height = EPOCH * b + (1 if first_of_epoch else 42)
        if top_ends:
            height = EPOCH * (b + 1) - distance
        self.ends = [self._end(e, 2 + e - a) for e in range(a, b)]
        self.previous = (self.ends[-1] if first_of_epoch else
                         header(self.network, height - 1, b, 8))
        self.run = [header(self.network, height + i, b, 12 + i // 2) for i in range(distance + 1)]
        if first_of_epoch:
            self.previous["log_size"] = 8
        size = self.run[-1]["log_size"]
        self.later_ends = [self._end(e, size + 1 + e - b) for e in range(b, b + later)]
        if top_ends:
            self.run[-1]["ends"] = True
            self.later_ends[:1] = [self.run[-1]] if later else []
        self.newer = None
        if status == "newer":
            newer_size = size + 9 if grows else size
            self.newer = (self.run[-1] if newer_is_top else
                          header(self.network, EPOCH * (b + later) + 77, b + later, newer_size))
        self.leaves = [filler(i) for i in range(size + 12)]
        self.state = {f"org/filler-{i}": b"\2\x0a\x01%c" % (65 + i) for i in range(21)}
        self.state["count/org"] = b"\1\x08\x15"
        self.later_state = {"count/org": b"\1\x08\x16", "org/filler-99": b"\2\x0a\x01Z"}
        self.status_keys = []
        self.put_key()

    def _end(self, epoch, size):
        return header(self.network, EPOCH * (epoch + 1), epoch, size, ends=True)

    def copy(self):
        network, self.network = self.network, None
        twin = copy.deepcopy(self)
        self.network = twin.network = network
        return twin

    # ---- what is recorded --------------------------------------------------------------------------

    def put_record(self, number, operation, at=None, key=APPLICANT, **further):
        """The transaction at the record's log index, or at another; signed when the receipt is made."""
        content = body_of(self.network.chain, key.public, number, operation, **further)
        self.leaves[self.record_at if at is None else at] = b"\1" + envelope(content, sign_body(content, key))
        return self

    def put_key(self, revoked=0, key=APPLICANT, where=None):
        name = "key/" + sha256(key.public).hex()
        (self.state if where is None else where)[name] = key_value(key.public, APPLICANT_ORG, revoked)
        if name not in self.status_keys:
            self.status_keys.append(name)
        return self

    def put_claim(self, content, size=0, k=1, entry=0, state="live", where=None):
        name = f"content/{content.hex()}" if k == 1 else f"claim/{content.hex()}/{k}"
        value = claim_value(APPLICANT_ORG, self.record_at, size, state, entry, k == 1)
        (self.state if where is None else where)[name] = value
        if name not in self.status_keys:
            self.status_keys.append(name)
        return self

    def put_motion(self, number, opened_at, state="open", executed_at=0, where=None):
        name = f"motion/{number}"
        (self.state if where is None else where)[name] = motion_value(number, APPLICANT_ORG, 60, opened_at,
                                                                      state, executed_at)
        if name not in self.status_keys:
            self.status_keys.append(name)
        return self

    def anchor(self, content, claim=1, **further):
        """A content.anchor of this file, claimed in the state."""
        digest = sha256(content)
        self.put_record(81, sized(digest, len(content), (3, "application/pdf")), **further)
        self.subject = {"sha256": digest.hex(), "size": len(content)}
        return self.put_claim(digest, len(content), claim)

    def anchor_batch(self, content, index=2, count=5):
        """A content.batch whose entry at index is this file."""
        digest = sha256(content)
        self.batch = [sized(sha256(b"entry %d" % i), 100 + i) for i in range(count)]
        self.batch[index] = sized(digest, len(content))
        self.entry_index = index
        root = trees.root([trees.leaf_hash(e) for e in self.batch])
        self.put_record(82, message((1, count), (2, root)))
        self.subject = {"sha256": digest.hex(), "size": len(content)}
        return self.put_claim(digest, len(content), entry=1 + index)

    def roll_up(self, content=None, size=None, index=3, count=6):
        """A content.rollup; with content, the receipt is that of the item at index."""
        self.batch = [sized(sha256(b"item %d" % i), i) for i in range(count)]
        self.entry_index = index
        if content is not None:
            size = len(content) if size is None else size
            self.batch[index] = sized(sha256(content), size)
            self.subject = {"sha256": sha256(content).hex(), "size": size}
        root = trees.root([trees.leaf_hash(e) for e in self.batch])
        self.put_record(83, message((1, root), (2, count), (3, "register")))
        if content is None:
            self.batch = None
        return self

    def motion(self, kind, state, number=12, opened=True, executed_at=None):
        """The record: "open", "approve" or "withdraw" of a motion that now is in this state."""
        carried = message((60, message((1, "P-2026"), (2, 1000000))))
        opening = message((1, carried), (2, 1763900000000))
        if kind == "open":
            self.put_record(OPEN, opening)
            opened_at = self.record_at
        else:
            self.put_record(APPROVE if kind == "approve" else WITHDRAW, message((1, number)))
            opened_at = 5
            self.put_record(OPEN, opening, at=opened_at, nonce=5)
            if kind == "approve" and opened:
                self.opened_at = opened_at
        executed_at = self.record_at if executed_at is None and state == "executed" else executed_at or 0
        return self.put_motion(number, opened_at, state, executed_at)

    # ---- the receipt -------------------------------------------------------------------------------

    def _fill(self, h, before, state):
        """Derives what is None; before: the header below, or None where any parent will do."""
        h = dict(h)
        epoch = h["epoch"]
        h["log_root"] = h["log_root"] or trees.root(self.hashes[:h["log_size"]])
        h["state"] = h["state"] or state.root
        h["validators"] = h["validators"] or sha256(self.sets[min(epoch, len(self.sets) - 1)].encode())
        if h["ends"] and not h["next"]:
            h["next"] = sha256(self.sets[epoch + 1].encode())
        if not h["parent"]:
            h["parent"] = sha256(before["text"].encode() if before else b"parent of %d" % h["height"])
        h["text"] = h["text"] or header_text(h)
        return h

    def certificate(self, name, h, epoch):
        """The finalization of a header; an epoch's last block was proposed once more, two views later."""
        view = h["view"] + (2 if h["ends"] else 0)
        made = Certificate(self.sets[epoch], h["chain"], epoch, view, h["text"])
        self.tweaks.get(name, lambda c: None)(made)
        return b64(made.encode())

    def leaf(self, index, size):
        data = self.leaves[index]
        return {"log_index": index, "path": [p.hex() for p in trees.path(self.hashes[:size], index)],
                "transaction": b64(data[1:])}

    def _headers(self):
        state = trees.State(self.state)
        ends = [self._fill(h, None, state) for h in self.ends]
        previous = ends[-1] if self.ends and self.previous is self.ends[-1] else self._fill(self.previous, None, state)
        run = []
        for h in self.run:
            run.append(self._fill(h, run[-1] if run else previous, state))
        self.made = {"ends": ends, "previous": previous, "run": run, "top": run[-1], "later_ends": [],
                     "newer": None, "tree": state}
        if self.newer:
            later = {**self.state, **self.later_state}
            same = self.newer is self.run[-1]
            tree = state if same else trees.State(later)
            self.made["later_ends"] = [run[-1] if h is self.run[-1] else self._fill(h, None, tree)
                                       for h in self.later_ends]
            self.made["newer"] = run[-1] if same else self._fill(self.newer, None, tree)
            self.made["tree"] = tree

    def _status(self, out):
        made, newer = self.made, self.made["newer"]
        values = {**self.state, **self.later_state} if newer and newer is not made["top"] else self.state
        keys = sorted(self.status_keys, key=lambda k: sha256(k.encode()))
        self.pieces = made["tree"].proof(keys)
        status = {"entries": [{"key": k, "value": b64(values[k])} if k in values else {"key": k} for k in keys],
                  "tree": b64(b"".join(self.pieces))}
        if newer:
            status["consistency"] = [p.hex() for p in trees.consistency(self.hashes[:newer["log_size"]],
                                                                        made["top"]["log_size"])]
            status["finalization"] = self.certificate("newer", newer, min(newer["epoch"], len(self.sets) - 1))
            status["set_changes"] = self._changes("later", made["later_ends"], self.b)
        out["status"] = status

    def _changes(self, name, ends, epoch):
        return [{"finalization": self.certificate((name, k), h, epoch + k), "set": self.sets[epoch + k + 1]}
                for k, h in enumerate(ends)]

    def build(self):
        """The receipt, as the object that is rendered."""
        self.hashes = [trees.leaf_hash(leaf) for leaf in self.leaves]
        self._headers()
        made, top = self.made, self.made["top"]
        out = {"stele_receipt": 1, "record": self.leaf(self.record_at, top["log_size"]),
               "headers": [h["text"] for h in reversed(made["run"])],
               "finalization": self.certificate("final", top, self.b),
               "set": self.sets[self.a], "set_changes": self._changes("end", made["ends"], self.a),
               "previous": made["previous"]["text"]}
        if self.opened_at is not None:
            out["opened"] = self.leaf(self.opened_at, top["log_size"])
        if self.batch:
            hashes = [trees.leaf_hash(e) for e in self.batch]
            out["entry"] = {"data": b64(self.batch[self.entry_index]), "index": self.entry_index,
                            "path": [p.hex() for p in trees.path(hashes, self.entry_index)]}
        if self.subject:
            out["subject"] = dict(self.subject)
        if self.status:
            self._status(out)
        for change in self.after:
            change(out)
        return out

    def assert_sound(self):
        """What a good scene must be before a fault is planted: paths lead to roots, headers follow one another."""
        out = self.build()
        top, run, previous = self.made["top"], self.made["run"], self.made["previous"]
        for name, at in (("record", self.record_at), ("opened", self.opened_at)):
            if at is not None:
                path = [bytes.fromhex(p) for p in out[name]["path"]]
                assert trees.root_by_path(self.hashes[at], at, top["log_size"], path) == top["log_root"]
        if self.batch:
            path = [bytes.fromhex(p) for p in out["entry"]["path"]]
            hashes = [trees.leaf_hash(e) for e in self.batch]
            assert trees.root_by_path(hashes[self.entry_index], self.entry_index, len(hashes),
                                      path) == trees.root(hashes)
        assert previous["log_size"] <= self.record_at < run[0]["log_size"]
        for before, h in zip([previous] + run, run):
            assert h["parent"] == sha256(before["text"].encode()) and h["height"] == before["height"] + 1
            assert h["time"] > before["time"] and h["log_size"] >= before["log_size"]
        heights = [h["height"] for h in self.made["ends"]] + [run[0]["height"]]
        assert heights == sorted(set(heights))
        for e, h in enumerate(self.made["ends"] + run[-1:], self.a):
            assert h["epoch"] == e and h["validators"] == sha256(self.sets[e].encode())
            assert all(set_keys(self.sets[e]))
        return out
