"""Panels, reviews, decisions, objections: NA, NC, RC, RR, DP, OF and OR of docs/ledger.md section 7."""
from context import PURPOSES, REVIEWER, key_path, require
from curve import sha256
from encoding import Message, encode
from rules_call import DECLINED, REVEALED, SELECTED, Place, place_with_proposal

PANEL_MAX = 256
OPEN, UPHELD, DISMISSED = range(3)
CHOSEN = 1  # of the enum Outcome


def check_agency(ctx, place, rule):
    require(ctx.actor == place.programme.programme.agency, 4102, rule)


def reviewer_path(place, public):
    return f"reviewer/{place.path}/{sha256(public).hex()}"


def is_reviewer(ctx, public):
    key = ctx.get(key_path(public), "KeyValue")
    return (key is not None and key.from_height <= ctx.height
            and (not key.revoked_height or ctx.height < key.revoked_height)
            and PURPOSES["review"] in key.purposes and ctx.has_role(key.org, REVIEWER))


def panel_appoint(ctx, m):
    place = Place(ctx, m, "NA-01")
    check_agency(ctx, place, "NA-02")
    require(ctx.time < place.terms.review_until, 4144, "NA-03")
    for public in m.reviewers:
        require(is_reviewer(ctx, public), 4140, "NA-04")
        require(not ctx.has(reviewer_path(place, public)), 4027, "NA-05")
        place.call.reviewers += 1
        key, k = ctx.get(key_path(public), "KeyValue"), place.call.reviewers
        ctx.put(reviewer_path(place, public), Message("TakenValue", number=k))
        ctx.put(f"panel/{place.path}/{k}", ctx.stamp(Message("ReviewerValue", key=public, org=key.org)))
    require(place.call.reviewers <= PANEL_MAX, 4126, "NA-06")
    place.put_call(ctx)


class Review:
    """The signer's, of the proposal that the record names."""

    def __init__(self, ctx, m, first, panel):
        self.place, self.proposal = place_with_proposal(ctx, m, first)
        reviewer = ctx.need(reviewer_path(self.place, ctx.key.key), "TakenValue", 4141, panel)
        self.path = f"review/{self.place.path}/{m.proposal}/{reviewer.number}"
        self.is_new = not ctx.has(self.path)
        self.value = ctx.get(self.path, "ReviewValue") or Message("ReviewValue", log_index=ctx.log_index)

    def put(self, ctx):
        if not self.is_new:
            self.value.changed_log_index = ctx.log_index
        ctx.put(self.path, self.value)


def coi_declare(ctx, m):
    review = Review(ctx, m, "NC-01", "NC-02")
    require(review.value.content is None, 4143, "NC-03")
    require(not review.value.is_conflicted, 4142, "NC-04")
    review.value.is_conflicted, review.value.reason_sha256 = 1, m.reason_sha256
    review.put(ctx)


def review_commit(ctx, m):
    review = Review(ctx, m, "RC-01", "RC-02")
    terms, proposal = review.place.terms, review.proposal
    require(terms.reveal_until <= ctx.time < terms.review_until, 4144, "RC-03")
    require(proposal.state == REVEALED, 4135, "RC-04")
    require(review.place.call.reviewers >= terms.review.panel_min, 4147, "RC-05")
    members = [member.org for member in proposal.content.consortium]
    require(ctx.actor not in members and not review.value.is_conflicted, 4142, "RC-06")
    require(not review.value.commitment, 4143, "RC-07")
    review.value.commitment = m.commitment
    review.put(ctx)
    proposal.reviews += 1
    ctx.put(review.place.proposal_path(m.proposal), proposal)


def review_text(chain, m, public, content, salt):
    return (f"stele/v1 review\nchain {chain.hex()}\nprogramme {m.programme}\ncall {m.call}\n"
            f"proposal {m.proposal}\nreviewer {public.hex()}\ncontent {sha256(encode(content)).hex()}\n"
            f"salt {salt.hex()}\n").encode()


def are_scores(criteria, scores):
    return (len(scores) == len(criteria)
            and all(s.criterion == c.code and s.value <= c.max for c, s in zip(criteria, scores)))


def review_reveal(ctx, m):
    review = Review(ctx, m, "RR-01", "RR-02")
    terms, proposal, value = review.place.terms, review.proposal, review.value
    require(ctx.time >= terms.review_until, 4144, "RR-03")
    require(proposal.state == REVEALED, 4135, "RR-04")
    require(not value.is_conflicted, 4142, "RR-05")
    require(value.commitment, 4145, "RR-06")
    require(value.content is None, 4143, "RR-07")
    text = review_text(ctx.chain, m, ctx.key.key, m.content, m.salt)
    require(sha256(text) == value.commitment, 4137, "RR-08")
    criteria, scores = terms.review.criteria, m.content.scores
    require(are_scores(criteria, scores), 4146, "RR-09")
    value.content = m.content
    value.score = sum(c.weight * s.value for c, s in zip(criteria, scores))
    review.put(ctx)
    proposal.revealed_reviews += 1
    proposal.score += value.score
    ctx.put(review.place.proposal_path(m.proposal), proposal)


