"""Random records, mostly right against the state as it is and often spoiled at one edge."""
import genesis
from context import BY_FIELD, OPERATIONS, VALUE_MAX, View
from curve import key_of, sha256
from encoding import Message, encode
from genesis import NEWCOMERS, key_name
from rules_grant import ACTIVE, GRANTED, full_programme
from rules_org import key_text
from words import CURRENCIES

EDGES = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**63 - 1, 2**63, 2**64 - 1]
DAYS = ["2027-01-01", "2027-02-28", "2027-12-31", "2028-02-29", "2028-12-31"]
BAD_DAYS = ["2027-02-29", "2027-04-31", "0000-01-01", "2100-02-29", "2026-12-31", "2029-01-01", "2000-02-29"]
CONTENTS = [sha256(b"content %d" % i) for i in range(12)]
PROGRAMMES = ["P1", "P2", "P.3", "p_4", "P-5", "6", "p7", "P8", "9.", "p"]
DAY_MS = 86400000


def full_size(m):
    """Of the programme's value when every total is large; its own numbers are small."""
    return 1 + len(encode(full_programme(Message("ProgrammeValue", programme=m, number=1, log_index=200))))


class Records:
    def __init__(self, rng, model, orgs):
        self.rng, self.model, self.orgs = rng, model, orgs
        self.serial = 0

    # ---- pieces ------------------------------------------------------------------------------------

    def odds(self, p):
        return self.rng.random() < p

    def fresh(self):
        self.serial += 1
        return sha256(b"fresh %d" % self.serial)

    def value(self, key, kind):
        return View(self.model.state).get(key, kind)

    def count(self, what):
        return self.value("count/" + what, "CountValue").count

    def org(self):
        if self.odds(0.1):
            return self.rng.choice(NEWCOMERS)
        return self.rng.choice(list(self.orgs))

    def near(self, limit):
        """An amount at or around a limit, or well below it."""
        pick = self.rng.random()
        if pick < 0.05:
            return self.rng.choice(EDGES)
        if pick < 0.15:
            return min(2**64 - 1, max(0, limit + self.rng.choice([-1, 0, 1])))
        return self.rng.randrange(1, max(2, min(2**63, limit // self.rng.choice([1, 5, 20, 100]) + 2)))

    def day(self):
        if self.odds(0.05):
            pick = self.rng.randrange
            return "%04d-%02d-%02d" % (pick(10000), pick(1, 13), pick(1, 32))
        return self.rng.choice(BAD_DAYS) if self.odds(0.08) else self.rng.choice(DAYS)

    def period(self):
        days = [self.day(), self.day()]
        return Message("Period", start=min(days), end=max(days)) if self.odds(0.95) \
            else Message("Period", start=days[0], end=days[1])

    def programme(self):
        """(id, value or None)"""
        known = [p for p in PROGRAMMES if "programme/" + p in self.model.state]
        name = self.rng.choice(known) if known and self.odds(0.98) else self.rng.choice(PROGRAMMES)
        return name, self.value("programme/" + name, "ProgrammeValue")

    def award(self, wanted=None):
        """(programme, k, award's value or None), tried a few times for one in the wanted state"""
        for _ in range(6 if wanted and self.odds(0.9) else 1):
            name, programme = self.programme()
            k = self.rng.randrange(0, programme.awards + 2) if programme else 1
            if programme and programme.awards and self.odds(0.9):
                k = self.rng.randrange(1, programme.awards + 1)
            award = self.value(f"award/{name}/{k}", "AwardValue")
            if award and award.state == wanted:
                break
        return name, k, award

    def recipient_of(self, award):
        if award and award.grant and self.odds(0.9):
            return self.rng.choice(award.grant.recipients).org
        return self.org()

    def link(self):
        name, k, award = self.award(wanted=self.rng.choice([GRANTED, ACTIVE]))
        milestone = self.rng.choice([0, 0, 0, 1, 2, 65])
        return Message("AwardLink", programme=name, award=k, milestone=milestone), self.recipient_of(award)

    def ref(self):
        """(ContentRef, whose)"""
        content = self.rng.choice(CONTENTS)
        head = self.value("content/" + content.hex(), "ClaimValue")
        k = self.rng.randrange(0, head.claims + 2) if head and self.odds(0.3) else 1
        if head and self.odds(0.6):
            k = self.rng.randrange(1, head.claims + 1)
        path = f"content/{content.hex()}" if k == 1 else f"claim/{content.hex()}/{k}"
        claim = self.value(path, "ClaimValue")
        return Message("ContentRef", sha256=content, claim=k), claim.org if claim else self.org()

    def names(self):
        return Message("Names", en="n" * self.rng.choice([1, 20, 256]))

    # ---- governance --------------------------------------------------------------------------------

    def key(self, org, name):
        purposes = sorted(self.rng.sample([1, 2, 3, 4], self.rng.choice([1, 2, 3])))
        signer = key_of(name)
        shown = sha256(key_text(self.model.chain, org, purposes))
        if self.odds(0.04):
            shown = sha256(key_text(self.model.chain, org, [1, 2, 3, 4]))
        proof = signer.sign(shown, high=self.odds(0.02))
        public = signer.public if self.odds(0.98) else b"\2" + b"\xff" * 32
        return Message("OrgKey", key=public, purposes=purposes, proof=proof)

    def org_register(self):
        org_id = self.rng.choice(NEWCOMERS + list(self.orgs)[:1])
        if self.odds(0.15):
            at, digit = self.rng.randrange(8, len(org_id)), self.rng.choice("0123459ABIOQSVXZabilou-.")
            org_id = self.rng.choice([
                org_id[:at] + digit + org_id[at + 1:], org_id + digit, org_id[:-1], "XI-ABC-1", "CN-USCI-",
                "XI-LEI-", "X", "CN-USCI-11110000EXAMPLEI11", "XI-ROR-0lllll000"])
        count = self.rng.choice([1, 1, 2, 8])
        names = [key_name(org_id, self.rng.randrange(8) if self.odds(0.1) else k) for k in range(count)]
        if self.odds(0.05):
            names[-1] = key_name(self.rng.choice(list(self.orgs)), 0)
        roles = sorted(self.rng.sample(range(1, 8), self.rng.choice([1, 2, 3])))
        m = Message("OrgRegister", id=org_id, names=self.names(), roles=roles,
                    keys=[self.key(org_id, name) for name in names])
        return m, self.holder(20)

    def key_add(self):
        org = self.org()
        k = self.rng.randrange(12)
        height = self.model.height
        heights = [0, 0, height, height + 1, height + 2, height + 5, 2**63 - 1]
        m = Message("KeyAdd", org=org, key=self.key(org, key_name(org, k)),
                    from_height=self.rng.choice(heights))
        return m, org if self.odds(0.9) else self.org()

    def policy_rule(self, number):
        rule = genesis.default_rule(number)
        operation = OPERATIONS.get(number)
        if operation and operation.by_motion and self.odds(0.5):
            rule.approvers = self.rng.randrange(1, 8)
            rule.approvals = self.rng.choice([1, 1, 2, 3, 4, 5, 129])
        if self.odds(0.06):
            rule.approvals = self.rng.choice([0, 1, 128, 2**32 - 1])
        if self.odds(0.04):
            rule.openers = self.rng.choice([[], [5], list(range(1, 8)), [4]])
        return rule

    def policy_limits(self):
        limits = Message("PolicyLimits", window_ms=180000, quota_window_ms=60000, quota_transactions=1000,
                         quota_bytes=10**8, quota_entries=10**5)
        if self.odds(0.6):
            name, edges = self.rng.choice([
                ("window_ms", [999, 1000, 600000, 600001, 2**63 - 1]),
                ("quota_window_ms", [999, 1000, 86400000, 86400001]),
                ("quota_transactions", [15, 16, 2**63 - 1]), ("quota_bytes", [458799, 458800, 2**63 - 1]),
                ("quota_entries", [4095, 4096, 0])])
            setattr(limits, name, self.rng.choice(edges))
        return limits

    def policy_set(self):
        numbers = self.rng.sample(sorted(OPERATIONS), self.rng.choice([0, 1, 1, 2]))
        numbers = [n for n in numbers if n > 18 or self.odds(0.1)] + ([19] if self.odds(0.02) else [])
        if self.odds(0.95):
            numbers.sort()
        m = Message("PolicySet", rules=[self.policy_rule(n) for n in numbers])
        if self.odds(0.3) or (not numbers and self.odds(0.8)):
            m.limits = self.policy_limits()
        return m, self.holder(25)

    def holder(self, number):
        """Somebody whose role may open it."""
        rule = self.value(f"policy/{number}", "PolicyValue")
        orgs = [self.value("org/" + org, "OrgValue") for org in self.orgs]
        able = [org.id for org in orgs if org and rule and set(org.roles) & set(rule.rule.openers)]
        return self.rng.choice(able) if able and self.odds(0.95) else self.org()

    # ---- motions -----------------------------------------------------------------------------------

    def motion_open(self):
        known = [o for o in OPERATIONS.values() if o.by_motion]
        asked = [o for o in known if self.approvals(o.number) > 0]
        operation = self.rng.choice(asked if asked and self.odds(0.95) else known)
        return self.motion_of(operation, *getattr(self, operation.field)())

    def motion_of(self, operation, carried, actor):
        expires = self.model.next_time + self.rng.choice(
            [-1, 0, 1, 2, 90 * DAY_MS + 1] if self.odds(0.08) else
            [1000, 60000, 600000, DAY_MS, 90 * DAY_MS, 10 * DAY_MS])
        m = Message("MotionOpen", operation=Message("MotionOperation", **{operation.field: carried}),
                    expires=expires)
        return m, actor

    def approvals(self, number):
        rule = self.value(f"policy/{number}", "PolicyValue")
        return rule.rule.approvals if rule else 0

    def motion(self):
        """(its number, value or None), mostly one that is open"""
        count = self.count("motion")
        numbers = list(range(max(1, count - 30), count + 1))
        values = [self.value(f"motion/{n}", "MotionValue") for n in numbers]
        alive = [m for m in values if m.state == 0 and m.expires > self.model.next_time]
        if alive and self.odds(0.85):
            motion = self.rng.choice(alive[-4:])
            return motion.number, motion
        number = self.rng.randrange(0, count + 2)
        return number, self.value(f"motion/{number}", "MotionValue")

    def motion_approve(self):
        number, motion = self.motion()
        actor = self.rng.choice(list(self.orgs))
        rule = motion and self.value(f"policy/{motion.operation}", "PolicyValue")
        if rule and self.odds(0.85):
            given = [approval.org for approval in motion.approvals]
            able = [org for org in self.members(rule.rule.approvers) if org not in given or self.odds(0.1)]
            actor = self.rng.choice(able) if able else actor
        return Message("MotionApprove", motion=number), actor

    def members(self, role):
        orgs = [self.value("org/" + org, "OrgValue") for org in list(self.orgs) + NEWCOMERS]
        return [org.id for org in orgs if org and role in org.roles]

    def motion_withdraw(self):
        number, motion = self.motion()
        return Message("MotionWithdraw", motion=number), \
            motion.opener if motion and self.odds(0.8) else self.org()

    # ---- grants ------------------------------------------------------------------------------------

    def programme_create(self):
        free = [p for p in PROGRAMMES if "programme/" + p not in self.model.state]
        name = self.rng.choice(free) if free and self.odds(0.95) else self.rng.choice(PROGRAMMES)
        funder, agency = self.holder(40), self.holder(60)
        areas = [Message("Area", code=code) for code in self.rng.choice(["", "A", "AB", "ABC"])]
        if areas and self.odds(0.04):
            areas.append(areas[0])
        m = Message("ProgrammeCreate", id=name, funder=funder, agency=agency, titles=self.names(),
                    currency=self.rng.choice(["CNY"] * 40 + list(CURRENCIES)),
                    budget=self.rng.choice([1000, 100000, 2**31 + 5, 2**32 + 7, 2**33, 2**63 - 1]),
                    max_awards=self.rng.choice([1, 2, 3, 5, 12, 12, 50, 50, 50, 2**32 - 1]),
                    period=Message("Period", start="2027-01-01", end="2028-12-31"), areas=areas,
                    eligibility=self.eligibility())
        if self.odds(0.2):
            self.spoil_programme(m)
        return m, funder if self.odds(0.95) else self.org()

    def eligibility(self):
        scheme = self.rng.choice([""] * 8 + ["CN-USCI"] * 4 + ["XI-ROR", "XI-LEI", "XI-ABC"])
        prefix = self.rng.choice([""] * 4 + ["11"] * 4 + ["1101", "110108", "11010A", "31"])
        return Message("Eligibility", scheme=scheme, division_prefix=prefix)

    def spoil_programme(self, m):
        what = self.rng.randrange(8)
        if what == 0:
            m.budget = self.rng.choice(EDGES)
        elif what == 1:
            m.max_awards = 0
        elif what == 2:
            m.period = self.period()
        elif what == 3:
            m.funder, m.agency = self.org(), self.org()
        else:
            self.swell(m)

    def swell(self, m):
        """To about 16,384 bytes of a state value with all its totals."""
        m.areas = [Message("Area", code="a%02d" % i, names=Message("Names", zh="z" * 256, en="e" * 220))
                   for i in range(32)]
        m.legal_basis = "l" * 128
        room = VALUE_MAX - full_size(m)
        m.legal_basis = "l" * min(512, max(1, 128 + room + self.rng.choice([-2, -1, 0, 1, 2, 3])))

    def award_grant(self):
        name, programme = self.programme()
        terms = programme.programme if programme else Message("ProgrammeCreate")
        amount = self.near(terms.budget - programme.committed if programme else 1000)
        m = Message("AwardGrant", programme=name, amount=amount, recipients=self.recipients(terms),
                    period=Message("Period", start="2027-01-01", end="2028-12-31"))
        if terms.areas and self.odds(0.96):
            m.area = self.rng.choice(terms.areas).code
        elif self.odds(0.05):
            m.area = "B"
        if self.odds(0.25):
            m.milestones = self.milestones(amount)
        if self.odds(0.12):
            self.spoil_grant(m)
        return m, terms.agency if programme and self.odds(0.95) else self.org()

    def recipients(self, terms):
        scheme, prefix = (terms.eligibility.scheme, terms.eligibility.division_prefix) \
            if terms.eligibility else ("", "")
        able = [org for org in self.members(genesis.APPLICANT) if org.startswith(scheme)
                and (not prefix or org.startswith("CN-USCI-91" + prefix))]
        pool = able if able and self.odds(0.88) else list(self.orgs) + NEWCOMERS
        orgs = self.rng.sample(pool, self.rng.choice([1, 1, 2, min(3, len(pool))]) if len(pool) > 1 else 1)
        shares = [10000 // len(orgs)] * len(orgs)
        shares[0] += 10000 - sum(shares)
        return [Message("Recipient", org=org, share=share) for org, share in zip(orgs, shares)]

    def milestones(self, amount):
        count = self.rng.choice([1, 2, 3, 64])
        amounts = [amount // count] * count
        amounts[-1] = min(2**64 - 1, max(0, amount - sum(amounts[:-1]) + self.rng.choice([0] * 8 + [1, -1])))
        out = [Message("Milestone", number=i + 1, amount=a, due=self.day() if self.odds(0.3) else "")
               for i, a in enumerate(amounts)]
        if self.odds(0.06):
            self.rng.choice(out).number += 1
        if self.odds(0.04):
            self.rng.choice(out).amount = self.rng.choice(EDGES)
        return out

    def spoil_grant(self, m):
        what = self.rng.randrange(7)
        recipient = self.rng.choice(m.recipients)
        if what == 0:
            recipient.share = self.rng.choice([0, 1, 9999, 10001, 2**32 - 1, 2**32 - 10000])
        elif what == 1:
            m.recipients = m.recipients + [Message("Recipient", org=recipient.org, share=0)]
        elif what == 2:
            m.amount = self.rng.choice(EDGES)
        elif what == 3:
            m.call, m.proposal = self.rng.choice([("C1", 0), ("", 1), ("C1", 2)])
        elif what == 4:
            m.area = self.rng.choice(["", "A", "Z"])
        else:
            m.period = self.period()

    def award_accept(self):
        name, k, award = self.award(wanted=GRANTED)
        actor = self.recipient_of(award)
        if award and award.grant and self.odds(0.6):
            waiting = [r.org for i, r in enumerate(award.grant.recipients) if i + 1 not in award.accepted]
            actor = self.rng.choice(waiting) if waiting else actor
        return Message("AwardAccept", programme=name, award=k), actor

    def award_import(self):
        name, programme = self.programme()
        terms = programme.programme if programme else Message("ProgrammeCreate")
        amount = self.near(terms.budget - programme.committed if programme else 1000)
        m = Message("AwardImport", programme=name, publisher_id=f"360G-{self.rng.randrange(30)}",
                    amount=amount, date=self.day(), document_sha256=self.fresh(), title="t")
        return m, terms.agency if programme and self.odds(0.95) else self.org()

    def disbursement_record(self):
        name, k, award = self.award(wanted=ACTIVE)
        programme = self.value("programme/" + name, "ProgrammeValue")
        terms = programme.programme if programme else Message("ProgrammeCreate")
        left = award.grant.amount - award.paid if award and award.grant else 1000
        leaders = [terms.funder, terms.agency] if programme else [self.org()]
        m = Message("DisbursementRecord", programme=name, award=k, amount=self.near(left),
                    payer=self.rng.choice(leaders), payee=self.recipient_of(award), value_date=self.day(),
                    reference_sha256=self.fresh() if self.odds(0.95) else sha256(b"reference"))
        if bool(award and award.grant and award.grant.milestones) != self.odds(0.1):
            m.milestone = self.rng.choice([1, 2, 64, 65])
        if self.odds(0.05):
            m.payer = self.org()
        return m, self.rng.choice(leaders) if self.odds(0.95) else self.org()

    # ---- content -----------------------------------------------------------------------------------

    def content_anchor(self):
        actor = self.org()
        m = Message("ContentAnchor", sha256=self.rng.choice(CONTENTS),
                    size=self.rng.choice([0, 5, 2**63 - 1]),
                    media_type="image/png", source_type=self.rng.randrange(18))
        if self.odds(0.3):
            m.parents = [self.parent() for _ in range(self.rng.choice([1, 2, 3]))]
        if self.odds(0.3):
            label = self.rng.choice(["1", "2", "10"])
            code = (actor if self.odds(0.8) else self.org()).split("-")[2]
            producer = self.rng.choice([
                "", "short", "0011" + code + "00000", "0" * 27, "1" + code + "0" * 8, "0011" + code + "é000",
                "éé" + code + "00000", "0011" + code + "é0000", "é0011" + code + "000"])
            m.aigc = Message("AigcLabel", label=label, content_producer=producer)
        if self.odds(0.25):
            m.award, actor = self.link()
        if self.odds(0.01):
            m.salt = self.fresh()
        return m, actor

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

    def content_supersede(self):
        target, actor = self.ref()
        by = self.ref()[0]
        for _ in range(4):
            by, whose = self.ref()
            if whose == actor:
                break
        return Message("ContentSupersede", target=target, by=by), actor if self.odds(0.95) else self.org()

    def content_withdraw(self):
        target, actor = self.ref()
        return Message("ContentWithdraw", target=target), actor if self.odds(0.9) else self.org()

    def note_attach(self):
        target = self.rng.choice([{"org": self.org()}, {"programme": self.programme()[0]},
                                  {"award": self.link()[0]}, {"content": self.ref()[0]}])
        return Message("NoteAttach", text_sha256=self.fresh(), **target), self.org()


WEIGHTS = {"motion_open": 3, "motion_approve": 16, "motion_withdraw": 2, "org_register": 3, "key_add": 3,
           "policy_set": 2, "programme_create": 4, "award_grant": 16, "award_accept": 14, "award_import": 5,
           "disbursement_record": 12, "content_anchor": 8, "content_batch": 3, "content_supersede": 4,
           "content_withdraw": 3, "note_attach": 3}
assert set(WEIGHTS) == set(BY_FIELD)
