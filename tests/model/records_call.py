"""Random records about calls: proposals, panels, reviews, decisions, objections."""
from context import APPLICANT, VALUE_MAX
from curve import sha256
from encoding import Message, encode
from pieces import EDGES, Unsuitable, put
from rules_call import (CANCELLED, COMMITTED, DECLINED, REVEALED, SELECTED, WITHDRAWN, YEAR_MS, is_eligible,
                        proposal_text)
from rules_programme import largest
from rules_review import review_text

CALLS = ["C1", "C2", "c.3", "4", "C" * 64, "_"]
CALLS_AT_ONCE = 2
WEIGHTS_SUM = 10000


class Spot:
    """A call with its programme."""

    def __init__(self, programme, call):
        self.programme, self.call, self.terms = programme, call, call.terms
        self.path = f"{call.programme}/{call.call}"
        self.agency = programme.programme.agency

    def names(self):
        return {"programme": self.call.programme, "call": self.call.call}


class CallRecords:
    def spots(self):
        out = []
        for name in self.known_programmes():
            programme = self.value("programme/" + name, "ProgrammeValue")
            for place in self.values("call-no/" + name, programme.calls, "NameValue", newest=4):
                out.append(Spot(programme, self.value(place.key, "CallValue")))
        return out

    def is_alive(self, spot):
        return spot.call.state != CANCELLED and not spot.programme.closed

    def is_busy(self, spot):
        """Whether its present window still has use."""
        call, terms, now = spot.call, spot.terms, self.now()
        if not terms.opens <= now or not self.is_alive(spot):
            return False
        if now < terms.deadline:
            return call.proposals < 4
        lacks_panel = call.reviewers < terms.review.panel_min and call.revealed > 0
        if now < terms.reveal_until:
            return lacks_panel or 3 * len(self.proposals(spot, COMMITTED)) > call.proposals
        revealed = self.proposals(spot, REVEALED)
        if now < terms.review_until:
            return lacks_panel or any(
                proposal.reviews < min(call.reviewers, terms.review.quorum + 1) for proposal in revealed)
        if any(p.reviews > p.revealed_reviews or p.revealed_reviews >= terms.review.quorum for p in revealed):
            return now < terms.review_until + 20000
        return any(now < proposal.decided_time + terms.objection_ms and proposal.decisions < 3
                   for proposal in self.proposals(spot, SELECTED, DECLINED))

    def spot(self, wanted, hostile=0.05):
        """A call in the state that is wanted, seldom another."""
        spots = self.spots()
        suitable = [spot for spot in spots if self.is_alive(spot) and wanted(spot, spot.terms, self.now())]
        return self.pick(suitable, spots, hostile)

    def nowhere(self, m):
        """Seldom it names what is not there."""
        if self.odds(0.02):
            m.programme = "nothing"
        elif self.odds(0.02):
            m.call = "nothing"
        return m

    def proposals(self, spot, *states):
        values = self.values("proposal/" + spot.path, spot.call.proposals, "ProposalValue", newest=300)
        return [value for value in values if value.state in states]

    def proposal_of(self, spot, suitable, hostile=0.06):
        """Mostly one of the suitable."""
        everything = self.proposals(spot, COMMITTED, WITHDRAWN, REVEALED, SELECTED, DECLINED)
        return self.pick(suitable, everything, hostile)

    def number_of(self, proposal):
        return self.rng.choice([0, 999]) if self.odds(0.01) else proposal.number

    # ---- calls -------------------------------------------------------------------------------------

    def call_terms(self, programme, room):
        now, terms, rng = self.now(), programme.programme, self.rng
        steps = [1, 2, 8000] + [30000] * 20
        t = Message("CallTerms", titles=self.names(), documents=self.documents())
        t.opens = max(0, now + rng.choice([-5000, -1, 0, 1, 1000, 3000]))
        t.deadline = max(now, t.opens) + rng.choice([6000, 15000, 30000, 30000])
        t.reveal_until = t.deadline + rng.choice(steps)
        t.review_until = t.reveal_until + rng.choice(steps)
        t.objection_ms = rng.choice([0, 1, 2000, 5000, 5000, 15000])
        t.budget = max(1, self.rng.choice([room, room // 2, room // 3, room // 4, room // 4]))
        t.award_max = max(1, self.rng.choice([t.budget, t.budget // 2, t.budget // 8]))
        t.award_min = self.rng.choice([1, 1, t.award_max, max(1, t.award_max // 2)])
        t.max_awards = min(terms.max_awards, rng.choice([1, 2, 3, 20]))
        t.proposals_per_applicant = rng.choice([1, 1, 2, 3, 2**32 - 1])
        t.eligibility = self.narrower(terms.eligibility)
        codes = [area.code for area in terms.areas]
        t.areas = rng.sample(codes, rng.randrange(len(codes) + 1)) if codes else []
        t.review = self.review_terms()
        return t

    def narrower(self, outer):
        if outer is None:
            return self.eligibility() if self.odds(0.3) else None
        inner = outer.copy()
        if inner.scheme == "CN-USCI" and self.odds(0.3):
            inner.division_prefix = (inner.division_prefix + "1101")[:self.rng.choice([2, 4])]
        return inner

    def review_terms(self):
        rng = self.rng
        count = rng.choice([1, 1, 2, 3, 16])
        weights = [WEIGHTS_SUM // count] * count
        weights[0] += WEIGHTS_SUM - sum(weights)
        criteria = [Message("Criterion", code="k%d" % i, weight=w, max=rng.choice([1, 5, 100, 1000000]))
                    for i, w in enumerate(weights)]
        panel_min = rng.choice([1, 1, 1, 2, 3])
        full = sum(c.weight * c.max for c in criteria)
        return Message("ReviewTerms", panel_min=panel_min, quorum=rng.randrange(1, panel_min + 1),
                       criteria=criteria, threshold=rng.choice([0, 0, 1, full // 4, full // 3, full]))

    def spoil_terms(self, t, programme, old=None):
        rng, review, now = self.rng, t.review, self.now()
        ways = [
            lambda: put(t, opens=t.deadline - rng.choice([0, 1])),
            lambda: put(t, reveal_until=t.deadline + rng.choice([0, 1])),
            lambda: put(t, review_until=t.reveal_until + rng.choice([0, 1])),
            lambda: (put(t, opens=0), put(t, deadline=now + rng.choice([0, 1]))),
            lambda: put(t, review_until=now + 10 * YEAR_MS + rng.choice([0, 1])),
            lambda: put(t, objection_ms=YEAR_MS + rng.choice([0, 1])),
            lambda: put(t, award_min=rng.choice([0, t.award_max, t.award_max + 1])),
            lambda: put(t, award_max=rng.choice([t.budget, t.budget + 1])),
            lambda: put(t, max_awards=rng.choice([0, programme.programme.max_awards,
                                                         programme.programme.max_awards + 1])),
            lambda: put(t, proposals_per_applicant=0),
            lambda: put(t, eligibility=self.eligibility()),
            lambda: put(t, areas=t.areas + [rng.choice(t.areas or ["Z"])]),
            lambda: put(t, areas=t.areas + ["Z"]),
            lambda: put(t, budget=rng.choice(EDGES)),
            lambda: put(review, threshold=sum(c.weight * c.max for c in review.criteria)
                            + rng.choice([0, 1])),
            lambda: put(review, quorum=rng.choice([0, review.panel_min, review.panel_min + 1])),
            lambda: put(review, panel_min=rng.choice([256, 257])),
            lambda: put(review.criteria[-1], weight=self.off_by_one(review.criteria[-1].weight)),
            lambda: put(review.criteria[-1], weight=0),
            lambda: put(review.criteria[-1], max=rng.choice([0, 1000001])),
            lambda: put(review.criteria[-1], code=review.criteria[0].code),
            lambda: self.swell_call(t), lambda: self.swell_call(t), lambda: self.swell_call(t)]
        self.spoil(*ways)

    def swell_call(self, t):
        """To about 16,384 bytes of a state value with all its numbers."""
        weights = [625] * 16
        t.review.criteria = [Message("Criterion", code="k%02d" % i, weight=w, max=100,
                                     names=Message("Names", zh="z" * 256, en="e" * 256))
                             for i, w in enumerate(weights)]
        t.review.threshold = 0
        t.documents = [Message("Document", sha256=self.fresh(), size=1, media_type="m" * 127, role="r" * 64)
                       for _ in range(22)]
        t.titles = Message("Names", en="n")
        while len(t.documents) < 32 and self.room(t) > 240:
            t.documents = t.documents + t.documents[:1]
        # a text of 128 bytes and more has a length of two, and so has the message around it
        room = self.room(t) + self.rng.choice([-4, -3, -2, -1, 0, 1])
        t.titles = Message("Names", en="n" * min(256, max(1, 1 + room)))

    def room(self, t):
        value = Message("CallValue", programme=self.swollen[0], call=self.swollen[1], terms=t)
        return VALUE_MAX - 1 - len(encode(largest(value, state=CANCELLED)))

    def call_publish(self):
        names = [n for n in self.known_programmes()
                 if not self.value("programme/" + n, "ProgrammeValue").closed]
        name = self.pick(names, self.known_programmes())
        programme = self.value("programme/" + name, "ProgrammeValue")
        taken = [place.key for place in self.values("call-no/" + name, programme.calls, "NameValue")]
        free = [call for call in CALLS if f"call/{name}/{call}" not in taken]
        call = self.pick(free, CALLS, 0.04)
        room = programme.programme.budget - programme.call_budgets
        alive = [s for s in self.spots() if self.is_alive(s) and self.now() < s.terms.review_until]
        if (room == 0 or len(alive) >= CALLS_AT_ONCE) and self.odds(0.93):
            raise Unsuitable
        self.swollen = name, call
        terms = self.call_terms(programme, max(1, room))
        if self.odds(0.03):
            terms.budget = room + self.rng.choice([0, 1])
        if self.odds(0.25):
            self.spoil_terms(terms, programme)
        m = Message("CallPublish", programme=name, call=call, terms=terms)
        if self.odds(0.02):
            m.programme = "nothing"
        return m, self.or_another(programme.programme.agency)

    def call_amend(self):
        spot = self.spot(lambda s, t, now: now < t.deadline)
        self.swollen = spot.call.programme, spot.call.call
        room = spot.programme.programme.budget - spot.programme.call_budgets
        terms = spot.terms.clone()
        for change in range(self.rng.choice([1, 1, 2])):
            shift = self.rng.choice([-1, 0, 1, 500])
            self.spoil(lambda: put(terms, deadline=max(1, terms.deadline + shift)),
                       lambda: put(terms, opens=max(0, terms.opens + shift)),
                       lambda: put(terms, titles=self.names()),
                       lambda: put(terms, budget=max(0, terms.budget + room + self.rng.choice([-1, 0, 1]))),
                       lambda: put(terms, max_awards=self.rng.choice([1, 2, 5])))
        if self.odds(0.2):
            self.spoil_terms(terms, spot.programme)
        version = spot.call.version + 1 if self.odds(0.95) else self.off_by_one(spot.call.version + 1) or 9
        m = Message("CallAmend", **spot.names(), version=version, terms=terms, reason_sha256=self.reason())
        return self.nowhere(m), self.or_another(spot.agency)

    def call_cancel(self):
        spot = self.spot(lambda s, t, now: now > t.review_until + 600000 or s.call.proposals == 0
                         or s.call.awards, hostile=0.03)
        return self.nowhere(Message("CallCancel", **spot.names(), reason_sha256=self.reason())), \
            self.or_another(spot.agency)

    # ---- proposals ---------------------------------------------------------------------------------

    def applicants(self, spot):
        return [org.id for org in self.registered() if org.status == 0
                and is_eligible(org.id, spot.terms.eligibility)]

    def content(self, spot, actor):
        rng, terms = self.rng, spot.terms
        others = [org for org in self.applicants(spot) if org != actor and
                  (APPLICANT in self.value("org/" + org, "OrgValue").roles or self.odds(0.02))]
        orgs = [actor] + rng.sample(others, min(len(others), rng.choice([0, 0, 1, 2, 15])))
        rng.shuffle(orgs)
        areas = terms.areas or [area.code for area in spot.programme.programme.areas]
        content = Message("ProposalContent", titles=self.names(), consortium=self.recipients(orgs),
                          area=rng.choice(areas) if areas else "", documents=self.documents(),
                          requested=self.between(terms.award_min, terms.award_max))
        if self.odds(0.1):
            self.spoil_content(spot, content)
        return content

    def spoil_content(self, spot, content):
        rng, members, terms = self.rng, content.consortium, spot.terms
        one = rng.choice(members)
        share = one.share
        self.spoil(lambda: put(content, area=rng.choice(["", "A", "Z"])),
                   lambda: put(content, requested=rng.choice([terms.award_min - 1, terms.award_max + 1])),
                   lambda: put(content, consortium=members + [Message("Recipient", org=one.org, share=1)]),
                   lambda: put(one, org=self.org()),
                   lambda: put(one, org="nobody"),
                   lambda: put(one, share=self.off_by_one(share)),
                   lambda: put(one, share=rng.choice([0, 2**32 - 10000])))

    def proposal_commit(self):
        spot = self.spot(lambda s, t, now: t.opens <= now < t.deadline
                         and (s.call.proposals < 9 or self.odds(0.1)), hostile=0.03)
        room = spot.terms.proposals_per_applicant
        able = [org for org in self.applicants(spot) if not (party := self.value(
            f"party/{spot.path}/{org}", "PartyValue")) or party.proposals < room or self.odds(0.1)]
        actor = self.pick(able, list(self.orgs), 0.05)
        content, salt = self.content(spot, actor), self.fresh()
        m = Message("ProposalCommit", **spot.names())
        m.commitment = sha256(proposal_text(self.model.chain, m, actor, content, salt))
        self.vault[m.commitment] = salt, content
        return self.nowhere(m), actor

    def proposal_withdraw(self):
        spot = self.spot(lambda s, t, now: t.opens <= now < t.deadline and s.call.proposals > 3, hostile=0.1)
        proposal = self.proposal_of(spot, self.proposals(spot, COMMITTED))
        m = Message("ProposalWithdraw", **spot.names(), proposal=self.number_of(proposal))
        return self.nowhere(m), self.or_another(proposal.org)

    def proposal_reveal(self):
        spot = self.spot(lambda s, t, now: t.deadline <= now < t.reveal_until
                         and self.proposals(s, COMMITTED), hostile=0.02)
        proposal = self.proposal_of(spot, self.proposals(spot, COMMITTED))
        salt, content = (self.vault.get(proposal.commitment)
                         or (self.fresh(), self.content(spot, proposal.org)))
        if self.odds(0.03):
            salt = self.fresh()
        if self.odds(0.03):
            content = content.clone()
            content.requested += 1
        m = Message("ProposalReveal", **spot.names(), proposal=self.number_of(proposal), salt=salt,
                    content=content)
        return self.nowhere(m), self.or_another(proposal.org)

    # ---- reviews -----------------------------------------------------------------------------------

    def review_keys(self):
        """Those that can be on a panel."""
        return [key.key for org in self.registered() if 4 in org.roles and org.status == 0
                for key in self.keys_of(org.id) if 5 in key.purposes and not key.revoked_height
                and key.from_height <= self.model.height + 1]

    def panel(self, spot, newest=12):
        return self.values("panel/" + spot.path, spot.call.reviewers, "ReviewerValue", newest)

    def panel_appoint(self):
        spot = self.spot(lambda s, t, now: now < t.review_until and s.call.reviewers < 6, hostile=0.08)
        known = {reviewer.key for reviewer in self.panel(spot)}
        able = self.review_keys()
        new = [key for key in able if key not in known or self.odds(0.04)]
        if not new:
            raise Unsuitable
        keys = self.rng.sample(new, min(len(new), self.rng.choice([1, 2, 3])))
        if self.odds(0.06):
            keys.append(self.rng.choice(keys))
        if self.odds(0.08):
            keys.append(self.rng.choice(self.keys_of(self.rng.choice(self.registered()).id)).key)
        m = Message("PanelAppoint", **spot.names(), reviewers=keys)
        return self.nowhere(m), self.or_another(spot.agency)

    def review_value(self, spot, proposal, k):
        return self.value(f"review/{spot.path}/{proposal.number}/{k}", "ReviewValue")

    def reviewer(self, spot, wanted, proposals):
        """(ProposalValue, ReviewerValue) of which the review is as wanted, or any"""
        pairs = [(proposal, k) for proposal in proposals for k in range(1, spot.call.reviewers + 1)]
        self.rng.shuffle(pairs)
        for proposal, k in pairs[:40]:
            if wanted(proposal, self.review_value(spot, proposal, k)):
                break
        else:
            if not pairs or self.odds(0.97):
                raise Unsuitable
            proposal, k = pairs[0]
        if self.odds(0.06):
            proposal, k = self.rng.choice(pairs)
        return proposal, self.value(f"panel/{spot.path}/{k}", "ReviewerValue")

    def signer(self, reviewer):
        """(organisation, key) of mostly this reviewer"""
        if self.odds(0.04):
            org = self.rng.choice(self.registered()).id
            keys = self.keys_of(org)
            return org, self.rng.choice([key for key in keys if 5 in key.purposes] or keys).key
        return reviewer.org, reviewer.key

    def coi_declare(self):
        spot = self.spot(lambda s, t, now: s.call.reviewers and s.call.proposals, hostile=0.05)
        proposal, reviewer = self.reviewer(spot, lambda p, value: value is None or not value.is_conflicted,
                                           self.proposals(spot, COMMITTED, REVEALED, SELECTED, DECLINED))
        m = Message("CoiDeclare", **spot.names(), proposal=self.number_of(proposal),
                    reason_sha256=self.reason())
        return self.nowhere(m), *self.signer(reviewer)

    def review_content(self, spot):
        rng, criteria = self.rng, spot.terms.review.criteria
        scores = [Message("Score", criterion=c.code, value=rng.choice([c.max, c.max, c.max, c.max // 2, 0]))
                  for c in criteria]
        if self.odds(0.15):
            last = scores[-1]
            self.spoil(lambda: put(last, value=criteria[-1].max + 1),
                       lambda: put(last, criterion="k99"), lambda: scores.append(last.clone()),
                       lambda: len(scores) > 1 and scores.pop(), lambda: scores.reverse())
        return Message("ReviewContent", scores=scores, comment_sha256=self.reason())

    def review_commit(self):
        spot = self.spot(lambda s, t, now: t.reveal_until <= now < t.review_until and s.call.revealed
                         and s.call.reviewers, hostile=0.02)
        others = self.proposals(spot, COMMITTED, WITHDRAWN, SELECTED, DECLINED)
        proposal, reviewer = self.reviewer(spot, lambda p, value: value is None, self.proposals(
            spot, REVEALED) if not others or self.odds(0.97) else others)
        org, key = self.signer(reviewer)
        m = Message("ReviewCommit", **spot.names(), proposal=self.number_of(proposal))
        content, salt = self.review_content(spot), self.fresh()
        m.commitment = sha256(review_text(self.model.chain, m, key, content, salt))
        self.vault[m.commitment] = salt, content
        return self.nowhere(m), org, key

    def review_reveal(self):
        spot = self.spot(lambda s, t, now: t.review_until <= now and s.call.revealed and s.call.reviewers,
                         hostile=0.04)
        proposal, reviewer = self.reviewer(
            spot, lambda p, v: v is not None and v.commitment and v.content is None and p.state == REVEALED,
            self.proposals(spot, REVEALED) or self.proposals(spot, SELECTED, DECLINED))
        k = self.value(f"reviewer/{spot.path}/{sha256(reviewer.key).hex()}", "TakenValue").number
        value = self.review_value(spot, proposal, k)
        salt, content = (value and self.vault.get(value.commitment)
                         or (self.fresh(), self.review_content(spot)))
        if self.odds(0.03):
            salt = self.fresh()
        m = Message("ReviewReveal", **spot.names(), proposal=self.number_of(proposal), salt=salt,
                    content=content)
        return self.nowhere(m), *self.signer(reviewer)

    # ---- decisions ---------------------------------------------------------------------------------

    def outcome(self, spot, proposal):
        terms, rng = spot.terms, self.rng
        reached = proposal.score >= terms.review.threshold * proposal.revealed_reviews
        asked = proposal.content.requested if proposal.content else 1
        if (reached and self.odds(0.85)) or self.odds(0.1):
            amount = self.between(terms.award_min, asked)
            if self.odds(0.06):
                amount = rng.choice([terms.award_min - 1, asked + 1, 2**63 - 1])
            return Message("ProposalOutcome", proposal=proposal.number, outcome=1, amount=amount)
        return Message("ProposalOutcome", proposal=proposal.number, outcome=2, amount=int(self.odds(0.04)))

    def decision_publish(self):
        spot = self.spot(lambda s, t, now: t.review_until <= now and s.call.decided < s.call.revealed,
                         hostile=0.05)
        ready = [p for p in self.proposals(spot, REVEALED)
                 if p.revealed_reviews >= spot.terms.review.quorum or self.odds(0.01)]
        if not ready and self.odds(0.98):
            raise Unsuitable
        chosen = self.rng.sample(ready, self.rng.randrange(1, len(ready) + 1)) if ready else []
        outcomes = [self.outcome(spot, p) for p in chosen]
        if outcomes and self.odds(0.05):
            outcomes.append(outcomes[0])
        if self.odds(0.04) or not outcomes:
            outcomes.append(Message("ProposalOutcome", proposal=self.rng.randrange(9), outcome=2))
        m = Message("DecisionPublish", **spot.names(), outcomes=outcomes, minutes_sha256=self.reason())
        return self.nowhere(m), self.or_another(spot.agency)

    def objection_file(self):
        spot = self.spot(lambda s, t, now: s.call.decided, hostile=0.04)
        fresh = [p for p in self.proposals(spot, SELECTED, DECLINED)
                 if self.now() < p.decided_time + spot.terms.objection_ms]
        proposal = self.proposal_of(spot, fresh, hostile=0.08)
        parties = [org for org in self.orgs if (party := self.value(f"party/{spot.path}/{org}", "PartyValue"))
                   and party.revealed]
        m = Message("ObjectionFile", **spot.names(), proposal=self.number_of(proposal),
                    grounds_sha256=self.fresh())
        return self.nowhere(m), self.pick(parties, list(self.orgs))

    def objection_resolve(self):
        spot = self.spot(lambda s, t, now: s.call.open_objections, hostile=0.03)
        values = self.values("objection/" + spot.path, spot.call.objections, "ObjectionValue")
        first = spot.call.objections - len(values) + 1
        still_open = [first + k for k, value in enumerate(values) if value.state == 0]
        number = self.pick(still_open, range(spot.call.objections + 2))
        m = Message("ObjectionResolve", **spot.names(), objection=number, is_upheld=int(self.odds(0.5)),
                    reason_sha256=self.reason())
        return self.nowhere(m), self.or_another(spot.agency)
