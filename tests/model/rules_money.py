"""Milestones, payments and recovery: MC, MA, D, DR, VD and VR of docs/ledger.md section 7."""
from context import require
from encoding import Message
from rules_award import (ACTIVE, CLOSED, COMPLETED, GRANTED, IMPORTED, SUSPENDED, TERMINATED, add_committed,
                         agencys_award, award_path, call_of, check_milestone, find_award, find_granted,
                         is_assessed, milestone_value, recipients_of)
from rules_content import LIVE, find_claim
from rules_programme import is_amount
from words import is_day

MET, PARTLY, NOT_MET = 1, 2, 3


def leaders_of(programme):
    return programme.programme.funder, programme.programme.agency


def put_milestone(ctx, m, value):
    ctx.put(f"milestone/{m.programme}/{m.award}/{m.milestone}", value)


def unassessed(ctx, m, award, rules):
    """MC-04 and MC-05, MA-04 and MA-05: what is known of the milestone so far."""
    check_milestone(award, m.milestone, rules[0], needed=True)
    value = milestone_value(ctx, m, m.milestone)
    require(not is_assessed(value), 4161, rules[1])
    return value or Message("MilestoneValue", number=m.milestone)


def milestone_claim(ctx, m):
    _, award = find_granted(ctx, m, "MC-01")
    recipients = recipients_of(award)
    require(ctx.actor in recipients, 4113, "MC-02")
    require(award.state == ACTIVE, 4112, "MC-03")
    value, seen = unassessed(ctx, m, award, ("MC-04", "MC-05")), set()
    for ref in m.evidence:
        require((ref.sha256, ref.claim) not in seen, 4105, "MC-06")
        seen.add((ref.sha256, ref.claim))
        claim = find_claim(ctx, ref.sha256, ref.claim)
        require(claim and claim.state == LIVE and claim.org in recipients, 4164, "MC-07")
    value.claims += 1
    value.evidence, value.claimed_log_index = m.evidence, ctx.log_index
    put_milestone(ctx, m, value)


def milestone_assess(ctx, m):
    _, award = agencys_award(ctx, m, ("MA-01", "MA-02", "MA-03"), (ACTIVE, SUSPENDED))
    value = unassessed(ctx, m, award, ("MA-04", "MA-05"))
    require(m.result == NOT_MET or value.claims > 0, 4162, "MA-06")
    require(m.claim == value.claims, 4172, "MA-08")
    amount = award.grant.milestones[m.milestone - 1].amount
    fits = {MET: m.payable == amount, PARTLY: 0 < m.payable < amount, NOT_MET: m.payable == 0}
    require(fits[m.result], 4163, "MA-07")
    value.result, value.payable = m.result, m.payable
    value.assessed_log_index, value.motion = ctx.log_index, ctx.motion
    put_milestone(ctx, m, value)
    award.assessed += 1
    award.payable += m.payable
    ctx.put(award_path(m), award)


def reference_path(m):
    return f"reference/{m.programme}/{m.reference_sha256.hex()}"


def disbursement_record(ctx, m):
    programme, award = find_award(ctx, m, "D-01")
    require(ctx.actor in leaders_of(programme), 4102, "D-02")
    require(award.state != IMPORTED, 4119, "D-03")
    require(award.state != GRANTED, 4118, "D-04")
    require(award.state == ACTIVE, 4112, "D-04")
    require(not ctx.has(reference_path(m)), 4024, "D-05")
    require(is_amount(m.amount), 4100, "D-06")
    require(m.payer in leaders_of(programme), 4116, "D-07")
    require(m.payee in recipients_of(award), 4117, "D-08")
    require(is_day(m.value_date), 4034, "D-09")
    milestones = award.grant.milestones
    if milestones:
        check_milestone(award, m.milestone, "D-10", needed=True)
    else:
        require(m.milestone == 0, 4017, "D-10")
    require(award.paid + m.amount <= (award.payable if milestones else award.grant.amount), 4115, "D-11")
    award.disbursements += 1
    award.paid += m.amount
    programme.paid += m.amount
    number = award.disbursements
    ctx.put(award_path(m), award)
    ctx.put("programme/" + m.programme, programme)
    ctx.put(f"disbursement/{m.programme}/{m.award}/{number}",
            ctx.stamp(Message("DisbursementValue", record=m, number=number)))
    ctx.put(reference_path(m), Message("TakenValue", number=number))


def disbursement_reverse(ctx, m):
    programme, award = find_granted(ctx, m, "DR-01")
    require(ctx.actor in leaders_of(programme), 4102, "DR-02")
    require(award.state != CLOSED, 4112, "DR-03")
    path = f"disbursement/{m.programme}/{m.award}/{m.disbursement}"
    payment = ctx.need(path, "DisbursementValue", 4165, "DR-04")
    require(not payment.reversed_log_index, 4166, "DR-05")
    amount = payment.record.amount
    require(award.paid - amount >= award.demanded, 4167, "DR-06")
    payment.reversed_log_index, payment.reverse_motion = ctx.log_index, ctx.motion
    ctx.put(path, payment)
    award.paid -= amount
    programme.paid -= amount
    if award.terminated:
        award.committed -= amount
    ctx.put(award_path(m), award)
    call = call_of(ctx, award.grant) if award.terminated else None
    add_committed(ctx, programme, call, -amount if award.terminated else 0)


def put_recovery(ctx, m, award, **what):
    award.recoveries += 1
    ctx.put(award_path(m), award)
    ctx.put(f"recovery/{m.programme}/{m.award}/{award.recoveries}",
            ctx.stamp(Message("RecoveryValue", number=award.recoveries, **what)))


def recovery_demand(ctx, m):
    programme, award = find_granted(ctx, m, "VD-01")
    require(ctx.actor in leaders_of(programme), 4102, "VD-02")
    require(award.state in (ACTIVE, SUSPENDED, COMPLETED, TERMINATED), 4112, "VD-03")
    require(is_amount(m.amount), 4100, "VD-04")
    require(not m.due or is_day(m.due), 4034, "VD-05")
    require(award.demanded + m.amount <= award.paid, 4169, "VD-06")
    award.demanded += m.amount
    put_recovery(ctx, m, award, demand=m)


def recovery_receive(ctx, m):
    programme, award = find_granted(ctx, m, "VR-01")
    require(ctx.actor in leaders_of(programme), 4102, "VR-02")
    require(not ctx.has(reference_path(m)), 4024, "VR-03")
    require(is_amount(m.amount), 4100, "VR-04")
    require(m.payer in recipients_of(award), 4117, "VR-05")
    require(is_day(m.value_date), 4034, "VR-06")
    require(award.received + m.amount <= award.demanded, 4170, "VR-07")
    award.received += m.amount
    programme.recovered += m.amount
    put_recovery(ctx, m, award, receipt=m)
    ctx.put(reference_path(m), Message("TakenValue", number=award.recoveries))
    ctx.put("programme/" + m.programme, programme)


RULES = {"milestone_claim": milestone_claim, "milestone_assess": milestone_assess,
         "disbursement_record": disbursement_record, "disbursement_reverse": disbursement_reverse,
         "recovery_demand": recovery_demand, "recovery_receive": recovery_receive}
