"""Random records about programmes, awards, milestones and money."""
import genesis
from context import VALUE_MAX
from curve import sha256
from encoding import Message, encode
from pieces import CONTENTS, EDGES, PROGRAMMES, Unsuitable, put
from rules_award import ACTIVE, CLOSED, COMPLETED, GRANTED, SUSPENDED, TERMINATED
from rules_call import SELECTED
from rules_programme import largest
from words import CURRENCIES


class AwardRecords:
    def known_programmes(self):
        return [p for p in PROGRAMMES if "programme/" + p in self.model.state]

    def programme(self):
        """(id, value or None)"""
        known = self.known_programmes()
        name = self.rng.choice(known) if known and self.odds(0.98) else self.rng.choice(PROGRAMMES)
        return name, self.value("programme/" + name, "ProgrammeValue")

    def terms_of(self, programme):
        return programme.programme if programme else Message("ProgrammeCreate", agency="X", funder="X")

    def awards(self):
        """(programme, number, AwardValue) of each, newest of a programme only"""
        for name in self.known_programmes():
            count = self.value("programme/" + name, "ProgrammeValue").awards
            for value in self.values("award/" + name, count, "AwardValue", newest=12):
                yield name, value.number, value

    def award(self, *states, also=lambda value: True, hostile=0.06):
        """(programme, k, AwardValue or None), mostly in one of these states"""
        if self.odds(0.02):
            name, programme = self.programme()
            k = self.rng.choice([0, programme.awards + 1 if programme else 1])
            return name if self.odds(0.7) else "nothing", k, None
        every = list(self.awards())
        return self.pick([a for a in every if a[2].state in states and also(a[2])], every, hostile)

    def recipient_of(self, award):
        if award and award.grant and self.odds(0.95):
            return self.rng.choice(award.grant.recipients).org
        return self.org()

    def leaders(self, name):
        terms = self.terms_of(self.value("programme/" + name, "ProgrammeValue"))
        return terms.funder, terms.agency

    def leader(self, name):
        return self.or_another(self.rng.choice(self.leaders(name)))

    def agency(self, name):
        return self.or_another(self.leaders(name)[1])

    # ---- programmes --------------------------------------------------------------------------------

    def programme_create(self):
        free = [p for p in PROGRAMMES if "programme/" + p not in self.model.state]
        if not free and self.odds(0.95):
            raise Unsuitable
        name = self.rng.choice(free) if free and self.odds(0.95) else self.rng.choice(PROGRAMMES)
        funder, agency = self.holder(40), self.holder(60)
        areas = [Message("Area", code=code) for code in self.rng.choice(["", "A", "AB", "ABC"])]
        if areas and self.odds(0.04):
            areas.append(areas[0])
        m = Message("ProgrammeCreate", id=name, funder=funder, agency=agency, titles=self.names(),
                    currency=self.rng.choice(["CNY"] * 40 + list(CURRENCIES)),
                    budget=self.rng.choice([1000, 100000, 2**31 + 5, 2**32 + 7, 2**33, 2**63 - 1]),
                    max_awards=self.rng.choice([1, 2, 3, 5, 12, 12, 50, 50, 50, 2**32 - 1]),
                    period=self.whole_period(), areas=areas, eligibility=self.eligibility())
        if self.odds(0.25):
            self.spoil_programme(m)
        return m, self.or_another(funder)

    def eligibility(self):
        scheme = self.rng.choice([""] * 8 + ["CN-USCI"] * 4 + ["XI-ROR", "XI-LEI", "XI-ABC"])
        prefix = self.rng.choice([""] * 6 + ["11"] * 4 + ["1101", "110108", "11010A", "31"])
        return Message("Eligibility", scheme=scheme, division_prefix=prefix)

    def spoil_programme(self, m):
        self.spoil(lambda: put(m, budget=self.rng.choice(EDGES)), lambda: put(m, max_awards=0),
                   lambda: put(m, period=self.period()),
                   lambda: put(m, funder=self.org(), agency=self.org()),
                   lambda: self.swell(m, m), lambda: self.swell(m, m))

    def swell(self, m, terms):
        """To about 16,384 bytes of a state value with all its totals; m: what the terms come from."""
        names = Message("Names", zh="z" * 256, en="e" * 220)
        m.areas = [Message("Area", code="a%02d" % i, names=names) for i in range(32)]
        m.legal_basis = terms.legal_basis = "l" * 128
        terms.areas = m.areas
        size = 1 + len(encode(largest(Message("ProgrammeValue", programme=terms), closed=1)))
        room = VALUE_MAX - size + self.rng.choice([-2, -1, 0, 1, 2, 3])
        m.legal_basis = "l" * min(512, max(1, 128 + room))

    def programme_amend(self):
        name = self.pick(self.known_programmes())
        value = self.value("programme/" + name, "ProgrammeValue")
        terms = value.programme
        m = Message("ProgrammeAmend", programme=name, version=value.version + 1, titles=self.names(),
                    budget=terms.budget, max_awards=terms.max_awards, period=terms.period.copy(),
                    areas=list(terms.areas), legal_basis=terms.legal_basis, reason_sha256=self.reason())
        for _ in range(self.rng.choice([1, 1, 2])):
            self.spoil_amendment(m, value)
        if self.odds(0.02):
            m.programme = "nothing"
        return m, self.or_another(terms.funder)

    def spoil_amendment(self, m, value):
        rng, least = self.rng, max(value.committed, value.call_budgets)
        self.spoil(lambda: put(m, budget=max(0, least + rng.choice([-1, 0, 1]))),
                   lambda: put(m, budget=min(2**63 - 1, m.budget * 2)),
                   lambda: put(m, budget=min(2**63 - 1, m.budget + 1000)),
                   lambda: put(m, max_awards=max(0, value.live_awards + rng.choice([-1, 0, 1]))),
                   lambda: put(m, max_awards=min(2**32 - 1, m.max_awards + 20)),
                   lambda: put(m, budget=rng.choice(EDGES)),
                   lambda: put(m, version=rng.choice([value.version or 9, value.version + 2])),
                   lambda: put(m, period=self.period()),
                   lambda: put(m.period, end=rng.choice(["2029-01-01", "2028-12-30"])),
                   lambda: put(m.period, start=rng.choice(["2026-12-31", "2027-01-02"])),
                   lambda: put(m, areas=m.areas + [Message("Area", code=rng.choice("ABCDEF"))]),
                   lambda: put(m, areas=m.areas[1:]), lambda: put(m, areas=m.areas[::-1]),
                   lambda: put(m, documents=self.documents()),
                   lambda: value.programme.areas or self.swell(m, self.amended(value, m)))

    def amended(self, value, m):
        """The terms that would follow."""
        terms = value.programme.copy()
        for name in ("titles", "budget", "max_awards", "period", "documents"):
            setattr(terms, name, getattr(m, name))
        return terms

    def programme_close(self):
        known = self.known_programmes()
        idle = [p for p in known if (v := self.value("programme/" + p, "ProgrammeValue")).open_awards == 0
                and not v.closed and (v.awards or self.odds(0.05)) and len(known) > 3]
        name = self.pick(idle, known, 0.3)
        funder = self.leaders(name)[0]
        m = Message("ProgrammeClose", programme=name if self.odds(0.94) else "nothing",
                    reason_sha256=self.reason())
        return m, self.or_another(funder)

    # ---- awards ------------------------------------------------------------------------------------

    def award_grant(self):
        if self.odds(0.6):
            try:
                return self.grant_of_a_call()
            except Unsuitable:
                pass
        known = [(name, self.value("programme/" + name, "ProgrammeValue"))
                 for name in self.known_programmes()]
        roomy = [(name, p) for name, p in known if not p.closed and p.live_awards < p.programme.max_awards
                 and p.committed < p.programme.budget]
        name, programme = self.pick(roomy, known + [self.programme()], 0.1)
        terms = self.terms_of(programme)
        amount = self.near(terms.budget - programme.committed if programme else 1000)
        m = Message("AwardGrant", programme=name, amount=amount, recipients=self.recipients_for(terms),
                    period=self.whole_period())
        if terms.areas and self.odds(0.96):
            m.area = self.rng.choice(terms.areas).code
        elif self.odds(0.05):
            m.area = "B"
        self.finish_grant(m)
        if self.odds(0.01):
            m.programme = "nothing"
        return m, self.or_another(terms.agency)

    def finish_grant(self, m):
        if self.odds(0.5):
            m.milestones = self.milestones(m.amount)
        if self.odds(0.12):
            self.spoil_grant(m)

    def grant_of_a_call(self):
        spot = self.spot(lambda s, t, now: s.call.selected, hostile=0.03)
        def is_ripe(p):
            return (not p.award and p.open_objections == 0
                    and self.now() >= p.decided_time + spot.terms.objection_ms)
        ripe = [p for p in self.proposals(spot, SELECTED) if is_ripe(p)]
        proposal = self.proposal_of(spot, ripe, hostile=0.12)
        content = (proposal.content or Message("ProposalContent")).clone()
        content.consortium = content.consortium or self.recipients([self.org()])
        amount = self.rng.choice([proposal.amount, proposal.amount, max(1, proposal.amount // 2),
                                  proposal.amount + int(self.odds(0.2))])
        m = Message("AwardGrant", **spot.names(), proposal=self.number_of(proposal), amount=amount,
                    recipients=content.consortium, area=content.area, period=self.whole_period())
        if self.odds(0.05):
            m.recipients = m.recipients[::-1] + ([Message("Recipient", org="nobody", share=1)]
                                                 if self.odds(0.5) else [])
        self.finish_grant(m)
        return m, self.or_another(spot.agency)

    def recipients_for(self, terms):
        scheme, prefix = (terms.eligibility.scheme, terms.eligibility.division_prefix) \
            if terms.eligibility else ("", "")
        able = [org.id for org in self.registered() if genesis.APPLICANT in org.roles and org.status == 0
                and org.id.startswith(scheme) and (not prefix or org.id.startswith("CN-USCI-91" + prefix))]
        pool = able if able and self.odds(0.94) else list(self.orgs)
        orgs = self.rng.sample(pool, self.rng.choice([1, 1, 2, min(3, len(pool)), min(16, len(pool))])
                               if len(pool) > 1 else 1)
        return self.recipients(orgs)

    def milestones(self, amount):
        count = self.rng.choice([1, 1, 2, 2, 3, 3, 64])
        amounts = [amount // count] * count
        amounts[-1] = min(2**64 - 1, max(0, amount - sum(amounts[:-1]) + self.rng.choice([0] * 16 + [1, -1])))
        out = [Message("Milestone", number=i + 1, amount=a, due=self.day() if self.odds(0.1) else "",
                       criteria_sha256=self.reason())
               for i, a in enumerate(amounts)]
        if self.odds(0.05):
            self.rng.choice(out).number += 1
        if self.odds(0.04):
            self.rng.choice(out).amount = self.rng.choice(EDGES)
        return out

    def spoil_grant(self, m):
        rng, recipient = self.rng, self.rng.choice(m.recipients)
        again = Message("Recipient", org=recipient.org, share=0)
        self.spoil(lambda: put(recipient, share=rng.choice([0, 1, 9999, 10001, 2**32 - 1, 2**32 - 10000])),
                   lambda: put(m, recipients=m.recipients + [again]),
                   lambda: put(m, amount=rng.choice(EDGES)),
                   lambda: put(m, call=rng.choice(["C1", ""]), proposal=rng.choice([0, 1])),
                   lambda: put(m, area=rng.choice(["", "A", "Z"])),
                   lambda: put(recipient, org="nobody"),
                   lambda: put(m, period=self.period()))

    def award_accept(self):
        name, k, award = self.award(GRANTED)
        actor = self.recipient_of(award)
        if award and award.grant and self.odds(0.85):
            waiting = [r.org for i, r in enumerate(award.grant.recipients) if i + 1 not in award.accepted]
            actor = self.rng.choice(waiting) if waiting else actor
        version = award.version if award else 0
        if self.odds(0.03):
            version += 1
        return Message("AwardAccept", programme=name, award=k, version=version), actor

    def award_import(self):
        name, programme = self.programme()
        terms = self.terms_of(programme)
        amount = self.near((terms.budget - programme.committed) // 50 if programme else 1000)
        m = Message("AwardImport", programme=name, publisher_id=f"360G-{self.rng.randrange(30)}",
                    amount=amount, date=self.day(), document_sha256=self.fresh(), title="t")
        if self.odds(0.01):
            m.programme = "nothing"
        return m, self.or_another(terms.agency)

    def award_amend(self):
        name, k, award = self.award(GRANTED, ACTIVE, SUSPENDED)
        grant = (award and award.grant or Message("AwardGrant", amount=1, period=self.whole_period())).clone()
        programme = self.value("programme/" + name, "ProgrammeValue")
        room = programme.programme.budget - programme.committed if programme else 1
        m = Message("AwardAmend", programme=name, award=k, version=(award.version if award else 0) + 1,
                    amount=grant.amount, period=grant.period, milestones=grant.milestones,
                    reason_sha256=self.reason())
        if award and award.grant:
            for _ in range(self.rng.choice([1, 1, 2])):
                self.change_award(m, award, room)
        return m, self.agency(name)

    def change_award(self, m, award, room):
        rng, least = self.rng, max(award.payable, award.paid)
        def reset(amount):
            m.amount = min(2**64 - 1, max(0, amount))
            if m.milestones and self.odds(0.9):
                last = m.milestones[-1]
                last.amount = max(0, m.amount - sum(x.amount for x in m.milestones[:-1]))
        self.spoil(lambda: reset(least + rng.choice([-1, 0, 1])),
                   lambda: reset(m.amount + rng.choice([-1, 1])),
                   lambda: reset(m.amount + room + rng.choice([-1, 0, 1])), lambda: reset(m.amount // 2 + 1),
                   lambda: put(m, amount=rng.choice(EDGES)),
                   lambda: reset(self.decided_for(award.grant, m.amount) + rng.choice([0, 1])),
                   lambda: put(m, milestones=self.milestones(m.amount)),
                   lambda: put(m, milestones=[] if m.milestones else self.milestones(m.amount)),
                   lambda: m.milestones and put(rng.choice(m.milestones), criteria_sha256=self.fresh()),
                   lambda: put(m, version=rng.choice([award.version or 7, award.version + 2])),
                   lambda: put(m, period=self.period()), lambda: self.more_milestones(m))

    def decided_for(self, grant, otherwise):
        path = f"proposal/{grant.programme}/{grant.call}/{grant.proposal}"
        return self.value(path, "ProposalValue").amount if grant.proposal else otherwise

    def more_milestones(self, m):
        if m.milestones and m.milestones[-1].amount > 1 and len(m.milestones) < 64:
            half = m.milestones[-1].amount // 2
            m.milestones[-1].amount -= half
            m.milestones = m.milestones + [Message("Milestone", number=len(m.milestones) + 1, amount=half)]

    def step(self, kind, *states, also=lambda value: True):
        name, k, _ = self.award(*states, also=also)
        return Message(kind, programme=name, award=k, reason_sha256=self.reason()), self.agency(name)

    def award_suspend(self):
        return self.step("AwardStep", ACTIVE)

    def award_resume(self):
        return self.step("AwardStep", SUSPENDED)

    def award_complete(self):
        return self.step("AwardStep", ACTIVE, also=lambda v: v.assessed == len(v.grant.milestones)
                         and v.paid or self.odds(0.03))

    def award_close(self):
        return self.step("AwardStep", COMPLETED, TERMINATED)

    def award_terminate(self):
        m, actor = self.step("AwardTerminate", GRANTED, ACTIVE, SUSPENDED)
        award = self.value(f"award/{m.programme}/{m.award}", "AwardValue")
        paid = award.paid if award else 0
        m.unspent = max(0, self.rng.choice([0, paid, paid - 1, paid + 1]))
        return m, actor

    # ---- milestones --------------------------------------------------------------------------------

    def milestone_of(self, name, k, award, wanted):
        """A number, mostly of one that is as wanted."""
        count = len(award.grant.milestones) if award and award.grant else 0
        numbers = range(1, count + 1)
        suitable = [n for n in numbers if wanted(self.value(f"milestone/{name}/{k}/{n}", "MilestoneValue"))]
        if not suitable and self.odds(0.85):
            raise Unsuitable
        return self.rng.choice(suitable) if suitable and self.odds(0.92) else \
            self.rng.choice([0, 1, count, count + 1, 65])

    def milestone_claim(self):
        name, k, award = self.award(ACTIVE, also=lambda v: v.assessed < len(v.grant.milestones))
        number = self.milestone_of(name, k, award, lambda v: v is None or (not v.result and self.odds(0.3)))
        recipients = [r.org for r in award.grant.recipients] if award and award.grant else []
        evidence = [self.evidence(recipients) for _ in range(self.rng.choice([1, 1, 1, 2, 3]))]
        m = Message("MilestoneClaim", programme=name, award=k, milestone=number, evidence=evidence)
        return m, self.recipient_of(award)

    def evidence(self, orgs):
        for content in self.rng.sample(CONTENTS, 8):
            head = self.value("content/" + content.hex(), "ClaimValue")
            for number in range(max(1, head.claims - 12), head.claims + 1) if head else []:
                path = f"content/{content.hex()}" if number == 1 else f"claim/{content.hex()}/{number}"
                claim = self.value(path, "ClaimValue")
                if claim.org in orgs and claim.state == 0 and self.odds(0.5):
                    return Message("ContentRef", sha256=content, claim=number)
        if self.odds(0.85):
            raise Unsuitable
        return self.ref()[0]

    def milestone_assess(self):
        name, k, award = self.award(ACTIVE, SUSPENDED, also=lambda v: v.assessed < len(v.grant.milestones))
        number = self.milestone_of(name, k, award,
                                   lambda v: v and not v.result or v is None and self.odds(0.05))
        milestones = award.grant.milestones if award and award.grant else []
        amount = milestones[number - 1].amount if 0 < number <= len(milestones) else 5
        result = self.rng.choice([1, 1, 1, 2, 2, 3])
        payable = {1: amount, 2: self.between(1, max(1, amount - 1)), 3: 0}[result]
        if self.odds(0.1):
            payable = min(2**64 - 1, self.rng.choice([0, 1, amount, amount + 1, max(0, amount - 1)]))
        value = self.value(f"milestone/{name}/{k}/{number}", "MilestoneValue")
        claim = value.claims if value else 0
        if self.odds(0.03):
            claim = self.rng.choice([0, claim + 1])
        m = Message("MilestoneAssess", programme=name, award=k, milestone=number, result=result,
                    payable=payable, reason_sha256=self.reason(), claim=claim)
        return m, self.agency(name)

    # ---- money -------------------------------------------------------------------------------------

    def reference(self):
        return self.fresh() if self.odds(0.96) else sha256(b"reference")

    def disbursement_record(self):
        def is_payable(v):
            return v.paid < (v.payable if v.grant.milestones else v.grant.amount)
        name, k, award = self.award(ACTIVE, also=is_payable, hostile=0.1)
        left = 1000
        if award and award.grant:
            left = (award.payable if award.grant.milestones else award.grant.amount) - award.paid
        m = Message("DisbursementRecord", programme=name, award=k, amount=self.near(left),
                    payer=self.rng.choice(self.leaders(name)), payee=self.recipient_of(award),
                    value_date=self.day(), reference_sha256=self.reference())
        if bool(award and award.grant and award.grant.milestones) != self.odds(0.05):
            last = len(award.grant.milestones) if award and award.grant else 2
            m.milestone = self.rng.choice([1, 1, last, 65])
        if self.odds(0.05):
            m.payer = self.org()
        return m, self.leader(name)

    def disbursement_reverse(self):
        wants_demand = self.odds(0.5)
        name, k, award = self.award(ACTIVE, SUSPENDED, COMPLETED, TERMINATED, hostile=0.06,
                                    also=lambda v: v.paid and (v.demanded or not wants_demand))
        count = award.disbursements if award else 0
        values = self.values(f"disbursement/{name}/{k}", count, "DisbursementValue")
        standing = [v.number for v in values if not v.reversed_log_index]
        if not standing and self.odds(0.8):
            raise Unsuitable
        number = self.pick(standing, range(count + 2), 0.1)
        m = Message("DisbursementReverse", programme=name, award=k, disbursement=number,
                    reason_sha256=self.reason())
        return m, self.leader(name)

    def recovery_demand(self):
        name, k, award = self.award(ACTIVE, SUSPENDED, COMPLETED, TERMINATED,
                                    also=lambda v: v.paid > v.demanded)
        left = award.paid - award.demanded if award else 10
        m = Message("RecoveryDemand", programme=name, award=k, amount=self.near(left),
                    due=self.day() if self.odds(0.5) else "", reason_sha256=self.reason())
        return m, self.leader(name)

    def recovery_receive(self):
        name, k, award = self.award(ACTIVE, SUSPENDED, COMPLETED, TERMINATED, CLOSED,
                                    also=lambda v: v.demanded > v.received)
        left = award.demanded - award.received if award else 10
        m = Message("RecoveryReceive", programme=name, award=k, amount=self.near(left),
                    payer=self.recipient_of(award), value_date=self.day(), reference_sha256=self.reference())
        return m, self.leader(name)
