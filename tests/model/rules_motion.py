"""Motions: M of docs/ledger.md section 7, and R, which they ask again."""
import rules_content
import rules_grant
import rules_org
from context import BY_FIELD, OPERATIONS, require
from curve import sha256
from encoding import Message, decode, encode

OPEN, EXECUTED, WITHDRAWN = 0, 1, 2
LIFE_MS = 90 * 86400 * 1000
PLACES, PART, PARTS, APPROVALS = 16, 16000, 4, 128


def check_opener(ctx, operation, by_motion):
    rule = ctx.rule(operation.number)
    require(rule is not None, 4004)
    require(ctx.has_role(ctx.actor, rule.openers), 4001)
    if by_motion:
        require(rule.approvals > 0, 4003)
    else:
        require(rule.approvals == 0, 4002)


def is_open(ctx, motion):
    return motion.state == OPEN and ctx.time < motion.expires


def recipients(ctx, name, m):
    """Of the award that it makes or pays."""
    if name == "award_grant":
        return [recipient.org for recipient in m.recipients]
    award = ctx.get(f"award/{m.programme}/{m.award}", "AwardValue") if name == "disbursement_record" else None
    return rules_grant.recipients_of(award) if award else []


def why_not(ctx, org, name, m):
    """M-06 and M-07: the error that keeps it from approving, or 0."""
    rule = ctx.rule(BY_FIELD[name].number)
    if not rule or not rule.approvers or not ctx.has_role(org, rule.approvers):
        return 4041
    return 4042 if org in recipients(ctx, name, m) else 0


def is_carried(ctx, motion, name, m):
    """Whether the approvals, all counted again, reach m."""
    count = sum(why_not(ctx, approval.org, name, m) == 0 for approval in motion.approvals)
    return count >= ctx.rule(motion.operation).approvals


def execute(ctx, motion, name, m):
    ctx.actor, ctx.motion = motion.opener, motion.number
    check_opener(ctx, OPERATIONS[motion.operation], by_motion=True)  # M-10
    RULES[name](ctx, m)
    motion.state, motion.executed_log_index = EXECUTED, ctx.log_index


def take_place(ctx, motion):
    """M-03"""
    org = ctx.org(motion.opener)
    place = Message("OpenMotion", motion=motion.number, expires=motion.expires)
    places = org.open_motions
    for i, taken in enumerate(places):
        if ctx.time >= taken.expires:
            places[i] = place
            break
    else:
        require(len(places) < PLACES, 4043)
        places = places + [place]
    org.open_motions = places
    ctx.put("org/" + org.id, org)


def leave_place(ctx, motion):
    """The motion ended before its time."""
    org = ctx.org(motion.opener)
    for place in org.open_motions:
        if place.motion == motion.number:
            place.expires = 0
    ctx.put("org/" + org.id, org)


def motion_open(ctx, m):
    name, carried = m.operation.member()
    check_opener(ctx, BY_FIELD[name], by_motion=True)
    require(ctx.time < m.expires <= ctx.time + LIFE_MS, 4044)  # M-01
    data = encode(m.operation)
    require(len(data) <= PART * PARTS, 4033)  # M-02
    motion = Message("MotionValue", opener=ctx.actor, operation=BY_FIELD[name].number, expires=m.expires,
                     operation_sha256=sha256(data), log_index=ctx.log_index)
    motion.number = ctx.next_number("count/motion")
    if not why_not(ctx, ctx.actor, name, carried):
        motion.approvals = [Message("Approval", org=ctx.actor, log_index=ctx.log_index)]
    for i in range(0, len(data), PART):
        motion.parts += 1
        ctx.put(f"motion/{motion.number}/part/{motion.parts}", Message("PartValue", data=data[i:i + PART]))
    if is_carried(ctx, motion, name, carried):
        execute(ctx, motion, name, carried)
    else:
        take_place(ctx, motion)
    ctx.put(f"motion/{motion.number}", motion)


def motion_approve(ctx, m):
    motion = ctx.need(f"motion/{m.motion}", "MotionValue", 4014)  # M-04
    require(is_open(ctx, motion), 4040)  # M-05
    purposes = OPERATIONS[motion.operation].purposes + [1]
    require(any(p in purposes for p in ctx.key.purposes), 4041)  # M-14
    data = b"".join(ctx.get(f"motion/{motion.number}/part/{k}", "PartValue").data
                    for k in range(1, motion.parts + 1))
    name, carried = decode("MotionOperation", data).member()
    error = why_not(ctx, ctx.actor, name, carried)
    require(not error, error)  # M-06, M-07
    require(ctx.actor not in [approval.org for approval in motion.approvals], 4025)  # M-08
    require(len(motion.approvals) < APPROVALS, 4033)  # M-09
    approval = Message("Approval", org=ctx.actor, log_index=ctx.log_index)
    motion.approvals = motion.approvals + [approval]
    if is_carried(ctx, motion, name, carried):
        execute(ctx, motion, name, carried)
        leave_place(ctx, motion)
    ctx.put(f"motion/{motion.number}", motion)


def motion_withdraw(ctx, m):
    motion = ctx.need(f"motion/{m.motion}", "MotionValue", 4014)  # M-11
    require(ctx.actor == motion.opener, 4045)  # M-12
    require(is_open(ctx, motion), 4040)  # M-13
    motion.state = WITHDRAWN
    leave_place(ctx, motion)
    ctx.put(f"motion/{motion.number}", motion)


RULES = {**rules_org.RULES, **rules_grant.RULES, **rules_content.RULES, "motion_open": motion_open,
         "motion_approve": motion_approve, "motion_withdraw": motion_withdraw}
