"""The voting rules, judged on what each node sent, was told and had on disk; docs/protocol.md
sections 6, 7 and 10.

A vote is judged twice: when its record is durable, by what was durable then (it was entered against
that), and when it leaves, by whether exactly that record is durable and nothing it ever said
contradicts it."""
import struct

import words
from words import CERTIFICATE, FINALIZE, KIND, NOTARIZE, NULLIFY, PROPOSAL, RANGE, STATUS, VOTE, VOTES

OWN, CERT, BLOCK, FINAL, FLOOR, PARCEL, RESERVATION = 1, 2, 3, 4, 5, 7, 9
LOST = 2**64 - 1  # the epoch of a floor that says: sign state lost


class Broken(Exception):
    """A rule was broken."""


def expect(holds, rule, *about):
    if not holds:
        raise Broken(rule % about)


class Node:
    """One correct node: its disk, what it heard in this life, what it said in all of them."""

    def __init__(self, number, index):
        self.number, self.index = number, index
        self.said = {}  # (view, kind) -> block, of every life
        self.height = 0
        self.is_up = False
        self.wipe()

    def wipe(self):
        self.own = {}  # (view, kind) -> block
        self.certificates = {}  # (view, kind) -> block
        self.blocks = set()
        self.parcels = set()
        self.floor = self.reserved = 0
        self.final_view = self.final_height = 0
        self.final_block = None
        self.written = None  # last_final of the write under way
        self.is_loading = True  # what the journal held, at a start
        self.heard = {}  # (kind, view, block) -> signers
        self.shown = set()  # certificates, whole

    def holds(self, view, kind, block=None):
        held = self.certificates.get((view, kind))
        return held is not None and block in (None, held)


