"""Random records about organisations, keys, policy, motions, validators."""
import genesis
from context import OPERATIONS
from curve import key_of, sha256
from encoding import Message
from genesis import NEWCOMERS, VALIDATOR, key_name
from pieces import DAY_MS, Unsuitable, put
from rules_network import ready_text, set_text
from rules_org import key_text

KEYS = 12  # of an organisation


class OrgRecords:
    def proof(self, org, name, purposes):
        shown = sha256(key_text(self.model.chain, org, purposes))
        if self.odds(0.04):
            shown = sha256(key_text(self.model.chain, org, [1, 2, 3, 4]))
        return key_of(name).sign(shown, high=self.odds(0.02))

    def key(self, org, name):
        purposes = sorted(self.rng.sample([1, 2, 3, 4, 5], self.rng.choice([1, 2, 3])))
        public = key_of(name).public if self.odds(0.98) else b"\2" + b"\xff" * 32
        return Message("OrgKey", key=public, purposes=purposes, proof=self.proof(org, name, purposes))

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

    def height_from(self):
        height = self.model.height
        return self.rng.choice([0, 0, 0, height, height + 1, height + 2, height + 3, height + 6, 2**63 - 1])

    def key_add(self):
        org = self.org() if self.odds(0.8) else self.rng.choice(self.registered()).id
        m = Message("KeyAdd", org=org, key=self.key(org, key_name(org, self.rng.randrange(KEYS))),
                    from_height=self.height_from())
        return m, org if self.odds(0.85) else self.holder(22)

    def any_registered_key(self):
        """(organisation, KeyValue), mostly one in force"""
        org = self.rng.choice(self.registered()).id
        keys = self.keys_of(org)
        alive = [key for key in keys if not key.revoked_height]
        return org, self.rng.choice(alive if len(alive) > 1 and self.odds(0.9) else keys)

    def key_rotate(self):
        org, old = self.any_registered_key()
        name = key_name(org, self.rng.randrange(KEYS))
        public = old.key if self.odds(0.97) else key_of(key_name(org, 77)).public
        m = Message("KeyRotate", old_key=public, key=key_of(name).public, from_height=self.height_from(),
                    proof=self.proof(org, name, old.purposes))
        return m, self.or_another(org), old.key if self.odds(0.9) else None

    def key_revoke(self):
        org, key = self.any_registered_key()
        if len([key for key in self.keys_of(org) if not key.revoked_height]) < 4 and self.odds(0.8):
            raise Unsuitable  # it shall go on
        public = key.key if self.odds(0.97) else key_of(key_name(org, 77)).public
        m = Message("KeyRevoke", key=public, from_height=self.height_from(), reason_sha256=self.reason())
        return m, self.or_another(org), key.key if self.odds(0.5) else None

    def org_status(self):
        orgs = self.registered()
        down = [org for org in orgs if org.status != 0]
        org = self.rng.choice(down if down and self.odds(0.8) else orgs[-6:] if self.odds(0.6) else orgs)
        status = self.rng.choice([0, 0, 0, 0, 2] if org.status else [1, 1, 1, 1, 1, 1, 0, 2])
        if org.id in list(self.orgs) and status == 2 and self.odds(0.8):
            status = 1  # of those that the history lives by
        m = Message("OrgStatusChange", org=org.id if self.odds(0.98) else "X", status=status,
                    reason_sha256=self.reason())
        return m, self.holder(21)

    # ---- policy ------------------------------------------------------------------------------------

    def policy_rule(self, number):
        rule = genesis.default_rule(number)
        operation = OPERATIONS.get(number)
        if operation and operation.by_motion and self.odds(0.5 if number < 40 else 0.15):
            rule.approvers = self.rng.randrange(1, 8)
            rule.approvals = self.rng.choice([1, 1, 2, 3, 4, 5, 129])
        if self.odds(0.06):
            rule.approvals = self.rng.choice([0, 1, 128, 2**32 - 1])
        if self.odds(0.04):
            rule.openers = self.rng.choice([[], [5], list(range(1, 8)), [4]])
        if operation and not operation.by_motion and self.odds(0.1):
            rule.approvers, rule.approvals = self.rng.randrange(1, 8), 1
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
        if self.odds(0.04):
            numbers = [25]
        if self.odds(0.95):
            numbers.sort()
        m = Message("PolicySet", rules=[self.policy_rule(n) for n in numbers])
        if numbers == [25] and self.odds(0.3):
            m.rules[0].openers = []
        if self.odds(0.3) or (not numbers and self.odds(0.8)):
            m.limits = self.policy_limits()
        return m, self.holder(25)

    # ---- motions -----------------------------------------------------------------------------------

    def motion_open(self):
        known = [o for o in OPERATIONS.values() if o.by_motion]
        asked = [o for o in known if self.approvals(o.number) > 0]
        operation = self.rng.choice(asked if asked and self.odds(0.95) else known)
        return self.motion_of(operation, *getattr(self, operation.field)()[:2])

    def motion_of(self, operation, carried, actor, days=None):
        expires = self.now() + days * DAY_MS if days else self.now() + self.rng.choice(
            [-1, 0, 1, 2, 90 * DAY_MS, 90 * DAY_MS + 1] if self.odds(0.08) else
            [1000, 60000, 600000, DAY_MS, 10 * DAY_MS])
        m = Message("MotionOpen", operation=Message("MotionOperation", **{operation.field: carried}),
                    expires=expires)
        return m, actor

    def motion(self):
        """(its number, value or None), mostly one that is open"""
        count = self.count("motion")
        values = self.values("motion", count, "MotionValue", newest=30)
        alive = [m for m in values if m.state == 0 and m.expires > self.now()]
        if alive and self.odds(0.9):
            motion = self.rng.choice(alive[-6:])
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

    def motion_withdraw(self):
        number, motion = self.motion()
        return Message("MotionWithdraw", motion=number), \
            motion.opener if motion and self.odds(0.8) else self.org()

    # ---- validators, upgrades ----------------------------------------------------------------------

    def validator(self, org, which):
        consensus, node = (key_of(f"{what} {which} {org}") for what in ("consensus", "node"))
        return Message("Validator", id=f"v.{which}", org=org, consensus_key=consensus.public,
                       node_key=node.public)

    def candidates(self, which):
        """The members of one of a few sets that come up again and again."""
        orgs = [org for org, roles, _ in genesis.CAST if VALIDATOR in roles][:1 + which % 4]
        members = [self.validator(org, f"{which}{i}") for i, org in enumerate(orgs)]
        return sorted(members, key=lambda member: member.consensus_key)

    def spoil_set(self, members):
        first, last = members[0], members[-1]
        self.spoil(lambda: members.reverse(), lambda: members.append(last.clone()),
                   lambda: put(last, id=first.id), lambda: put(last, org=first.org),
                   lambda: put(first, node_key=last.node_key),
                   lambda: put(first, node_key=last.consensus_key),
                   lambda: put(last, node_key=b"\2" + b"\xff" * 32),
                   lambda: put(last, org=self.org()), lambda: put(last, org="nobody"))

    def validators_set(self):
        members = self.candidates(self.rng.randrange(4))
        if self.odds(0.25):
            self.spoil_set(members)
        return Message("ValidatorsSet", validators=members), self.holder(26)

    def validator_ready(self):
        members = self.candidates(self.rng.randrange(4))
        member = self.rng.choice(members)
        digest = sha256(set_text(members))
        which = member.id[2:]
        keys = [key_of(f"{what} {which} {member.org}") for what in ("consensus", "node")]
        if self.odds(0.06):
            keys.reverse()
        shown = sha256(ready_text(self.model.chain, digest if self.odds(0.97) else self.fresh()))
        m = Message("ValidatorReady", set_sha256=digest, consensus_key=member.consensus_key,
                    node_key=member.node_key, consensus_proof=keys[0].sign(shown),
                    node_proof=keys[1].sign(shown, high=self.odds(0.03)))
        return m, self.or_another(member.org)

    def upgrade_plan(self):
        newest = self.value("upgrade/plan", "UpgradeValue")
        version = (newest.plan.version if newest else 1) + self.rng.choice([1] * 6 + [0, 2])
        height = self.model.height + 1 + 2 * self.model.epoch_length + self.rng.choice([-1, 0, 1, 2**40])
        return Message("UpgradePlan", version=version, activation_height=height,
                       notes_sha256=self.reason()), self.holder(28)
