"""Calls and proposals: CP, CA, CC, L, PC, PW and PR of docs/ledger.md section 7."""
from context import ACTIVE, APPLICANT, INT64_MAX, require
from curve import sha256
from encoding import Message, encode
from rules_programme import (are_distinct, check_size, is_amount, is_eligible, is_known_eligibility,
                             open_programme, scheme_and_prefix)

CANCELLED = 1
COMMITTED, WITHDRAWN, REVEALED, SELECTED, DECLINED = range(5)
YEAR_MS = 365 * 86400 * 1000


def call_path(m):
    return f"call/{m.programme}/{m.call}"


def check_times(ctx, t):
    require(t.opens < t.deadline < t.reveal_until < t.review_until and ctx.time < t.deadline
            and t.review_until <= ctx.time + 10 * YEAR_MS and t.objection_ms <= YEAR_MS, 4125, "CP-05")


def check_review_terms(review):
    criteria = review.criteria
    require(all(c.weight > 0 and 0 < c.max <= 1000000 for c in criteria)
            and sum(c.weight for c in criteria) == 10000
            and 0 < review.quorum <= review.panel_min <= 256
            and review.threshold <= sum(c.weight * c.max for c in criteria), 4126, "CP-10")


def check_terms(ctx, t, programme):
    """CP-05 to CP-10."""
    terms = programme.programme
    check_times(ctx, t)
    require(0 < t.award_min <= t.award_max <= t.budget <= INT64_MAX and t.max_awards > 0
            and t.proposals_per_applicant > 0, 4100, "CP-06")
    scheme, prefix = scheme_and_prefix(t.eligibility)
    outer_scheme, outer_prefix = scheme_and_prefix(terms.eligibility)
    require(is_known_eligibility(t.eligibility), 4031, "CP-07")
    require((not outer_scheme or scheme == outer_scheme)
            and prefix.startswith(outer_prefix) and t.max_awards <= terms.max_awards, 4129, "CP-07")
    codes, seen = [area.code for area in terms.areas], set()
    for area in t.areas:
        require(area in codes, 4104, "CP-08")
        require(area not in seen, 4105, "CP-09")
        seen.add(area)
    require(are_distinct([c.code for c in t.review.criteria]), 4105, "CP-09")
    check_review_terms(t.review)


def call_publish(ctx, m):
    programme = open_programme(ctx, m.programme, ("CP-01", "CP-02", "CP-03"))
    require(not ctx.has(call_path(m)), 4026, "CP-04")
    check_terms(ctx, m.terms, programme)
    require(programme.call_budgets + m.terms.budget <= programme.programme.budget, 4107, "CP-11")
    programme.calls += 1
    programme.call_budgets += m.terms.budget
    call = ctx.stamp(Message("CallValue", programme=m.programme, call=m.call, terms=m.terms,
                             number=programme.calls))
    check_size(call, "CP-12", state=CANCELLED)
    ctx.put(call_path(m), call)
    ctx.put(f"call-no/{m.programme}/{programme.calls}", Message("NameValue", key=call_path(m)))
    ctx.put("programme/" + m.programme, programme)


def agencys_call(ctx, m, rules):
    """CA-01 to CA-05, CC-01 to CC-05: (ProgrammeValue, CallValue)"""
    programme = open_programme(ctx, m.programme, rules)
    call = ctx.need(call_path(m), "CallValue", 4013, rules[3])
    require(call.state != CANCELLED, 4127, rules[4])
    return programme, call


def call_amend(ctx, m):
    programme, call = agencys_call(ctx, m, ["CA-0%d" % i for i in range(1, 6)])
    old, new = call.terms, m.terms
    require(m.version == call.version + 1, 4121, "CA-06")
    require(ctx.time < old.deadline, 4132, "CA-07")
    require(new.deadline >= old.deadline and (old.opens > ctx.time or new.opens <= old.opens), 4125, "CA-08")
    check_terms(ctx, new, programme)
    call.terms, call.version, call.changed_log_index = new, m.version, ctx.log_index
    programme.call_budgets += new.budget - old.budget
    require(programme.call_budgets <= programme.programme.budget, 4107, "CA-09")
    check_size(call, "CP-12", state=CANCELLED)
    ctx.put(call_path(m), call)
    ctx.put("programme/" + m.programme, programme)


def call_cancel(ctx, m):
    programme, call = agencys_call(ctx, m, ["CC-0%d" % i for i in range(1, 6)])
    require(call.awards == 0, 4128, "CC-06")
    programme.call_budgets -= call.terms.budget
    call.state, call.changed_log_index = CANCELLED, ctx.log_index
    ctx.put(call_path(m), call)
    ctx.put("programme/" + m.programme, programme)


