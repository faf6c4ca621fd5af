"""What random records are made of: names, days, amounts near an edge, and what the state holds now."""
from context import TYPES, read
from curve import sha256
from encoding import Message
from genesis import NEWCOMERS

EDGES = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**63 - 1, 2**63, 2**64 - 1]
DAYS = ["2027-01-01", "2027-02-28", "2027-12-31", "2028-02-29", "2028-12-31"]
BAD_DAYS = ["2027-02-29", "2027-04-31", "0000-01-01", "2100-02-29", "2026-12-31", "2029-01-01", "2000-02-29"]
CONTENTS = [sha256(b"content %d" % i) for i in range(16)]
PROGRAMMES = ["P1", "P2", "P.3", "p_4", "P-5", "6", "p7", "P" * 64, "9.", "p"]
DAY_MS = 86400000


def put(message, **fields):
    for name, value in fields.items():
        setattr(message, name, value)


class Unsuitable(Exception):
    """There is nothing in the state that such a record could be about."""


class Pieces:
    def __init__(self, rng, model, orgs):
        self.rng, self.model, self.orgs = rng, model, orgs
        self.serial = 0
        self.vault = {}  # commitment -> (salt, content)

    def odds(self, p):
        return self.rng.random() < p

    def fresh(self):
        self.serial += 1
        return sha256(b"fresh %d" % self.serial)

    def off_by_one(self, value):
        return max(0, value + self.rng.choice([-1, 1]))

    # ---- the state ---------------------------------------------------------------------------------

    def value(self, key, kind):
        """Nobody changes it."""
        data = self.model.state.get(key)
        if data is None:
            return None
        if data[0] != TYPES[kind]:
            raise ValueError(f"{key} is no {kind}")
        return read(kind, data)

    def values(self, prefix, count, kind, newest=40):
        """Those numbered up to count."""
        return [self.value(f"{prefix}/{k}", kind) for k in range(max(1, count - newest + 1), count + 1)]

    def count(self, what):
        return self.value("count/" + what, "CountValue").count

    def now(self):
        return max(self.model.next_time, self.model.time + 1)

    def pick(self, suitable, others=(), hostile=0.06):
        """One of the suitable, seldom another; Unsuitable where there is none."""
        others = list(others)
        if suitable and not (others and self.odds(hostile)):
            return self.rng.choice(suitable)
        if others and self.odds(0.9 if suitable else 0.02):
            return self.rng.choice(others)
        if suitable:
            return self.rng.choice(suitable)
        raise Unsuitable

    # ---- organisations -----------------------------------------------------------------------------

    def org(self):
        if self.odds(0.1):
            return self.rng.choice(NEWCOMERS)
        return self.rng.choice(list(self.orgs))

    def or_another(self, actor):
        """Mostly this one, else one that has a role of it, or any."""
        if self.odds(0.95):
            return actor
        org = self.value("org/" + actor, "OrgValue")
        alike = [other.id for other in self.registered() if org and set(other.roles) & set(org.roles)]
        return self.rng.choice(alike) if alike and self.odds(0.8) else self.org()

    def registered(self):
        orgs = [self.value("org/" + org, "OrgValue") for org in list(self.orgs) + NEWCOMERS]
        return [org for org in orgs if org]

    def members(self, role):
        return [org.id for org in self.registered() if role in org.roles]

    def holder(self, number):
        """Somebody whose role may open it."""
        rule = self.value(f"policy/{number}", "PolicyValue")
        able = [org.id for org in self.registered() if rule and set(org.roles) & set(rule.rule.openers)
                and (org.status == 0 or self.odds(0.1))]
        return self.rng.choice(able) if able and self.odds(0.95) else self.org()

    def keys_of(self, org):
        value = self.value("org/" + org, "OrgValue")
        names = self.values("org-key/" + org, value.keys, "NameValue") if value else []
        return [self.value(name.key, "KeyValue") for name in names]

    def approvals(self, number):
        rule = self.value(f"policy/{number}", "PolicyValue")
        return rule.rule.approvals if rule else 0

    # ---- numbers, texts ----------------------------------------------------------------------------

    def near(self, limit):
        """An amount at or around a limit, or well below it."""
        pick = self.rng.random()
        if pick < 0.05:
            return self.rng.choice(EDGES)
        if pick < 0.15:
            return min(2**64 - 1, max(0, limit + self.rng.choice([-1, 0, 1])))
        return self.rng.randrange(1, max(2, min(2**63, limit // self.rng.choice([1, 5, 20, 100]) + 2)))

    def between(self, low, high):
        """At the ends often."""
        if low >= high or self.odds(0.3):
            return self.rng.choice([low, max(low, high)])
        return self.rng.randrange(low, high + 1)

    def day(self):
        if self.odds(0.05):
            pick = self.rng.randrange
            return "%04d-%02d-%02d" % (pick(10000), pick(1, 13), pick(1, 32))
        return self.rng.choice(BAD_DAYS) if self.odds(0.08) else self.rng.choice(DAYS)

    def period(self):
        days = [self.day(), self.day()]
        return Message("Period", start=min(days), end=max(days)) if self.odds(0.95) \
            else Message("Period", start=days[0], end=days[1])

    def whole_period(self):
        return Message("Period", start="2027-01-01", end="2028-12-31")

    def names(self):
        return Message("Names", en="n" * self.rng.choice([1, 1, 20, 20, 256]))

    def documents(self):
        count = self.rng.choice([0] * 30 + [1] * 8 + [32])
        return [Message("Document", sha256=self.fresh(), size=2**63 - 1, media_type="m" * 127, role="r" * 64)
                for _ in range(count)]

    def reason(self):
        return self.fresh() if self.odds(0.3) else b""

    def recipients(self, orgs):
        shares = [10000 // len(orgs)] * len(orgs)
        shares[0] += 10000 - sum(shares)
        return [Message("Recipient", org=org, share=share) for org, share in zip(orgs, shares)]

    def spoil(self, *ways):
        """Does one of them."""
        self.rng.choice(ways)()
