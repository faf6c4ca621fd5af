"""The ledger as docs/ledger.md describes it, written from that text alone: what a transaction is, what
a block does to state and log, and the header that follows.  Compared with the ledger in C by run.py.
"""
import base64

from context import BY_FIELD, Context, Refused, View, key_path, require
from curve import parse_point, sha256, verify
from encoding import Malformed, Message, check_bounds, decode, encode
from evidence import PER_BLOCK, Accusation
from rules_motion import RULES, check_opener
from rules_org import org_register
from state import Log, Tree, leaf_hash, merkle_root

REJECTED_HOLD_MS = 600000


class Transaction:
    """The stateless checks of section 1, in their order."""

    def __init__(self, raw, chain):
        self.check(len(raw) <= 458800, 2001)
        envelope = decode("SignedTransaction", raw)
        self.raw, self.attachment = raw, envelope.attachment
        self.check(envelope.body and len(envelope.signature) == 64, 2003)
        self.check(len(envelope.body) <= 65450 and len(self.attachment) <= 393216, 2001)
        self.body = decode("TransactionBody", envelope.body)
        check_bounds(self.body)
        self.check(self.body.chain == chain, 2004)
        self.size = len(envelope.body) + len(self.attachment)
        self.id = sha256(b"stele/v1 transaction\n" + envelope.body)
        self.field, self.operation = self.body.member()
        self.entries = self.check_attachment()
        self.check(self.body.signer[0] in (2, 3) and parse_point(self.body.signer), 2006)
        self.check(verify(self.body.signer, self.id, envelope.signature), 2007)
        self.leaf = b"\1" + encode(Message("SignedTransaction", body=envelope.body,
                                           signature=envelope.signature))

    @staticmethod
    def check(condition, code):
        if not condition:
            raise Malformed(code)

    def check_attachment(self):
        if self.field != "content_batch":
            self.check(not self.attachment, 2005)
            return None
        try:
            batch = decode("BatchEntries", self.attachment)
            check_bounds(batch)
        except Malformed:
            raise Malformed(2005) from None
        leaves = [leaf_hash(encode(entry)) for entry in batch.entries]
        self.check(len(leaves) == self.operation.count and merkle_root(leaves) == self.operation.root, 2005)
        return batch.entries

    def carried(self):
        """What a motion.open carries, as a field's name."""
        return self.operation.operation.member()[0] if self.field == "motion_open" else None

    def indexed(self):
        """Entries in the sense of the quota."""
        if self.field == "content_anchor":
            return 1
        return self.operation.count if self.field == "content_batch" else 0


