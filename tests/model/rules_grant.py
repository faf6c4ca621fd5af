"""Programmes, awards and payments: G, A, B, I and D of docs/ledger.md section 7."""
from context import AGENCY, FUNDER, INT64_MAX, VALUE_MAX, require
from curve import sha256
from encoding import Message, encode
from words import CURRENCIES, SCHEMES, is_day, split_id

GRANTED, ACTIVE, IMPORTED = 1, 2, 7


def is_amount(value):
    return 0 < value <= INT64_MAX


def is_period(period):
    return is_day(period.start) and is_day(period.end) and period.end >= period.start


def check_programme(m):
    require(CURRENCIES[m.currency], 4035)  # G-05
    require(is_amount(m.budget) and m.max_awards > 0, 4100)  # G-06
    require(is_period(m.period), 4034)  # G-07
    codes = [area.code for area in m.areas]
    require(len(set(codes)) == len(codes), 4105)  # G-08
    if m.eligibility:
        scheme = m.eligibility.scheme
        require(not scheme or scheme in SCHEMES, 4031)
        require(not scheme or not m.eligibility.division_prefix or scheme == "CN-USCI", 4031)  # G-09


def full_programme(value):
    """The largest that it can become."""
    return Message("ProgrammeValue", **value.fields, awards=INT64_MAX, live_awards=INT64_MAX,
                   committed=INT64_MAX, paid=INT64_MAX, recovered=INT64_MAX, closed=1)


def programme_create(ctx, m):
    require(not ctx.has("programme/" + m.id), 4022)  # G-01
    for org, role in ((m.funder, FUNDER), (m.agency, AGENCY)):
        ctx.org(org)  # G-02
        require(ctx.has_role(org, role), 4001)  # G-03
    require(ctx.actor == m.funder, 4101)  # G-04
    check_programme(m)
    number = ctx.next_number("count/programme")
    value = ctx.stamp(Message("ProgrammeValue", programme=m, number=number))
    require(1 + len(encode(full_programme(value))) <= VALUE_MAX, 4033)  # G-10
    ctx.put("programme/" + m.id, value)
    ctx.put(f"programme-no/{number}", Message("NameValue", key="programme/" + m.id))


def open_programme(ctx, name):
    """A-01 to A-03, I-01 to I-03."""
    programme = ctx.need("programme/" + name, "ProgrammeValue", 4011)
    require(ctx.actor == programme.programme.agency, 4102)
    require(not programme.closed, 4103)
    return programme


def check_room(programme, amount):
    require(programme.live_awards + 1 <= programme.programme.max_awards, 4108)  # A-13, I-07
    require(programme.committed + amount <= programme.programme.budget, 4107)  # A-14, I-08


def new_award(ctx, programme, **values):
    """Raises the programme's totals."""
    programme.awards += 1
    programme.live_awards += 1
    award = ctx.stamp(Message("AwardValue", number=programme.awards, **values))
    programme.committed += award.committed
    ctx.put("programme/" + programme.programme.id, programme)
    ctx.put(f"award/{programme.programme.id}/{award.number}", award)
    return award


def check_recipients(ctx, m, eligibility):
    named = set()
    for recipient in m.recipients:
        require(recipient.org not in named, 4105)
        named.add(recipient.org)
        org = ctx.org(recipient.org)
        scheme, code = split_id(recipient.org)
        is_able = org.status == 0
        if eligibility and eligibility.scheme:
            is_able = is_able and scheme == eligibility.scheme
        if eligibility and eligibility.division_prefix:
            is_able = (is_able and scheme == "CN-USCI"
                       and code[2:8].startswith(eligibility.division_prefix))
        require(is_able, 4106)


def check_milestones(m):
    total = 0
    for i, milestone in enumerate(m.milestones):
        require(milestone.number == i + 1, 4111)
        require(not milestone.due or is_day(milestone.due), 4034)
        require(is_amount(milestone.amount), 4100)
        total += milestone.amount
        require(total <= m.amount, 4110)
    require(not m.milestones or total == m.amount, 4110)


