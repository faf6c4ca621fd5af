"""Histories that begin with a plan, for what random records hardly reach: the longest lists.

Each play gives blocks: (time or None, [(operation, record, actor, public key or None)])."""
from curve import key_of, sha256
from encoding import Message
import genesis
from genesis import CAST, CROWD, key_name
from rules_call import proposal_text
from rules_review import review_text

CHUNK = 64  # records of a block
OUTCOMES, MILESTONES, PANEL, PANEL_RECORD, APPROVALS = 256, 64, 256, 32, 128
FUNDER, AGENCY, APPLICANT = (CAST[i][0] for i in range(3))
REVIEWER = key_of(key_name(CAST[8][0], 1)).public
CONSORTIUM = [org for org, roles, _ in CAST if genesis.APPLICANT in roles]
PLACE = {"programme": "P" * 64, "call": "C" * 64}
CRITERIA = [("k", 10000, 10)]


def chunks(items):
    for start in range(0, len(items), CHUNK):
        yield items[start:start + CHUNK]


def programme(records, awards):
    yield None, [("programme_create", Message(
        "ProgrammeCreate", id=PLACE["programme"], funder=FUNDER, agency=AGENCY, titles=records.names(),
        currency="CNY", budget=2**63 - 1, max_awards=awards, period=records.whole_period()), FUNDER, None)]


def call_terms(records):
    now = records.model.time
    criteria = [Message("Criterion", code=code, weight=weight, max=most) for code, weight, most in CRITERIA]
    review = Message("ReviewTerms", panel_min=1, quorum=1, criteria=criteria, threshold=50000)
    return Message("CallTerms", titles=records.names(), opens=now, deadline=now + 20000,
                   reveal_until=now + 40000, review_until=now + 60000, objection_ms=1000, award_min=1,
                   award_max=2**60, budget=2**62, max_awards=3, proposals_per_applicant=2**32 - 1,
                   review=review)


def call(records):
    terms = call_terms(records)
    yield None, [("call_publish", Message("CallPublish", **PLACE, terms=terms), AGENCY, None)]
    return terms


def proposals(records, terms):
    """As many as a decision can hold."""
    sealed, opened = [], []
    for number in range(1, OUTCOMES + 1):
        members = CONSORTIUM if number <= 4 else [APPLICANT]
        content = Message("ProposalContent", titles=records.names(), requested=2**60,
                          consortium=records.recipients(members))
        commit, salt = Message("ProposalCommit", **PLACE), records.fresh()
        commit.commitment = sha256(proposal_text(records.model.chain, commit, APPLICANT, content, salt))
        sealed.append(("proposal_commit", commit, APPLICANT, None))
        reveal = Message("ProposalReveal", **PLACE, proposal=number, salt=salt, content=content)
        opened.append(("proposal_reveal", reveal, APPLICANT, None))
    yield from ((None, some) for some in chunks(sealed))
    yield terms.deadline, []
    yield from ((None, some) for some in chunks(opened))


def reviews(records, terms):
    """One of each proposal; the first three reach the threshold."""
    yield None, [("panel_appoint", Message("PanelAppoint", **PLACE, reviewers=[REVIEWER]), AGENCY, None)]
    yield terms.reveal_until, []
    sealed, opened = [], []
    for number in range(1, OUTCOMES + 1):
        score = Message("Score", criterion="k", value=5 if number <= 3 else 4)
        content, salt = Message("ReviewContent", scores=[score]), records.fresh()
        commit = Message("ReviewCommit", **PLACE, proposal=number)
        commit.commitment = sha256(review_text(records.model.chain, commit, REVIEWER, content, salt))
        sealed.append(("review_commit", commit, CAST[8][0], REVIEWER))
        reveal = Message("ReviewReveal", **PLACE, proposal=number, salt=salt, content=content)
        opened.append(("review_reveal", reveal, CAST[8][0], REVIEWER))
    yield from ((None, some) for some in chunks(sealed))
    yield terms.review_until, []
    yield from ((None, some) for some in chunks(opened))


def decision(records, terms):
    outcomes = [Message("ProposalOutcome", proposal=number, outcome=1, amount=2**60) if number <= 3 else
                Message("ProposalOutcome", proposal=number, outcome=2) for number in range(1, OUTCOMES + 1)]
    yield None, [("decision_publish", Message("DecisionPublish", **PLACE, outcomes=outcomes), AGENCY, None)]
    ends = records.model.time + terms.objection_ms
    milestones = [Message("Milestone", number=i + 1, amount=2**54, due="2028-02-29",
                          criteria_sha256=records.fresh()) for i in range(MILESTONES)]
    grants = [("award_grant", Message(
        "AwardGrant", **PLACE, proposal=number, recipients=records.recipients(CONSORTIUM), amount=2**60,
        period=records.whole_period(), milestones=milestones, titles=records.names()), AGENCY, None)
        for number in (1, 2, 3, 4)]
    yield ends - 1, grants[:1]
    yield ends, grants


def large(records):
    yield from programme(records, 2**32 - 1)
    terms = yield from call(records)
    yield from proposals(records, terms)
    yield from reviews(records, terms)
    yield from decision(records, terms)


def full_panel(records):
    """One reviewer too many at the end."""
    keys = [key_of(key_name(org, k)).public for org, _, _ in CROWD for k in (1, 2)][:PANEL + 1]
    several = [keys[start:start + PANEL_RECORD] for start in range(0, PANEL, PANEL_RECORD)]
    yield None, [("panel_appoint", Message("PanelAppoint", **PLACE, reviewers=some), AGENCY, None)
                 for some in several + [keys[PANEL:]]]


def approvals():
    """One too many at the end, of a motion that asks for still more."""
    suspend = Message("OrgStatusChange", org=CAST[5][0], status=1)
    yield None, [("motion_open", (suspend, "org_status"), FUNDER, None)]
    approve = Message("MotionApprove", motion=1)
    yield from ((None, [("motion_approve", approve, org, None) for org in some])
                for some in chunks([org for org, _, _ in CROWD[:APPROVALS + 1]]))


def crowd(records):
    yield from approvals()
    yield from programme(records, 10)
    yield from call(records)
    yield from full_panel(records)


PLAYS = {"large": large, "crowd": crowd}
