"""Random records about content, and notes."""
from curve import sha256
from encoding import Message
from pieces import CONTENTS, Unsuitable
from rules_award import ACTIVE, GRANTED
from rules_content import claim_path, commitment_text


class ContentRecords:
    def link(self):
        name, k, award = self.award(GRANTED, ACTIVE)
        milestone = self.rng.choice([0, 0, 0, 1, 2, 65])
        return Message("AwardLink", programme=name, award=k, milestone=milestone), self.recipient_of(award)

    def ref(self):
        """(ContentRef, whose)"""
        content = self.rng.choice(CONTENTS)
        head = self.value("content/" + content.hex(), "ClaimValue")
        k = self.rng.randrange(0, head.claims + 2) if head and self.odds(0.2) else 1
        if head and self.odds(0.6):
            k = self.rng.randrange(max(1, head.claims - 8), head.claims + 1)
        claim = self.value(claim_path(content, k), "ClaimValue")
        return Message("ContentRef", sha256=content, claim=k), claim.org if claim else self.org()

    def live_ref(self):
        """Mostly of a live claim."""
        for _ in range(6):
            ref, whose = self.ref()
            claim = self.value(claim_path(ref.sha256, ref.claim), "ClaimValue")
            if claim and claim.state == 0:
                break
        return ref, whose

    def code(self, actor):
        """Of 27 bytes mostly, and mostly the actor's or of one that it acts for."""
        lenders = [org for org in self.orgs if f"delegation/{org}/{actor}" in self.model.state]
        holder = self.rng.choice(lenders) if lenders and self.odds(0.4) else actor
        holder = holder if self.odds(0.85) else self.org()
        code = holder.split("-")[2]
        return self.rng.choice([
            "0011" + code + "00000", "0011" + code + "ABCDZ", "0011" + code + "00000", "", "short", "0" * 27,
            "1" + code + "0" * 8, "0010" + code + "00000", "0011" + code + "0000a", "0011" + code + "0000",
            "0011" + code + "é000", "éé" + code + "00000", "0011" + code + "é0000",
            "é0011" + code + "000", "0011" + code[:-1] + "é000000"])

    def delegation(self):
        """(from, to, DelegationValue) of one that was ever made"""
        lender = self.rng.choice(list(self.orgs))
        places = self.value(f"delegation-no/{lender}", "CountValue")
        if not places:
            raise Unsuitable
        key = self.value(f"delegation-no/{lender}/{self.rng.randrange(1, places.count + 1)}", "NameValue").key
        return lender, key.split("/")[2], self.value(key, "DelegationValue")

    def lent(self):
        """(who labels, a code), of which the one often has the other's by a delegation, lasting or ended"""
        if self.odds(0.3):
            lender, actor, _ = self.delegation()
            return actor, "0011" + lender.split("-")[2] + "00000"
        actor = self.org()
        return actor, self.code(actor)

    def content_anchor(self):
        actor, producer = self.lent()
        if self.odds(0.12):
            return self.opening()
        m = Message("ContentAnchor", sha256=self.rng.choice(CONTENTS),
                    size=self.rng.choice([0, 5, 2**63 - 1]),
                    media_type="image/png", source_type=self.rng.randrange(18))
        if self.odds(0.3):
            count = self.rng.choice([1, 1, 1, 2, 2, 3, 32])
            m.parents = [self.parent() for _ in range(count)]
        if self.odds(0.3):
            m.aigc = Message("AigcLabel", label=self.rng.choice(["1", "2", "10"]))
            m.aigc.content_producer = producer
            if self.odds(0.3):
                m.aigc.content_propagator = self.code(actor)
        if self.odds(0.25):
            m.award, actor = self.link()
        if self.odds(0.02):
            m.salt = self.fresh()
        return m, actor

    def opening(self):
        """Of a commitment that was made."""
        made = [m for m in self.vault.values() if len(m) == 3]
        if not made:
            raise Unsuitable
        content, salt, actor = self.rng.choice(made[-6:])
        if self.odds(0.06):
            content = self.rng.choice(CONTENTS)
        return Message("ContentAnchor", sha256=content, salt=salt), self.or_another(actor)

    def content_commit(self):
        actor, content = self.org(), self.rng.choice(CONTENTS)
        known = [key for key, value in self.vault.items() if len(value) == 3]
        if known and self.odds(0.1):
            commitment = self.rng.choice(known)
            return Message("ContentCommit", commitment=commitment), self.or_another(self.vault[commitment][2])
        salt = self.fresh()
        commitment = sha256(commitment_text(self.model.chain, actor, content, salt))
        self.vault[commitment] = content, salt, actor
        return Message("ContentCommit", commitment=commitment), actor

    def parent(self):
        ref, _ = self.ref()
        return Message("Parent", sha256=ref.sha256, claim=ref.claim if self.odds(0.7) else 0,
                       relation=self.rng.choice([1, 1, 2, 6]))

    def content_batch(self):
        count = self.rng.choice([1, 2, 3, 5])
        contents = self.rng.sample(CONTENTS, count)
        if self.odds(0.05):
            contents[-1] = contents[0]
        entries = [Message("BatchEntry", sha256=c, size=i, media_type="text/plain" if i else "",
                           relation=self.rng.choice([0, 1])) for i, c in enumerate(contents)]
        m, actor = Message("ContentBatch", title="b"), self.org()
        if self.odds(0.2):
            m.award, actor = self.link()
        return (m, entries), actor

    def content_rollup(self):
        count = self.rng.choice([1, 1000, 2**40, 2**40 + 1] if self.odds(0.3) else [7])
        return Message("ContentRollup", root=self.fresh(), count=count,
                       label="l" * self.rng.choice([0, 1, 256])), self.org()

    def content_propagate(self):
        actor, code = self.lent()
        target = self.live_ref()[0] if self.odds(0.9) else self.ref()[0]
        m = Message("ContentPropagate", target=target, propagator=code or "short",
                    propagate_id="p" * self.rng.choice([0, 128]), reason_sha256=self.reason())
        return m, actor

    def content_delegate(self):
        actor, org = self.org(), self.org()
        present = self.value(f"delegation/{actor}/{org}", "DelegationValue")
        if self.odds(0.4):
            actor, org, present = self.delegation()
        is_ended = int(bool(present and not present.is_ended))
        if self.odds(0.15):
            is_ended = 1 - is_ended
        return Message("ContentDelegate", org=org if self.odds(0.95) else actor, is_ended=is_ended), actor

    def content_supersede(self):
        target, actor = self.live_ref()
        by = self.ref()[0]
        for _ in range(8):
            by, whose = self.live_ref()
            if whose == actor and by != target:
                break
        return Message("ContentSupersede", target=target, by=by), self.or_another(actor)

    def content_withdraw(self):
        target, actor = self.live_ref() if self.odds(0.8) else self.ref()
        return Message("ContentWithdraw", target=target), self.or_another(actor)

    def note_attach(self):
        target = self.rng.choice([{"org": self.org()}, {"programme": self.programme()[0]},
                                  {"award": self.link()[0]}, {"content": self.ref()[0]}])
        return Message("NoteAttach", text_sha256=self.fresh(), **target), self.org()
