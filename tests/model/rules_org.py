"""org.register, key.add and policy.set: O, K and P of docs/ledger.md section 7."""
from context import ACTIVE, OPERATIONS, Refused, key_path, require
from curve import sha256, verify
from encoding import Message
from words import is_valid_code, split_id

PURPOSE_NAMES = ["", "govern", "grant", "content", "peer"]
POLICY_SET = 25


def key_text(chain, org, purposes):
    names = ",".join(PURPOSE_NAMES[p] for p in purposes)
    return f"stele/v1 key\nchain {chain.hex()}\norganisation {org}\npurposes {names}\n".encode()


def add_key(ctx, org, key, from_height, with_proof=True):
    """Raises org.keys; the caller puts the organisation."""
    path = key_path(key.key)
    require(not ctx.has(path), 4021)  # K-03
    text = key_text(ctx.chain, org.id, key.purposes)
    require(not with_proof or verify(key.key, sha256(text), key.proof), 4032)  # K-04
    org.keys += 1
    ctx.put(path, ctx.stamp(Message("KeyValue", key=key.key, org=org.id, purposes=key.purposes,
                                    from_height=from_height)))
    ctx.put(f"org-key/{org.id}/{org.keys}", Message("NameValue", key=path))


def org_register(ctx, m, with_proof=True):
    scheme, code = split_id(m.id)
    require(scheme, 4031)  # O-01
    require(is_valid_code(scheme, code), 4030)  # O-02
    require(not ctx.has("org/" + m.id), 4020)  # O-03
    org = ctx.stamp(Message("OrgValue", id=m.id, names=m.names, roles=m.roles, status=ACTIVE))
    for key in m.keys:
        add_key(ctx, org, key, ctx.height, with_proof)
    org.number = ctx.next_number("count/org")
    ctx.put("org/" + m.id, org)
    ctx.put(f"org-no/{org.number}", Message("NameValue", key="org/" + m.id))


def key_add(ctx, m):
    org = ctx.org(m.org)  # K-01
    require(ctx.motion or m.org == ctx.actor, 4001)  # K-02
    add_key(ctx, org, m.key, max(m.from_height, ctx.height))
    ctx.put("org/" + org.id, org)


def check_rule(ctx, rule):
    operation = OPERATIONS.get(rule.operation)
    require(operation and not operation.name.startswith("motion."), 4036)  # P-02
    require((rule.approvals > 0) == (rule.approvers > 0), 4036)  # P-03
    require(rule.approvals == 0 or operation.by_motion, 4036)  # P-04
    able = sum(ctx.has_role(org.id, rule.approvers) for org in ctx.orgs()) if rule.approvals else 0
    require(rule.approvals <= min(128, able), 4036)  # P-05
    if rule.operation == POLICY_SET:
        require(any(ctx.has_role(org.id, rule.openers) for org in ctx.orgs()), 4036)  # P-06


def check_limits(limits):
    if not (1000 <= limits.window_ms <= 600000 and 1000 <= limits.quota_window_ms <= 86400000
            and limits.quota_transactions >= 16 and limits.quota_bytes >= 458800
            and limits.quota_entries >= 4096):
        raise Refused(4036)  # P-07


def policy_set(ctx, m):
    numbers = [rule.operation for rule in m.rules]
    require(m.rules or m.limits is not None, 4036)
    require(all(a < b for a, b in zip(numbers, numbers[1:])), 4036)  # P-01
    for rule in m.rules:
        check_rule(ctx, rule)
    if m.limits is not None:
        check_limits(m.limits)
    for rule in m.rules:
        ctx.put(f"policy/{rule.operation}", Message("PolicyValue", rule=rule, log_index=ctx.log_index))
    if m.limits is not None:
        ctx.put("policy/limits", Message("LimitsValue", limits=m.limits, log_index=ctx.log_index))


RULES = {"org_register": org_register, "key_add": key_add, "policy_set": policy_set}
