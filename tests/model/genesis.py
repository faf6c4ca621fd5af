"""Genesis documents (docs/ledger.md section 3) of random networks: organisations, keys, policy, limits."""
from context import OPERATIONS
from curve import key_of
from encoding import Message
from rules_org import PURPOSE_NAMES
from words import lei_number, ror_check, usci_check

ROLES = ["", "funder", "agency", "applicant", "reviewer", "auditor", "anchorer", "validator"]
FUNDER, AGENCY, APPLICANT, REVIEWER, AUDITOR, ANCHORER, VALIDATOR = range(1, 8)
TIMERS = ("delta-us 50000", "fetch-us 50000", "build-us 100000", "validate-us 100000", "disk-us 50000",
          "idle-us 10000000", "skip-us 30000000", "skew-ms 500", "late-ms 20000")


def usci(division, serial):
    code = f"91{division}EXAMPLE{serial:02d}"
    return "CN-USCI-" + code + usci_check(code)


def lei(serial):
    code = f"EXAMPLE00000000{serial:03d}"
    return "XI-LEI-" + code + "%02d" % (98 - lei_number(code + "00") % 97)


def ror(serial):
    code = f"0ex{serial:04d}"
    return "XI-ROR-" + code + ror_check(code)


# id, roles, purposes of each key
CAST = [(usci("110000", 1), [FUNDER, VALIDATOR], [[1], [2, 3]]),
        (usci("110000", 2), [AGENCY, VALIDATOR], [[1], [2, 3]]),
        (usci("110108", 3), [APPLICANT, VALIDATOR], [[1], [2], [3]]),
        (usci("11010A", 4), [APPLICANT, ANCHORER, REVIEWER], [[1, 2, 3], [4], [5]]),
        (usci("310000", 5), [APPLICANT, FUNDER], [[1, 2, 3], [3]]),
        (ror(6), [APPLICANT, ANCHORER], [[2, 3]]),
        (lei(7), [AUDITOR, REVIEWER, FUNDER], [[1], [2], [5], [5]]),
        (usci("110000", 8), [AGENCY, FUNDER, APPLICANT], [[1, 2, 3]]),
        (usci("320000", 9), [REVIEWER], [[1, 2], [5], [5], [2, 5]]),
        (usci("110105", 10), [APPLICANT, REVIEWER], [[1, 2, 3], [5]])]
CAST += [(usci("1101%02d" % i, i), [APPLICANT], [[2, 3]]) for i in range(11, 21)]
# of a network with many organisations
CROWD = [(usci("44%04d" % i, 50), [REVIEWER], [[1, 2], [5], [5]]) for i in range(136)]
CROWD_APPROVALS = 140
# to be registered later
NEWCOMERS = [usci("110105", 40), usci("440000", 41), lei(42), ror(43), usci("11AAAA", 44)]


def key_name(org, k):
    return f"{org} {k}"


def make_org(org_id, roles, purposes):
    keys = [Message("OrgKey", key=key_of(key_name(org_id, k)).public, purposes=p)
            for k, p in enumerate(purposes)]
    return Message("OrgRegister", id=org_id, names=Message("Names", zh="机构", en="Institute " + org_id[-4:]),
                   roles=sorted(roles), keys=sorted(keys, key=lambda key: key.key))


OPENERS = {(20, 21, 25, 26, 28): [FUNDER, VALIDATOR], (27,): [VALIDATOR], (40, 41, 42): [FUNDER],
           (43, 44, 45, 49, 53, 55, 60, 62, 63, 65, 68, 69, 70, 71, 72): [AGENCY], (61,): [APPLICANT],
           (66, 67, 73, 74): [FUNDER, AGENCY]}


def default_rule(number):
    openers = [roles for numbers, roles in OPENERS.items() if number in numbers]
    return Message("PolicyRule", operation=number, openers=openers[0] if openers else list(range(1, 8)))