def decide(ctx, place, proposal, outcome):
    terms, call = place.terms, place.call
    require(proposal.state == REVEALED, 4135, "DP-06")
    require(proposal.revealed_reviews >= terms.review.quorum, 4150, "DP-07")
    is_selected = outcome.outcome == CHOSEN
    if is_selected:
        require(proposal.score >= terms.review.threshold * proposal.revealed_reviews, 4151, "DP-08")
        require(terms.award_min <= outcome.amount <= proposal.content.requested, 4152, "DP-09")
        call.selected += 1
        call.selected_amount += outcome.amount
        require(call.selected <= terms.max_awards, 4108, "DP-10")
        require(call.selected_amount <= terms.budget, 4107, "DP-11")
    else:
        require(outcome.amount == 0, 4152, "DP-09")
    call.decided += 1
    proposal.state, proposal.amount = SELECTED if is_selected else DECLINED, outcome.amount
    proposal.decisions += 1
    proposal.decided_time, proposal.decided_motion = ctx.time, ctx.motion
    proposal.decided_log_index = proposal.changed_log_index = ctx.log_index
    ctx.put(place.proposal_path(outcome.proposal), proposal)


def decision_publish(ctx, m):
    place, done = Place(ctx, m, "DP-01"), set()
    check_agency(ctx, place, "DP-02")
    require(ctx.time >= place.terms.review_until, 4148, "DP-03")
    for outcome in m.outcomes:
        proposal = place.proposal(ctx, outcome.proposal, "DP-04")
        require(outcome.proposal not in done, 4105, "DP-05")
        done.add(outcome.proposal)
        decide(ctx, place, proposal, outcome)
    place.put_call(ctx)


def is_decided(proposal):
    return proposal.state in (SELECTED, DECLINED)


def objection_file(ctx, m):
    place, proposal = place_with_proposal(ctx, m, "OF-01")
    require(is_decided(proposal), 4135, "OF-02")
    require(place.party(ctx, ctx.actor).revealed > 0, 4153, "OF-03")
    require(ctx.time < proposal.decided_time + place.terms.objection_ms, 4154, "OF-04")
    taken = f"objected/{place.path}/{m.proposal}/{proposal.decisions}/{ctx.actor}"
    require(not ctx.has(taken), 4029, "OF-05")
    place.call.objections += 1
    place.call.open_objections += 1
    proposal.open_objections += 1
    number = place.call.objections
    ctx.put(taken, Message("TakenValue", number=number))
    ctx.put(f"objection/{place.path}/{number}", Message(
        "ObjectionValue", objection=m, org=ctx.actor, state=OPEN, decision=proposal.decisions,
        time=ctx.time, log_index=ctx.log_index))
    ctx.put(place.proposal_path(m.proposal), proposal)
    place.put_call(ctx)


def make_void(ctx, call, proposal):
    call.decided -= 1
    if proposal.state == SELECTED:
        call.selected -= 1
        call.selected_amount -= proposal.amount
    proposal.state, proposal.changed_log_index = REVEALED, ctx.log_index
    proposal.amount = proposal.decided_time = proposal.decided_log_index = proposal.decided_motion = 0


def objection_resolve(ctx, m):
    place = Place(ctx, m, "OR-01")
    check_agency(ctx, place, "OR-02")
    path = f"objection/{place.path}/{m.objection}"
    objection = ctx.need(path, "ObjectionValue", 4155, "OR-03")
    require(objection.state == OPEN, 4156, "OR-04")
    objection.state = UPHELD if m.is_upheld else DISMISSED
    objection.reason_sha256, objection.motion = m.reason_sha256, ctx.motion
    objection.resolved_log_index = ctx.log_index
    ctx.put(path, objection)
    number = objection.objection.proposal
    proposal = place.proposal(ctx, number, None)
    if m.is_upheld and is_decided(proposal) and proposal.decisions == objection.decision:
        make_void(ctx, place.call, proposal)
    proposal.open_objections -= 1
    place.call.open_objections -= 1
    ctx.put(place.proposal_path(number), proposal)
    place.put_call(ctx)


RULES = {"panel_appoint": panel_appoint, "coi_declare": coi_declare, "review_commit": review_commit,
         "review_reveal": review_reveal, "decision_publish": decision_publish,
         "objection_file": objection_file, "objection_resolve": objection_resolve}
