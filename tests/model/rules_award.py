"""Awards: A, B, I, F, AA, AS, AR, AC, AX and AT of docs/ledger.md section 7."""
from context import ACTIVE as ACTIVE_ORG, require
from curve import sha256
from encoding import Message
from rules_call import CANCELLED, SELECTED
from rules_programme import find_programme, is_amount, is_eligible, is_period, open_programme
from words import is_day

GRANTED, ACTIVE, SUSPENDED, COMPLETED, TERMINATED, CLOSED, IMPORTED = range(1, 8)


def award_path(m):
    return f"award/{m.programme}/{m.award}"


def call_of(ctx, grant):
    return ctx.get(f"call/{grant.programme}/{grant.call}", "CallValue") if grant.call else None


def put_call(ctx, call):
    ctx.put(f"call/{call.programme}/{call.call}", call)


def proposal_path(grant):
    return f"proposal/{grant.programme}/{grant.call}/{grant.proposal}"


def find_award(ctx, m, rule):
    """B-01, D-01, X-01: (ProgrammeValue, AwardValue)"""
    programme = find_programme(ctx, m.programme, rule)
    return programme, ctx.need(award_path(m), "AwardValue", 4012, rule)


def find_granted(ctx, m, rule):
    """F"""
    programme = find_programme(ctx, m.programme, rule + " F-01")
    award = ctx.need(award_path(m), "AwardValue", 4012, rule + " F-02")
    require(award.state != IMPORTED, 4119, rule + " F-03")
    return programme, award


def recipients_of(award):
    return [recipient.org for recipient in award.grant.recipients] if award.grant else []


def check_shares(recipients, rule):
    shares = [recipient.share for recipient in recipients]
    require(all(shares) and sum(shares) == 10000, 4109, rule)


def check_within(period, outer, rules):
    require(is_period(period), 4034, rules[0])
    require(outer.start <= period.start and period.end <= outer.end, 4120, rules[1])


def check_milestones(m, rule):
    total = 0
    for i, milestone in enumerate(m.milestones):
        require(milestone.number == i + 1, 4111, rule)
        require(not milestone.due or is_day(milestone.due), 4034, rule)
        require(is_amount(milestone.amount), 4100, rule)
        total += milestone.amount
        require(total <= m.amount, 4110, rule)
    require(not m.milestones or total == m.amount, 4110, rule)


def check_milestone(award, number, rule, needed=False):
    """0 or one of the award's; needed: not 0."""
    milestones = award.grant.milestones if award.grant else []
    require(number in [milestone.number for milestone in milestones] + ([] if needed else [0]), 4017, rule)


def selected_proposal(ctx, m):
    """A-15 to A-21: (CallValue, ProposalValue), or None twice."""
    require(bool(m.call) == bool(m.proposal), 4013, "A-04")
    if not m.call:
        return None, None
    call = call_of(ctx, m)
    require(call is not None, 4013, "A-04")
    require(call.state != CANCELLED, 4127, "A-15")
    proposal = ctx.need(proposal_path(m), "ProposalValue", 4130, "A-16")
    require(proposal.state == SELECTED and not proposal.award, 4158, "A-17")
    require(proposal.open_objections == 0
            and ctx.time >= proposal.decided_time + call.terms.objection_ms, 4157, "A-18")
    require(m.recipients == proposal.content.consortium, 4138, "A-19")
    require(m.area == proposal.content.area, 4104, "A-20")
    require(m.amount <= proposal.amount, 4152, "A-21")
    return call, proposal


def check_recipients(ctx, m, eligibility):
    named = set()
    for recipient in m.recipients:
        require(recipient.org not in named, 4105, "A-06")
        named.add(recipient.org)
        org = ctx.org(recipient.org, "A-06")
        require(org.status == ACTIVE_ORG and is_eligible(recipient.org, eligibility), 4106, "A-07")


def check_room(programme, amount, rules):
    require(programme.live_awards + 1 <= programme.programme.max_awards, 4108, rules[0])
    require(programme.committed + amount <= programme.programme.budget, 4107, rules[1])


def new_award(ctx, programme, **values):
    """Raises the programme's totals."""
    programme.awards += 1
    programme.live_awards += 1
    award = ctx.stamp(Message("AwardValue", number=programme.awards, **values))
    programme.committed += award.committed
    ctx.put("programme/" + programme.programme.id, programme)
    ctx.put(f"award/{programme.programme.id}/{award.number}", award)
    return award


def award_grant(ctx, m):
    programme = open_programme(ctx, m.programme, ("A-01", "A-02", "A-03"))
    terms = programme.programme
    call, proposal = selected_proposal(ctx, m)
    codes = [area.code for area in terms.areas]
    require(m.area in codes if codes else not m.area, 4104, "A-05")
    check_recipients(ctx, m, terms.eligibility)
    require(is_amount(m.amount), 4100, "A-08")
    check_shares(m.recipients, "A-09")
    check_within(m.period, terms.period, ("A-10", "A-11"))
    check_milestones(m, "A-12")
    check_room(programme, m.amount, ("A-13", "A-14"))
    programme.open_awards += 1
    award = new_award(ctx, programme, grant=m, state=GRANTED, committed=m.amount)
    if call:
        require(call.live_awards + 1 <= call.terms.max_awards, 4108, "A-22")
        require(call.committed + m.amount <= call.terms.budget, 4107, "A-23")
        call.awards += 1
        call.live_awards += 1
        call.committed += m.amount
        put_call(ctx, call)
        proposal.award = award.number
        ctx.put(proposal_path(m), proposal)
    for recipient in m.recipients:
        org = ctx.org(recipient.org, None)
        org.awards += 1
        ctx.put("org/" + org.id, org)
        ctx.put(f"org-award/{org.id}/{org.awards}",
                Message("NameValue", key=f"award/{m.programme}/{award.number}"))