class Genesis:
    """kind: "random", or the name of a play, for which nothing is left to chance."""

    def __init__(self, rng, kind="random"):
        self.kind = kind
        self.name = "example.stele/model"
        self.time = 1763800000000 + rng.randrange(10**9)
        cast = CAST + (CROWD if kind == "crowd" else [])
        self.orgs = sorted((make_org(*member) for member in cast), key=lambda org: org.id)
        self.rules = self.any_rules(rng) if kind == "random" else self.plain_rules()
        self.limits = self.any_limits(rng) if kind == "random" else self.wide_limits()
        self.epoch_length = 1000000
        self.set_text = self.make_set()
        self.text = self.render()

    @staticmethod
    def any_rules(rng):
        rules = []
        for number, operation in sorted(OPERATIONS.items()):
            if operation.name.startswith("motion.") or rng.random() < 0.01:
                continue
            rule = default_rule(number)
            if operation.by_motion and rng.random() < (0.5 if number < 40 else 0.12):
                rule.approvers = rng.choice([FUNDER, AGENCY, APPLICANT, APPLICANT, VALIDATOR, AUDITOR])
                rule.approvals = rng.choice([1, 2, 2, 3])
            rules.append(rule)
        return rules

    def plain_rules(self):
        rules = [default_rule(number) for number, operation in sorted(OPERATIONS.items())
                 if not operation.name.startswith("motion.")]
        for rule in rules if self.kind == "crowd" else []:
            if OPERATIONS[rule.operation].name == "org.status":
                rule.approvers, rule.approvals = REVIEWER, CROWD_APPROVALS
        return rules

    @staticmethod
    def wide_limits():
        return Message("PolicyLimits", window_ms=600000, quota_window_ms=1000, quota_transactions=100000,
                       quota_bytes=10**9, quota_entries=10**6)

    @staticmethod
    def any_limits(rng):
        tight = rng.random() < 0.08
        return Message("PolicyLimits", window_ms=rng.choice([60000, 180000, 600000]),
                       quota_window_ms=rng.choice([1000, 60000, 3600000]),
                       quota_transactions=rng.choice([3, 16]) if tight else 100000,
                       quota_bytes=rng.choice([2000, 458800]) if tight else 10**9,
                       quota_entries=rng.choice([3, 4096]) if tight else 10**6)

    def make_set(self):
        members = [org.id for org in self.orgs if VALIDATOR in org.roles]
        lines = sorted((key_of("consensus " + org).public.hex(), key_of("node " + org).public.hex(), org, i)
                       for i, org in enumerate(members))
        return ("stele/v1 set\n" + "".join(f"v{i} {org} {consensus} {node}\n"
                                           for consensus, node, org, i in lines)).encode()

    def render(self):
        lines = ["stele/v1 genesis", f"name {self.name}", "suite secp256k1-sha256", f"time {self.time}",
                 f"epoch-length {self.epoch_length}"]
        lines += ["timer " + timer for timer in TIMERS]
        for name in ("window-ms", "quota-window-ms", "quota-transactions", "quota-bytes", "quota-entries"):
            lines.append(f"limit {name} {getattr(self.limits, name.replace('-', '_'))}")
        for rule in self.rules:
            openers = ",".join(ROLES[role] for role in rule.openers)
            approvers = ROLES[rule.approvers] or "-"
            lines.append(f"policy {OPERATIONS[rule.operation].name} {openers} {rule.approvals} {approvers}")
        for org in self.orgs:
            lines += [f"organisation {org.id}", f"name-zh {org.names.zh}", f"name-en {org.names.en}",
                      "roles " + ",".join(ROLES[role] for role in org.roles)]
            for key in org.keys:
                lines.append(f"key {key.key.hex()} " + ",".join(PURPOSE_NAMES[p] for p in key.purposes))
        return ("\n".join(lines) + "\n").encode() + self.set_text
