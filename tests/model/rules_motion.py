"""Motions: M of docs/ledger.md section 7, and R, which they ask again."""
import rules_award
import rules_call
import rules_content
import rules_money
import rules_network
import rules_org
import rules_programme
import rules_review
from context import BY_FIELD, OPERATIONS, require
from curve import sha256
from encoding import Message, decode, encode

OPEN, EXECUTED, WITHDRAWN = 0, 1, 2
LIFE_MS = 90 * 86400 * 1000
PLACES, PART, PARTS, APPROVALS = 16, 16000, 4, 128
OWN_KEY = ("key_rotate", "key_revoke")
OF_AN_AWARD = ("award_amend", "award_suspend", "award_resume", "award_terminate", "award_complete",
               "award_close", "milestone_assess", "disbursement_record", "disbursement_reverse",
               "recovery_demand", "recovery_receive")
OF_A_CALL = ("decision_publish", "objection_resolve")


def check_opener(ctx, operation, by_motion, inside=""):
    """inside: the rule that asks for these."""
    rule = ctx.rule(operation.number)
    is_own = operation.field in OWN_KEY and not by_motion
    require(rule is not None, 4004, "R-05" if is_own else inside + "R-01")
    if is_own:
        return
    require(ctx.has_role(ctx.actor, rule.openers), 4001, inside + "R-02")
    if by_motion:
        require(rule.approvals > 0, 4003, inside + "R-04")
    else:
        require(rule.approvals == 0, 4002, "R-03")


def is_open(ctx, motion):
    return motion.state == OPEN and ctx.time < motion.expires


def is_concerned(ctx, org, name, m):
    """M-07"""
    if name == "award_grant":
        return org in [recipient.org for recipient in m.recipients]
    if name in OF_AN_AWARD:
        award = ctx.get(rules_award.award_path(m), "AwardValue")
        return award is not None and org in rules_award.recipients_of(award)
    if name in OF_A_CALL:
        party = ctx.get(f"party/{m.programme}/{m.call}/{org}", "PartyValue")
        return party is not None and party.revealed > 0
    return False


def why_not(ctx, org, name, m):
    """The error and the rule that keep it from approving, or None."""
    rule = ctx.rule(BY_FIELD[name].number)
    if not rule or not rule.approvers or not ctx.has_role(org, rule.approvers):
        return 4041, "M-06"
    return (4042, "M-07") if is_concerned(ctx, org, name, m) else None


def is_carried(ctx, motion, name, m):
    """Whether the approvals, all counted again, reach m."""
    count = sum(why_not(ctx, approval.org, name, m) is None for approval in motion.approvals)
    return count >= ctx.rule(motion.operation).approvals


def execute(ctx, motion, name, m):
    ctx.actor, ctx.motion = motion.opener, motion.number
    check_opener(ctx, OPERATIONS[motion.operation], by_motion=True, inside="M-10 ")
    RULES[name](ctx, m)
    motion.state, motion.executed_log_index = EXECUTED, ctx.log_index


def take_place(ctx, motion):
    """M-03"""
    org = ctx.org(motion.opener, None)
    place = Message("OpenMotion", motion=motion.number, expires=motion.expires)
    places = list(org.open_motions)
    for i, taken in enumerate(places):
        if ctx.time >= taken.expires:
            places[i] = place
            break
    else:
        require(len(places) < PLACES, 4043, "M-03")
        places.append(place)
    org.open_motions = places
    ctx.put("org/" + org.id, org)


def leave_place(ctx, motion):
    """The motion ended before its time."""
    org = ctx.org(motion.opener, None)
    org.open_motions = [Message("OpenMotion", motion=place.motion) if place.motion == motion.number else place
                        for place in org.open_motions]
    ctx.put("org/" + org.id, org)


def motion_open(ctx, m):
    name, carried = m.operation.member()
    check_opener(ctx, BY_FIELD[name], by_motion=True)
    require(ctx.time < m.expires <= ctx.time + LIFE_MS, 4044, "M-01")
    data = encode(m.operation)
    require(len(data) <= PART * PARTS, 4033, "M-02")
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
    motion = ctx.need(f"motion/{m.motion}", "MotionValue", 4014, "M-04")
    require(is_open(ctx, motion), 4040, "M-05")
    purposes = OPERATIONS[motion.operation].carried_purposes + [1]
    require(any(p in purposes for p in ctx.key.purposes), 4041, "M-14")
    data = b"".join(ctx.get(f"motion/{motion.number}/part/{k}", "PartValue").data
                    for k in range(1, motion.parts + 1))
    name, carried = decode("MotionOperation", data).member()
    if refusal := why_not(ctx, ctx.actor, name, carried):
        require(False, *refusal)
    require(ctx.actor not in [approval.org for approval in motion.approvals], 4025, "M-08")
    require(len(motion.approvals) < APPROVALS, 4033, "M-09")
    approval = Message("Approval", org=ctx.actor, log_index=ctx.log_index)
    motion.approvals = motion.approvals + [approval]
    if is_carried(ctx, motion, name, carried):
        execute(ctx, motion, name, carried)
        leave_place(ctx, motion)
    ctx.put(f"motion/{motion.number}", motion)


def motion_withdraw(ctx, m):
    motion = ctx.need(f"motion/{m.motion}", "MotionValue", 4014, "M-11")
    require(ctx.actor == motion.opener, 4045, "M-12")
    require(is_open(ctx, motion), 4040, "M-13")
    motion.state = WITHDRAWN
    leave_place(ctx, motion)
    ctx.put(f"motion/{motion.number}", motion)


RULES = {"motion_open": motion_open, "motion_approve": motion_approve, "motion_withdraw": motion_withdraw}
for family in (rules_org, rules_network, rules_programme, rules_call, rules_review, rules_award, rules_money,
               rules_content):
    RULES.update(family.RULES)