class Rules:
    def __init__(self, chain, set_hash, members):
        """members: {node: (index or None, secret, is correct)}"""
        self.chain, self.set = chain, set_hash
        self.secrets = {index: secret for index, secret, _ in members.values() if index is not None}
        self.count = len(self.secrets)
        self.quorum = self.count - (self.count - 1) // 3
        self.nodes = {n: Node(n, m[0]) for n, m in members.items() if m[2]}
        self.headers = {}  # block -> header
        self.bodies = {}  # block -> parcels
        self.certified = {}  # (view, kind) -> block
        self.valid = {}  # certificate bytes -> certificate
        self.signatures = {}  # (signer, digest) -> signature
        self.final = {}  # height -> block
        self.first = None  # block 0
        self.judged = {"votes": 0, "certificates": 0, "finals": 0}

    # --- certificates -------------------------------------------------------------------------------

    def is_signed(self, signer, digest, signature):
        if signer not in self.secrets:
            return False
        if (signer, digest) not in self.signatures:
            self.signatures[signer, digest] = words.signature(self.secrets[signer], digest)
        return self.signatures[signer, digest] == signature

    def certificate(self, who, data):
        data = bytes(data)
        if data not in self.valid:
            try:
                self.valid[data] = self.check_certificate(who, words.certificate(data, self.count))
            except words.Malformed as problem:
                raise Broken("node %d has %s" % (who, problem))
        return self.valid[data]

    def check_certificate(self, who, found):
        name = "node %d has a certificate (%s, view %d)" % (who, KIND[found.kind], found.view)
        expect(found.epoch == 0 and found.set == self.set and found.view > 0, "%s of another set", name)
        expect(len(found.signers) >= self.quorum, "%s of %d signers, not %d", name, len(found.signers),
               self.quorum)
        digest = words.vote_digest(found.kind, self.chain, 0, self.set, found.view, found.block)
        for signer, signature in found.signers.items():
            expect(self.is_signed(signer, digest, signature), "%s that %d did not sign", name, signer)
        if found.kind != NULLIFY:
            header = self.learn_header(found.header)
            expect(header.hash == found.block, "%s with another header", name)
            expect(header.view == found.view and header.chain == self.chain and header.set == self.set,
                   "%s whose header does not fit", name)
        self.enter(found)
        self.judged["certificates"] += 1
        return found

    def enter(self, found):
        """One N and one F a view; F implies N; never X and F."""
        before = self.certified.setdefault((found.view, found.kind), found.block)
        expect(before == found.block, "view %d has two certificates to %s", found.view, KIND[found.kind])
        if found.kind == FINALIZE:
            expect(self.certified.get((found.view, NOTARIZE)) == found.block,
                   "view %d is final without a notarization", found.view)
        expect((found.view, NULLIFY) not in self.certified or (found.view, FINALIZE) not in self.certified,
               "view %d is nullified and final", found.view)

    def learn_header(self, text):
        header = words.header(text)
        self.headers.setdefault(header.hash, header)
        if header.height == 1 and self.first is None and header.parent_view == 0:
            self.first = header.parent
        return header

    # --- what a node hears --------------------------------------------------------------------------

    def vote_is_signed(self, found):
        digest = words.vote_digest(found.kind, self.chain, found.epoch, self.set, found.view, found.block)
        return self.is_signed(found.signer, digest, found.signature)

    def delivered(self, node, kind, payload):
        try:
            votes, certificates = self.contents(kind, payload)
        except words.Malformed:
            return  # a Byzantine sender; the node itself refuses it
        for found in votes:
            if found.kind in KIND and self.vote_is_signed(found):
                node.heard.setdefault((found.kind, found.view, found.block), set()).add(found.signer)
        node.shown.update(certificates)

    def contents(self, kind, payload):
        """Votes and certificates in a frame."""
        if kind == VOTE:
            return [words.vote(payload)], []
        if kind not in (PROPOSAL, CERTIFICATE, STATUS, VOTES, RANGE):
            return [], []
        found = words.fields(payload)
        if kind == VOTES:
            return [words.vote(v) for v in words.every(found, 1)], []
        if kind == STATUS:
            return [words.vote(v) for v in words.every(found, 12)], []
        if kind == CERTIFICATE:
            return [], [bytes(words.one(found, 1, b""))]
        if kind == RANGE:
            return [], [bytes(c) for c in words.every(found, 3)]
        return [words.vote(v) for v in words.every(found, 3)], [bytes(c) for c in words.every(found, 4)]

    def check_heard(self, node, data, found):
        """A certificate comes whole from somebody, or out of votes that were heard, the own one durable.  Who
        lost its journal may hear its own vote of before: that had left, so it was judged then."""
        own = node.own.get((found.view, found.kind))
        if data in node.shown:
            return
        votes = node.heard.get((found.kind, found.view, found.block), ())
        for signer in found.signers:
            if signer == node.index and signer not in votes:
                expect(own == found.block, "node %d counts its own vote (%s, view %d) before it is durable",
                       node.number, KIND[found.kind], found.view)
            else:
                expect(signer in votes, "node %d has a vote of %d in view %d that it never heard",
                       node.number, signer, found.view)

    # --- the disk -----------------------------------------------------------------------------------

    def start(self, node):
        """What is committed is final, whatever became of the journal."""
        node.wipe()
        header = self.headers.get(self.final.get(node.height))
        if header is not None:
            node.final_view, node.final_height, node.final_block = header.view, header.height, header.hash

    def load(self, node, key, value):
        """A record that was there at the start of a life."""
        kind, view, tag = key[0], struct.unpack(">Q", key[9:17])[0], key[17:]
        if kind == OWN:
            node.own[view, tag[0]] = value
        elif kind in (CERT, FINAL):
            found = self.certificate(node.number, value)
            node.certificates[found.view, found.kind] = found.block
            node.shown.add(value)
            if kind == FINAL:
                node.written = found
        elif kind == BLOCK:
            self.take_block(node, tag, value)
        elif kind == PARCEL:
            node.parcels.add(tag)
        elif kind == FLOOR:
            epoch, floor = struct.unpack(">QQ", value)
            node.floor = LOST if epoch == LOST else max(floor, 0 if node.floor == LOST else node.floor)
        elif kind == RESERVATION:
            node.reserved = struct.unpack(">QQQ", value)[2]

    def keep(self, node, key, value):
        """A record that became durable.  One write shows a place that it wrote twice with the last value
        each time: last_final counts from the end of its write on."""
        kind, view, tag = key[0], struct.unpack(">Q", key[9:17])[0], key[17:]
        if kind == OWN and (view, tag[0]) not in node.own:
            self.check_entered(node, view, tag[0], value)
        if kind in (CERT, FINAL):
            self.check_heard(node, value, self.certificate(node.number, value))
        self.load(node, key, value)

    def end_write(self, node):
        found, node.written = node.written, None
        if found is None:
            return
        header = self.headers[found.block]
        if node.is_loading and header.view < node.final_view:
            return  # an older journal: what is committed is final
        expect(header.view >= node.final_view, "node %d: last_final falls to view %d", node.number,
               header.view)
        node.final_view, node.final_height, node.final_block = header.view, header.height, found.block

    def take_block(self, node, block, value):
        length = struct.unpack(">I", value[:4])[0]
        try:
            header = self.learn_header(value[4:4 + length])
            self.bodies[block] = words.parcels(value[4 + length:])
        except words.Malformed as problem:
            raise Broken("node %d keeps %s" % (node.number, problem))
        expect(header.hash == block, "node %d keeps a block under another name", node.number)
        node.blocks.add(block)

    # --- own votes ----------------------------------------------------------------------------------

    def check_entered(self, node, view, kind, block):
        """Section 6, by what was durable when the record became so."""
        name = "node %d, %s of view %d" % (node.number, KIND[kind], view)
        own = {k: node.own.get((view, k)) for k in KIND}
        expect(node.floor != LOST and view > node.floor, "%s: at or below the floor", name)
        expect(view > node.final_view, "%s: not above last_final", name)
        if kind == NOTARIZE:
            expect(own[NOTARIZE] is None, "%s: a second one", name)
            expect(own[NULLIFY] is None, "%s: after the nullify", name)
            self.check_block(node, block, name)
            self.check_justified(node, view, block, name)
        elif kind == NULLIFY:
            expect(own[FINALIZE] is None, "%s: after the finalize", name)
        else:
            expect(own[FINALIZE] is None, "%s: a second one", name)
            expect(own[NULLIFY] is None, "%s: after the nullify", name)
            expect(own[NOTARIZE] in (None, block), "%s: notarized was another block", name)
            expect(node.holds(view, NOTARIZE, block), "%s: without its notarization on disk", name)
            expect(not node.holds(view, NULLIFY), "%s: though the view is nullified", name)
            self.check_block(node, block, name)
        if kind != FINALIZE and view > node.final_view + 1:
            expect(any(node.holds(view - 1, k) for k in KIND),
                   "%s: no certificate of the view before on disk", name)

    def check_block(self, node, block, name):
        expect(block in node.blocks, "%s: header and body not on disk", name)
        for digest in self.bodies[block]:
            expect(digest in node.parcels, "%s: a parcel not on disk", name)

    def check_justified(self, node, view, block, name):
        """R2"""
        header = self.headers[block]
        expect(header.view == view and header.epoch == 0, "%s: the block is of another view", name)
        expect(header.chain == self.chain and header.set == self.set,
               "%s: the block is of another chain or set", name)
        expect(header.parent_view >= node.final_view, "%s: its parent is below last_final", name)
        if header.parent_view == node.final_view:
            expect(header.parent == (node.final_block or self.first), "%s: its parent is not last_final",
                   name)
        else:
            expect(any(node.holds(header.parent_view, k, header.parent) for k in (NOTARIZE, FINALIZE)),
                   "%s: its parent is not notarized", name)
        for skipped in range(header.parent_view + 1, view):
            expect(node.holds(skipped, NULLIFY), "%s: view %d is skipped and not nullified", name, skipped)
        parent = self.headers.get(header.parent)
        if parent is not None:
            expect(header.height == parent.height + 1 and header.time > parent.time,
                   "%s: height or time do not follow", name)
        if self.first is not None:
            offset = struct.unpack(">Q", self.first[:8])[0] % self.count
            expect(header.proposer == (view - 1 + offset) % self.count, "%s: by who does not lead", name)

    def check_said(self, node, found):
        """A vote that leaves: signed, durable, and in accord with all that was ever said."""
        name = "node %d sends %s of view %d" % (node.number, KIND.get(found.kind), found.view)
        key = (found.view, found.kind)
        expect(found.epoch == 0 and self.vote_is_signed(found), "%s: not signed", name)
        if node.said.get(key) == found.block:
            return
        expect(node.own.get(key) == found.block, "%s: before it is durable", name)
        expect(found.view <= node.reserved, "%s: beyond what is reserved", name)
        expect(node.floor != LOST and found.view > node.floor, "%s: at or below the floor", name)
        said = {k: node.said.get((found.view, k)) for k in KIND}
        expect(said[found.kind] is None, "%s: two of them", name)
        if found.kind == NULLIFY:
            expect(said[FINALIZE] is None, "%s: a finalize was sent", name)
        elif found.kind == FINALIZE:
            expect(said[NULLIFY] is None, "%s: a nullify was sent", name)
            expect(said[NOTARIZE] in (None, found.block), "%s: another block was notarized", name)
        else:
            expect(said[FINALIZE] in (None, found.block), "%s: another block was finalized", name)
        node.said[key] = found.block
        self.judged["votes"] += 1

    def sent(self, node, kind, payload):
        expect(node.is_up, "node %d sends though it is down", node.number)
        try:
            votes, certificates = self.contents(kind, payload)
        except words.Malformed as problem:
            raise Broken("node %d sends %s" % (node.number, problem))
        for found in votes:
            if found.signer == node.index:
                self.check_said(node, found)
            else:
                expect(found.kind in KIND and self.vote_is_signed(found),
                       "node %d passes on a forged vote of %d", node.number, found.signer)
        for data in certificates:
            if data:
                self.certificate(node.number, data)

    # --- the chain ----------------------------------------------------------------------------------

    def committed(self, node, height, block):
        expect(self.final.setdefault(height, block) == block, "node %d commits another block at height %d",
               node.number, height)
        expect(height > node.height, "node %d commits height %d after %d", node.number, height, node.height)
        expect(height <= node.final_height, "node %d commits height %d above its last_final", node.number,
               height)
        header = self.headers.get(block)
        if header is not None:
            expect(header.height == height, "node %d commits a block of height %d at %d", node.number,
                   header.height, height)
            expect(self.final.get(height - 1, header.parent) == header.parent, "height %d does not follow",
                   height)
        node.height = height
        self.judged["finals"] += 1

    def end(self):
        """Whatever is final is in the one chain."""
        for (view, kind), block in self.certified.items():
            height = self.headers[block].height if kind == FINALIZE else None
            if height in self.final:
                expect(self.final[height] == block, "the final block of view %d is not in the chain", view)