class Ledger:
    def __init__(self, genesis):
        """genesis: what genesis.py describes."""
        self.chain = sha256(genesis.text)
        self.origin = f"{genesis.name}/{self.chain.hex()[:16]}"
        self.epoch_length = genesis.epoch_length
        self.set_text = genesis.set_text
        self.set_hash = sha256(genesis.set_text)
        self.state, self.tree, self.log, self.consumed = {}, Tree(), Log(), {}
        self.log.append(b"\0" + genesis.text)
        self.height = self.view = 0
        self.time = genesis.time
        self.make_state(genesis)
        self.header = self.render(bytes(32), 0, 0, [], sha256(b"stele/v1 body\n"))

    def keep(self, view):
        for key, data in view.writes.items():
            self.state[key] = data
            self.tree.put(key, data)

    def make_state(self, genesis):
        ctx = Context(self.state, self.chain, 0, self.time, 0)
        for what in ("org", "programme", "motion"):
            ctx.put("count/" + what, Message("CountValue"))
        for org in genesis.orgs:
            org_register(ctx, org, with_proof=False)
        for rule in genesis.rules:
            ctx.put(f"policy/{rule.operation}", Message("PolicyValue", rule=rule))
        ctx.put("policy/limits", Message("LimitsValue", limits=genesis.limits))
        self.keep(ctx)

    # ---- one transaction ---------------------------------------------------------------------------

    def check_entry(self, ctx, tx):
        """E-01 to E-09; gives the quota as this transaction leaves it."""
        require(ctx.time > self.consumed.get(tx.id, -1), 3001, "E-01")
        limits = ctx.get("policy/limits", "LimitsValue").limits
        require(ctx.time <= tx.body.valid_until, 3002, "E-02")
        require(tx.body.valid_until <= ctx.time + limits.window_ms, 3003, "E-03")
        ctx.key = ctx.need(key_path(tx.body.signer), "KeyValue", 3004, "E-04")
        require(ctx.height >= ctx.key.from_height, 3005, "E-05")
        require(not ctx.key.revoked_height or ctx.height < ctx.key.revoked_height, 3006, "E-06")
        ctx.actor = ctx.key.org
        require(ctx.org(ctx.actor, None).status == 0, 3008, "E-07")
        purposes = list(BY_FIELD[tx.field].purposes)
        if BY_FIELD[tx.field].or_what_it_carries:
            purposes += BY_FIELD[tx.carried()].carried_purposes
        require(any(p in purposes for p in ctx.key.purposes), 3007, "E-08")
        window = ctx.time // limits.quota_window_ms
        quota = ctx.get("quota/" + ctx.actor, "QuotaValue")
        if quota is None or quota.window != window:
            quota = Message("QuotaValue", window=window)
        quota.transactions += 1
        quota.bytes += tx.size
        quota.entries += tx.indexed()
        require(quota.transactions <= limits.quota_transactions and quota.bytes <= limits.quota_bytes
                and quota.entries <= limits.quota_entries, 3009, "E-09")
        return "quota/" + ctx.actor, quota

    def apply(self, tx, height, time):
        """(outcome, error number, the view to keep); tx.rule is the rule that failed"""
        ctx = Context(self.state, self.chain, height, time, len(self.log.leaves))
        ctx.entries, ctx.epoch_length, tx.rule = tx.entries, self.epoch_length, None
        try:
            quota = self.check_entry(ctx, tx)
        except Refused as refused:
            tx.rule = refused.rule
            return "skipped", refused.code, None
        ctx.put(*quota)
        try:
            if tx.field not in ("motion_open", "motion_approve", "motion_withdraw"):
                check_opener(ctx, BY_FIELD[tx.field], by_motion=False)
            RULES[tx.field](ctx, tx.operation)
        except Refused as refused:
            tx.rule = refused.rule
            view = View(self.state)
            view.put(*quota)
            return "rejected", refused.code, view
        return "accepted", 0, ctx

    # ---- one block ---------------------------------------------------------------------------------

    def choose(self, offered):
        """What a leader takes of the texts that it holds, by id."""
        chosen = {}
        for text in offered:
            try:
                found = Accusation(text, self.chain, self.set_text)
            except ValueError:
                continue
            if len(chosen) < PER_BLOCK and f"evidence-id/{found.id.hex()}" not in self.state:
                chosen.setdefault(found.id, found)
        return [chosen[key] for key in sorted(chosen)]

    def record(self, found, time):
        ctx = Context(self.state, self.chain, self.height + 1, time, len(self.log.leaves))
        number = ctx.next_number("count/evidence")
        ctx.put(f"evidence-id/{found.id.hex()}", Message("TakenValue", number=number))
        ctx.put(f"evidence/{number}", Message(
            "EvidenceValue", epoch=found.epoch, signer=found.signer, type=found.type, view=found.view,
            text_sha256=sha256(found.text), log_index=ctx.log_index, time=time))
        self.keep(ctx)
        self.log.append(b"\2" + found.text)

    def execute(self, time, parcels, texts, offered=()):
        """parcels: lists of transactions; texts: theirs; offered: evidence.
        Gives [(outcome, error number)]."""
        time = max(time, self.time + 1)
        self.recorded = self.choose(offered)
        for found in self.recorded:
            self.record(found, time)
        outcomes, entries = [], []
        for p, parcel in enumerate(parcels):
            for position, tx in enumerate(parcel):
                outcome, code, view = self.apply(tx, self.height + 1, time)
                outcomes.append((outcome, code))
                if outcome == "accepted":
                    self.log.append(tx.leaf)
                    self.consumed[tx.id] = tx.body.valid_until
                elif outcome == "rejected":
                    self.consumed[tx.id] = time + REJECTED_HOLD_MS
                    entries.append(tx.id + code.to_bytes(2, "big") + p.to_bytes(4, "big")
                                   + position.to_bytes(4, "big"))
                if view:
                    self.keep(view)
        body = "stele/v1 body\n"
        for found in self.recorded:
            body += f"evidence {found.id.hex()} {sha256(found.text).hex()}\n"
        for parcel, text in zip(parcels, texts):
            size = sum(4 + len(tx.raw) for tx in parcel)
            body += f"parcel {sha256(text).hex()} 0 {len(parcel)} {size}\n"
        self.advance(time, entries, sha256(body.encode()))
        return outcomes

    def advance(self, time, entries, body_hash):
        parent, parent_view = sha256(self.header), self.view
        self.height += 1
        self.view += 1
        self.time = time
        self.header = self.render(parent, parent_view, self.view, entries, body_hash)

    def render(self, parent, parent_view, view, entries, body_hash):
        rejected = merkle_root([leaf_hash(entry) for entry in entries])
        return "\n".join((
            self.origin, str(len(self.log.leaves)), base64.b64encode(self.log.root()).decode(),
            "format stele/v1", f"chain {self.chain.hex()}", f"height {self.height}", "epoch 0",
            f"view {view}", f"parent {parent.hex()}", f"parent-view {parent_view}", f"time {self.time}",
            "proposer 0", f"body {body_hash.hex()}", f"state {self.tree.root().hex()}",
            f"rejected {len(entries)} {rejected.hex()}", f"validators {self.set_hash.hex()}", "")).encode()

    def parcel_text(self, parcel, sequence, expires):
        payload = b"".join(len(tx.raw).to_bytes(4, "big") + tx.raw for tx in parcel)
        return (f"stele/v1 parcel\nchain {self.chain.hex()}\nepoch 0\nauthor 0\nsequence {sequence}\n"
                f"expires {expires}\ncount {len(parcel)}\nbytes {len(payload)}\n"
                f"payload {sha256(payload).hex()}\n").encode()
