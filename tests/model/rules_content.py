"""Claims on content and notes: C, X, T, S, W and N of docs/ledger.md section 7."""
from context import require
from encoding import Message
from rules_grant import IMPORTED, check_milestone, find_award, recipients_of
from words import split_id

CAMERAS = (1, 2, 3, 4, 7)
LIVE, SUPERSEDED, WITHDRAWN = 0, 1, 2


def claim_path(content, k):
    return f"content/{content.hex()}" if k == 1 else f"claim/{content.hex()}/{k}"


def find_claim(ctx, content, k):
    """None where there is none."""
    return ctx.get(claim_path(content, k), "ClaimValue") if k else None


def check_link(ctx, link):
    if link is None:
        return
    _, award = find_award(ctx, link.programme, link.award)
    require(award.state != IMPORTED and ctx.actor in recipients_of(award), 4206)
    check_milestone(award, link.milestone)


def add_claim(ctx, item, entry):
    head = find_claim(ctx, item.sha256, 1)
    claim = Message("ClaimValue", org=ctx.actor, log_index=ctx.log_index, size=item.size,
                    media_type=item.media_type, state=LIVE, entry=entry, time=ctx.time)
    if head is None:
        claim.claims = claim.first_claim = 1
        ctx.put(claim_path(item.sha256, 1), claim)
        return
    head.claims += 1
    ctx.put(claim_path(item.sha256, 1), head)
    ctx.put(claim_path(item.sha256, head.claims), claim)


def check_parents(ctx, m):
    seen = set()
    for parent in m.parents:
        require(parent.sha256 != m.sha256, 4203)  # C-02
        what = (parent.sha256, parent.claim, parent.relation)
        require(what not in seen, 4105)  # C-03
        seen.add(what)
        require(parent.claim == 0 or find_claim(ctx, parent.sha256, parent.claim), 4202)  # C-04


def content_anchor(ctx, m):
    require(not m.salt, 4016)  # C-01
    check_parents(ctx, m)
    if m.aigc:
        require(m.aigc.label != "1" or m.source_type not in CAMERAS, 4204)  # C-05
        producer = m.aigc.content_producer.encode()
        if len(producer) == 27:  # C-06
            scheme, code = split_id(ctx.actor)
            require(scheme == "CN-USCI" and producer[4:22] == code.encode(), 4205)
    check_link(ctx, m.award)
    add_claim(ctx, m, 0)


def content_batch(ctx, m):
    contents = [entry.sha256 for entry in ctx.entries]
    require(len(set(contents)) == len(contents), 4207)  # T-01
    check_link(ctx, m.award)
    for i, entry in enumerate(ctx.entries):
        add_claim(ctx, entry, i + 1)


def own_live_claim(ctx, ref):
    """S-01 to S-03, W-01 to W-03."""
    claim = find_claim(ctx, ref.sha256, ref.claim)
    require(claim, 4015)
    require(claim.org == ctx.actor, 4200)
    require(claim.state == LIVE, 4201)
    return claim


def content_supersede(ctx, m):
    claim = own_live_claim(ctx, m.target)
    by = find_claim(ctx, m.by.sha256, m.by.claim)
    require(by and m.by != m.target and by.org == ctx.actor and by.state == LIVE, 4208)  # S-04
    claim.state, claim.superseded_by, claim.changed_log_index = SUPERSEDED, m.by, ctx.log_index
    ctx.put(claim_path(m.target.sha256, m.target.claim), claim)


def content_withdraw(ctx, m):
    claim = own_live_claim(ctx, m.target)
    claim.state, claim.changed_log_index = WITHDRAWN, ctx.log_index
    ctx.put(claim_path(m.target.sha256, m.target.claim), claim)


def note_target(ctx, m):
    """Its key; N-01 and N-02."""
    kind, target = m.member()
    if kind == "org":
        ctx.org(target)
        return f"note/org/{target}"
    if kind == "programme":
        ctx.need("programme/" + target, "ProgrammeValue", 4011)
        return f"note/programme/{target}"
    if kind == "award":
        _, award = find_award(ctx, target.programme, target.award)
        check_milestone(award, target.milestone)
        return f"note/award/{target.programme}/{target.award}"
    require(find_claim(ctx, target.sha256, target.claim), 4015)
    return f"note/content/{target.sha256.hex()}/{target.claim}"


def note_attach(ctx, m):
    path = note_target(ctx, m)
    number = ctx.next_number(path)
    ctx.put(f"{path}/{number}", Message("NoteValue", note=m, org=ctx.actor, log_index=ctx.log_index,
                                        time=ctx.time))


RULES = {"content_anchor": content_anchor, "content_batch": content_batch,
         "content_supersede": content_supersede, "content_withdraw": content_withdraw,
         "note_attach": note_attach}
