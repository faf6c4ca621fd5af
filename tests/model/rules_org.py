"""Organisations, keys and policy: O, K, P, OS, KR and KX of docs/ledger.md section 7."""
from context import ACTIVE, OPERATIONS, PURPOSES, key_path, require
from curve import sha256, verify
from encoding import Message
from words import is_valid_code, split_id

DELISTED = 2
PURPOSE_NAMES = [""] + list(PURPOSES)
ORG_STATUS, POLICY_SET = 21, 25


def key_text(chain, org, purposes):
    names = ",".join(PURPOSE_NAMES[p] for p in purposes)
    return f"stele/v1 key\nchain {chain.hex()}\norganisation {org}\npurposes {names}\n".encode()


def add_key(ctx, org, key, from_height, rules=("K-03", "K-04"), with_proof=True):
    """Raises org.keys; the caller puts the organisation."""
    path = key_path(key.key)
    require(not ctx.has(path), 4021, rules[0])
    text = key_text(ctx.chain, org.id, key.purposes)
    require(not with_proof or verify(key.key, sha256(text), key.proof), 4032, rules[1])
    org.keys += 1
    ctx.put(path, ctx.stamp(Message("KeyValue", key=key.key, org=org.id, purposes=key.purposes,
                                    from_height=from_height)))
    ctx.put(f"org-key/{org.id}/{org.keys}", Message("NameValue", key=path))


def org_register(ctx, m, with_proof=True):
    scheme, code = split_id(m.id)
    require(scheme, 4031, "O-01")
    require(is_valid_code(scheme, code), 4030, "O-02")
    require(not ctx.has("org/" + m.id), 4020, "O-03")
    org = ctx.stamp(Message("OrgValue", id=m.id, names=m.names, roles=m.roles, status=ACTIVE))
    for key in m.keys:
        add_key(ctx, org, key, ctx.height, with_proof=with_proof)
    org.number = ctx.next_number("count/org")
    ctx.put("org/" + m.id, org)
    ctx.put(f"org-no/{org.number}", Message("NameValue", key="org/" + m.id))


def key_add(ctx, m):
    org = ctx.org(m.org, "K-01")
    require(ctx.motion or m.org == ctx.actor, 4001, "K-02")
    add_key(ctx, org, m.key, max(m.from_height, ctx.height))
    ctx.put("org/" + org.id, org)


def check_rule(ctx, rule):
    operation = OPERATIONS.get(rule.operation)
    require(operation and not operation.name.startswith("motion."), 4036, "P-02")
    require((rule.approvals > 0) == (rule.approvers > 0), 4036, "P-03")
    require(rule.approvals == 0 or operation.by_motion, 4036, "P-04")
    able = sum(ctx.has_role(org.id, rule.approvers) for org in ctx.orgs()) if rule.approvals else 0
    require(rule.approvals <= min(128, able), 4036, "P-05")
    if rule.operation == POLICY_SET:
        require(any(ctx.has_role(org.id, rule.openers) for org in ctx.orgs()), 4036, "P-06")


def check_limits(limits):
    require(1000 <= limits.window_ms <= 600000 and 1000 <= limits.quota_window_ms <= 86400000
            and limits.quota_transactions >= 16 and limits.quota_bytes >= 458800
            and limits.quota_entries >= 4096, 4036, "P-07")


def policy_set(ctx, m):
    numbers = [rule.operation for rule in m.rules]
    require(m.rules or m.limits is not None, 4036, "P-01")
    require(all(a < b for a, b in zip(numbers, numbers[1:])), 4036, "P-01")
    for rule in m.rules:
        check_rule(ctx, rule)
    if m.limits is not None:
        check_limits(m.limits)
    for rule in m.rules:
        ctx.put(f"policy/{rule.operation}", Message("PolicyValue", rule=rule, log_index=ctx.log_index))
    if m.limits is not None:
        ctx.put("policy/limits", Message("LimitsValue", limits=m.limits, log_index=ctx.log_index))


def could_be_met(ctx, rule, without):
    """Whether active organisations but one could open it and approve it."""
    others = [org.id for org in ctx.orgs() if org.id != without]
    able = sum(ctx.has_role(org, rule.approvers) for org in others) if rule.approvals else 0
    return any(ctx.has_role(org, rule.openers) for org in others) and able >= rule.approvals


def org_status(ctx, m):
    org = ctx.org(m.org, "OS-01")
    require(org.status not in (m.status, DELISTED), 4037, "OS-02")
    if org.status == ACTIVE:
        rules = [ctx.rule(number) for number in (POLICY_SET, ORG_STATUS)]
        require(all(could_be_met(ctx, rule, m.org) for rule in rules if rule), 4038, "OS-03")
    org.status, org.status_log_index = m.status, ctx.log_index
    ctx.put("org/" + m.org, org)


def key_rotate(ctx, m):
    path = key_path(m.old_key)
    old = ctx.need(path, "KeyValue", 4019, "KR-01")
    require(not old.revoked_height and not old.replaced_by, 4046, "KR-02")
    require(ctx.motion or m.old_key == ctx.key.key, 4039, "KR-03")
    org, height = ctx.org(old.org, None), max(m.from_height, ctx.height)
    new = Message("OrgKey", key=m.key, purposes=old.purposes, proof=m.proof)
    add_key(ctx, org, new, height, rules=("KR-04", "KR-05"))
    ctx.put("org/" + org.id, org)
    old.revoked_height, old.replaced_by, old.revoked_log_index = height, m.key, ctx.log_index
    ctx.put(path, old)


def key_revoke(ctx, m):
    path = key_path(m.key)
    key = ctx.need(path, "KeyValue", 4019, "KX-01")
    height = max(m.from_height, ctx.height)
    require(not key.revoked_height or height < key.revoked_height, 4046, "KX-02")
    if not ctx.motion:
        require(key.org == ctx.actor and (m.key == ctx.key.key or PURPOSES["govern"] in ctx.key.purposes),
                4039, "KX-03")
    key.revoked_height, key.revoked_log_index = height, ctx.log_index
    ctx.put(path, key)


RULES = {"org_register": org_register, "key_add": key_add, "policy_set": policy_set,
         "org_status": org_status, "key_rotate": key_rotate, "key_revoke": key_revoke}