def award_accept(ctx, m):
    _, award = find_award(ctx, m, "B-01")
    require(award.state != IMPORTED, 4119, "B-02")
    orgs = recipients_of(award)
    require(ctx.actor in orgs, 4113, "B-03")
    place = orgs.index(ctx.actor) + 1
    require(place not in award.accepted, 4114, "B-04")
    require(award.state == GRANTED, 4112, "B-05")
    require(m.version == award.version, 4121, "B-06")
    award.accepted = sorted(award.accepted + [place])
    if len(award.accepted) == len(orgs):
        award.state, award.changed_log_index = ACTIVE, ctx.log_index
    ctx.put(award_path(m), award)


def award_import(ctx, m):
    programme = open_programme(ctx, m.programme, ("I-01", "I-02", "I-03"))
    taken = f"import/{m.programme}/{sha256(m.publisher_id.encode()).hex()}"
    require(not ctx.has(taken), 4023, "I-04")
    require(is_amount(m.amount), 4100, "I-05")
    require(is_day(m.date), 4034, "I-06")
    check_room(programme, m.amount, ("I-07", "I-08"))
    award = new_award(ctx, programme, **{"import": m}, state=IMPORTED, committed=m.amount)
    ctx.put(taken, Message("TakenValue", number=award.number))


def agencys_award(ctx, m, rules, states):
    """The first three rules of what an agency does with an award."""
    programme, award = find_granted(ctx, m, rules[0])
    require(ctx.actor == programme.programme.agency, 4102, rules[1])
    require(award.state in states, 4112, rules[2])
    return programme, award


def milestone_value(ctx, m, number):
    return ctx.get(f"milestone/{m.programme}/{m.award}/{number}", "MilestoneValue")


def is_assessed(value):
    return value is not None and value.result != 0


def award_amend(ctx, m):
    programme, award = agencys_award(ctx, m, ("AA-01", "AA-02", "AA-03"), (GRANTED, ACTIVE, SUSPENDED))
    grant = award.grant.copy()
    require(m.version == award.version + 1, 4121, "AA-04")
    require(is_amount(m.amount), 4100, "AA-05")
    check_within(m.period, programme.programme.period, ("AA-06", "AA-07"))
    check_milestones(m, "AA-08")
    old = {milestone.number: (milestone, milestone_value(ctx, m, milestone.number))
           for milestone in grant.milestones}
    assessed = [milestone for milestone, value in old.values() if is_assessed(value)]
    require(all(milestone in m.milestones for milestone in assessed), 4123, "AA-09")
    require(m.amount >= award.paid, 4122, "AA-10")
    if grant.proposal:
        decided = ctx.get(proposal_path(grant), "ProposalValue").amount
        require(m.amount <= decided, 4152, "AA-11")
    call, more = call_of(ctx, grant), m.amount - award.committed
    require(programme.committed + more <= programme.programme.budget, 4107, "AA-12")
    require(not call or call.committed + more <= call.terms.budget, 4107, "AA-12")
    if award.paid or any(value for _, value in old.values()):
        require(bool(m.milestones) == bool(grant.milestones), 4123, "AA-13")
    for name in ("amount", "period", "terms_sha256", "milestones"):
        setattr(grant, name, getattr(m, name))
    award.grant, award.version, award.committed = grant, m.version, m.amount
    award.changed_log_index = ctx.log_index
    if award.state == GRANTED:
        award.accepted = []
    ctx.put(award_path(m), award)
    add_committed(ctx, programme, call, more)


def add_committed(ctx, programme, call, more):
    programme.committed += more
    ctx.put("programme/" + programme.programme.id, programme)
    if call:
        call.committed += more
        put_call(ctx, call)


def step(ctx, m, award, state):
    award.state, award.changed_log_index = state, ctx.log_index
    ctx.put(award_path(m), award)


def award_suspend(ctx, m):
    _, award = agencys_award(ctx, m, ("AS-01", "AS-02", "AS-03"), (ACTIVE,))
    step(ctx, m, award, SUSPENDED)


def award_resume(ctx, m):
    _, award = agencys_award(ctx, m, ("AR-01", "AR-02", "AR-03"), (SUSPENDED,))
    step(ctx, m, award, ACTIVE)


def award_complete(ctx, m):
    _, award = agencys_award(ctx, m, ("AC-01", "AC-02", "AC-03"), (ACTIVE,))
    require(award.assessed == len(award.grant.milestones), 4168, "AC-04")
    step(ctx, m, award, COMPLETED)


def award_close(ctx, m):
    programme, award = agencys_award(ctx, m, ("AX-01", "AX-02", "AX-03"), (COMPLETED, TERMINATED))
    step(ctx, m, award, CLOSED)
    programme.open_awards -= 1
    ctx.put("programme/" + m.programme, programme)


def award_terminate(ctx, m):
    programme, award = agencys_award(ctx, m, ("AT-01", "AT-02", "AT-03"), (GRANTED, ACTIVE, SUSPENDED))
    require(m.unspent <= award.paid, 4171, "AT-04")
    call, more = call_of(ctx, award.grant), award.paid - award.committed
    award.committed, award.unspent, award.terminated = award.paid, m.unspent, 1
    step(ctx, m, award, TERMINATED)
    programme.live_awards -= 1
    if call:
        call.live_awards -= 1
    add_committed(ctx, programme, call, more)


RULES = {"award_grant": award_grant, "award_accept": award_accept, "award_import": award_import,
         "award_amend": award_amend, "award_suspend": award_suspend, "award_resume": award_resume,
         "award_complete": award_complete, "award_close": award_close, "award_terminate": award_terminate}