class Place:
    """What a record about a call names: L."""

    def __init__(self, ctx, m, rule):
        self.programme = ctx.need("programme/" + m.programme, "ProgrammeValue", 4011, rule + " L-01")
        require(not self.programme.closed, 4103, rule + " L-02")
        self.path = f"{m.programme}/{m.call}"
        self.call = ctx.need("call/" + self.path, "CallValue", 4013, rule + " L-03")
        require(self.call.state != CANCELLED, 4127, rule + " L-04")
        self.terms = self.call.terms

    def proposal(self, ctx, number, rule):
        return ctx.need(self.proposal_path(number), "ProposalValue", 4130, rule)

    def proposal_path(self, number):
        return f"proposal/{self.path}/{number}"

    def party(self, ctx, org):
        return ctx.get(f"party/{self.path}/{org}", "PartyValue") or Message("PartyValue")

    def put_party(self, ctx, org, party):
        ctx.put(f"party/{self.path}/{org}", party)

    def put_call(self, ctx):
        ctx.put("call/" + self.path, self.call)


def place_with_proposal(ctx, m, rule):
    place = Place(ctx, m, rule)
    return place, place.proposal(ctx, m.proposal, rule + " L-05")


def proposal_commit(ctx, m):
    place = Place(ctx, m, "PC-01")
    require(place.terms.opens <= ctx.time, 4131, "PC-02")
    require(ctx.time < place.terms.deadline, 4132, "PC-03")
    require(is_eligible(ctx.actor, place.terms.eligibility), 4106, "PC-04")
    party = place.party(ctx, ctx.actor)
    require(party.proposals < place.terms.proposals_per_applicant, 4136, "PC-05")
    party.proposals += 1
    place.put_party(ctx, ctx.actor, party)
    place.call.proposals += 1
    place.put_call(ctx)
    ctx.put(place.proposal_path(place.call.proposals), Message(
        "ProposalValue", number=place.call.proposals, org=ctx.actor, commitment=m.commitment,
        state=COMMITTED, log_index=ctx.log_index))


def proposal_withdraw(ctx, m):
    place, proposal = place_with_proposal(ctx, m, "PW-01")
    require(proposal.org == ctx.actor, 4134, "PW-02")
    require(ctx.time < place.terms.deadline, 4132, "PW-03")
    require(proposal.state == COMMITTED, 4135, "PW-04")
    proposal.state, proposal.changed_log_index = WITHDRAWN, ctx.log_index
    ctx.put(place.proposal_path(m.proposal), proposal)
    party = place.party(ctx, ctx.actor)
    party.proposals -= 1
    place.put_party(ctx, ctx.actor, party)


def proposal_text(chain, m, org, content, salt):
    return (f"stele/v1 proposal\nchain {chain.hex()}\nprogramme {m.programme}\ncall {m.call}\n"
            f"organisation {org}\ncontent {sha256(encode(content)).hex()}\nsalt {salt.hex()}\n").encode()


def check_consortium(ctx, members, eligibility):
    named = set()
    for member in members:
        require(member.org not in named, 4105, "PR-08")
        named.add(member.org)
        org = ctx.org(member.org, "PR-08")
        require(is_eligible(member.org, eligibility) and org.status == ACTIVE, 4106, "PR-08")
    require(ctx.actor in named, 4138, "PR-09")
    shares = [member.share for member in members]
    require(all(shares) and sum(shares) == 10000, 4109, "PR-10")
    for member in members:
        require(member.org == ctx.actor or ctx.has_role(member.org, APPLICANT), 4106, "PR-11")


def proposal_reveal(ctx, m):
    place, proposal = place_with_proposal(ctx, m, "PR-01")
    terms, content = place.terms, m.content
    require(proposal.org == ctx.actor, 4134, "PR-02")
    require(terms.deadline <= ctx.time < terms.reveal_until, 4133, "PR-03")
    require(proposal.state == COMMITTED, 4135, "PR-04")
    text = proposal_text(ctx.chain, m, ctx.actor, content, m.salt)
    require(sha256(text) == proposal.commitment, 4137, "PR-05")
    areas = terms.areas or [area.code for area in place.programme.programme.areas]
    require(content.area in areas if areas else not content.area, 4104, "PR-06")
    require(terms.award_min <= content.requested <= terms.award_max, 4139, "PR-07")
    check_consortium(ctx, content.consortium, terms.eligibility)
    proposal.state, proposal.content, proposal.changed_log_index = REVEALED, content, ctx.log_index
    ctx.put(place.proposal_path(m.proposal), proposal)
    place.call.revealed += 1
    place.put_call(ctx)
    for member in content.consortium:
        party = place.party(ctx, member.org)
        party.revealed += 1
        place.put_party(ctx, member.org, party)


RULES = {"call_publish": call_publish, "call_amend": call_amend, "call_cancel": call_cancel,
         "proposal_commit": proposal_commit, "proposal_withdraw": proposal_withdraw,
         "proposal_reveal": proposal_reveal}