def award_grant(ctx, m):
    programme = open_programme(ctx, m.programme)
    terms = programme.programme
    require(not m.call and not m.proposal, 4013)
    codes = [area.code for area in terms.areas]
    require(m.area in codes if codes else not m.area, 4104)
    check_recipients(ctx, m, terms.eligibility)
    require(is_amount(m.amount), 4100)
    shares = [recipient.share for recipient in m.recipients]
    require(all(shares) and sum(shares) == 10000, 4109)
    require(is_period(m.period), 4034)
    require(terms.period.start <= m.period.start and m.period.end <= terms.period.end, 4120)
    check_milestones(m)
    check_room(programme, m.amount)
    award = new_award(ctx, programme, grant=m, state=GRANTED, committed=m.amount)
    for recipient in m.recipients:
        org = ctx.org(recipient.org)
        org.awards += 1
        ctx.put("org/" + org.id, org)
        ctx.put(f"org-award/{org.id}/{org.awards}",
                Message("NameValue", key=f"award/{m.programme}/{award.number}"))


def find_award(ctx, programme, number):
    """B-01, D-01, X-01: (ProgrammeValue, AwardValue)"""
    found = ctx.need("programme/" + programme, "ProgrammeValue", 4011)
    return found, ctx.need(f"award/{programme}/{number}", "AwardValue", 4012)


def recipients_of(award):
    return [recipient.org for recipient in award.grant.recipients] if award.grant else []


def award_accept(ctx, m):
    _, award = find_award(ctx, m.programme, m.award)
    require(award.state != IMPORTED, 4119)  # B-02
    orgs = recipients_of(award)
    require(ctx.actor in orgs, 4113)  # B-03
    place = orgs.index(ctx.actor) + 1
    require(place not in award.accepted, 4114)  # B-04
    require(award.state == GRANTED, 4112)  # B-05
    award.accepted = sorted(award.accepted + [place])
    if len(award.accepted) == len(orgs):
        award.state = ACTIVE
    ctx.put(f"award/{m.programme}/{m.award}", award)


def award_import(ctx, m):
    programme = open_programme(ctx, m.programme)
    taken = f"import/{m.programme}/{sha256(m.publisher_id.encode()).hex()}"
    require(not ctx.has(taken), 4023)  # I-04
    require(is_amount(m.amount), 4100)  # I-05
    require(is_day(m.date), 4034)  # I-06
    check_room(programme, m.amount)
    award = new_award(ctx, programme, **{"import": m}, state=IMPORTED, committed=m.amount)
    ctx.put(taken, Message("TakenValue", number=award.number))


def check_payment(ctx, m, programme, award):
    leaders = (programme.programme.funder, programme.programme.agency)
    require(ctx.actor in leaders, 4102)  # D-02
    require(award.state != IMPORTED, 4119)  # D-03
    require(award.state != GRANTED, 4118)
    require(award.state == ACTIVE, 4112)  # D-04
    reference = f"reference/{m.programme}/{m.reference_sha256.hex()}"
    require(not ctx.has(reference), 4024)  # D-05
    require(is_amount(m.amount), 4100)  # D-06
    require(m.payer in leaders, 4116)  # D-07
    require(m.payee in recipients_of(award), 4117)  # D-08
    require(is_day(m.value_date), 4034)  # D-09
    check_milestone(award, m.milestone, needed=bool(award.grant.milestones))  # D-10
    payable = award.payable if award.grant.milestones else award.grant.amount
    require(award.paid + m.amount <= payable, 4115)  # D-11
    return reference


def check_milestone(award, number, needed=False):
    """X-03, N-02: 0 or one of the award's; needed: not 0."""
    milestones = award.grant.milestones if award.grant else []
    require(number in [milestone.number for milestone in milestones] + ([] if needed else [0]), 4017)


def disbursement_record(ctx, m):
    programme, award = find_award(ctx, m.programme, m.award)
    reference = check_payment(ctx, m, programme, award)
    award.disbursements += 1
    award.paid += m.amount
    programme.paid += m.amount
    number = award.disbursements
    ctx.put(f"award/{m.programme}/{m.award}", award)
    ctx.put("programme/" + m.programme, programme)
    ctx.put(f"disbursement/{m.programme}/{m.award}/{number}",
            ctx.stamp(Message("DisbursementValue", record=m, number=number)))
    ctx.put(reference, Message("TakenValue", number=number))


RULES = {"programme_create": programme_create, "award_grant": award_grant, "award_accept": award_accept,
         "award_import": award_import, "disbursement_record": disbursement_record}
