"""Content and notes: C, X, T, CM, CR, CG, CD, S, W and N of docs/ledger.md section 7."""
import re

from context import ACTIVE, require
from curve import sha256
from encoding import Message
from rules_award import IMPORTED, check_milestone, find_award, recipients_of

CAMERAS = (1, 2, 3, 4, 7)
LIVE, SUPERSEDED, WITHDRAWN = 0, 1, 2
CODE = re.compile(r"[0-9A-Z]{27}", re.A)  # of GB 45438; anything else is a name
ROLLUP_MAX = 2**40


def claim_path(content, k):
    return f"content/{content.hex()}" if k == 1 else f"claim/{content.hex()}/{k}"


def find_claim(ctx, content, k):
    """None where there is none."""
    return ctx.get(claim_path(content, k), "ClaimValue") if k else None


def check_link(ctx, link):
    if link is None:
        return
    _, award = find_award(ctx, link, "X-01")
    require(award.state != IMPORTED and ctx.actor in recipients_of(award), 4206, "X-02")
    check_milestone(award, link.milestone, "X-03")


def add_claim(ctx, item, entry, rank):
    """Gives its k."""
    head = find_claim(ctx, item.sha256, 1)
    claim = Message("ClaimValue", org=ctx.actor, log_index=ctx.log_index, size=item.size,
                    media_type=item.media_type, state=LIVE, entry=entry, time=ctx.time, rank=rank)
    if head is None:
        claim.claims = claim.first_claim = 1
        claim.first_rank = rank
        ctx.put(claim_path(item.sha256, 1), claim)
        return 1
    head.claims += 1
    if rank < head.first_rank:
        head.first_claim, head.first_rank = head.claims, rank
    ctx.put(claim_path(item.sha256, 1), head)
    ctx.put(claim_path(item.sha256, head.claims), claim)
    return head.claims


def check_parents(ctx, m):
    seen = set()
    for parent in m.parents:
        require(parent.sha256 != m.sha256, 4203, "C-02")
        what = (parent.sha256, parent.claim, parent.relation)
        require(what not in seen, 4105, "C-03")
        seen.add(what)
        require(parent.claim == 0 or find_claim(ctx, parent.sha256, parent.claim), 4202, "C-04")


def check_code(ctx, text, rule):
    """C-06: a code holds an identifier that the actor may use."""
    if not CODE.fullmatch(text):
        return
    holder = "CN-USCI-" + text[4:22]
    delegation = ctx.get(f"delegation/{holder}/{ctx.actor}", "DelegationValue")
    lent = delegation is not None and not delegation.is_ended
    may_use = holder == ctx.actor or (lent and ctx.get("org/" + holder, "OrgValue").status == ACTIVE)
    require(text.startswith("0011") and may_use, 4205, rule)


def commitment_text(chain, org, content, salt):
    return (f"stele/v1 content.commit\nchain {chain.hex()}\norganisation {org}\ncontent {content.hex()}\n"
            f"salt {salt.hex()}\n").encode()


def find_commitment(ctx, m):
    """(path, CommitValue), or None twice where the anchor opens none."""
    if not m.salt:
        return None, None
    digest = sha256(commitment_text(ctx.chain, ctx.actor, m.sha256, m.salt))
    path = f"commit/{ctx.actor}/{digest.hex()}"
    commit = ctx.need(path, "CommitValue", 4016, "C-01")
    require(commit.opened_by is None, 4209, "C-07")
    return path, commit


def content_anchor(ctx, m):
    path, commit = find_commitment(ctx, m)
    check_parents(ctx, m)
    if m.aigc:
        require(m.aigc.label != "1" or m.source_type not in CAMERAS, 4204, "C-05")
        check_code(ctx, m.aigc.content_producer, "C-06")
        check_code(ctx, m.aigc.content_propagator, "C-06")
    check_link(ctx, m.award)
    k = add_claim(ctx, m, 0, commit.log_index if commit else ctx.log_index)
    if commit:
        commit.opened_by = Message("ContentRef", sha256=m.sha256, claim=k)
        ctx.put(path, commit)


def content_batch(ctx, m):
    contents = [entry.sha256 for entry in ctx.entries]
    require(len(set(contents)) == len(contents), 4207, "T-01")
    check_link(ctx, m.award)
    for i, entry in enumerate(ctx.entries):
        add_claim(ctx, entry, i + 1, ctx.log_index)


def content_commit(ctx, m):
    path = f"commit/{ctx.actor}/{m.commitment.hex()}"
    require(not ctx.has(path), 4028, "CM-01")
    ctx.put(path, Message("CommitValue", log_index=ctx.log_index, time=ctx.time))


def content_rollup(ctx, m):
    require(m.count <= ROLLUP_MAX, 4210, "CR-01")
    number = ctx.next_number(f"rollup/{ctx.actor}")
    ctx.put(f"rollup/{ctx.actor}/{number}",
            Message("RollupValue", record=m, log_index=ctx.log_index, time=ctx.time))


def live_claim(ctx, ref, rules, org=None):
    """Of that organisation, where one is given."""
    claim = find_claim(ctx, ref.sha256, ref.claim)
    require(claim, 4015, rules[0])
    require(org in (None, claim.org), 4200, rules[1])
    require(claim.state == LIVE, 4201, rules[-1])
    return claim


def content_propagate(ctx, m):
    live_claim(ctx, m.target, ("CG-01", "CG-02"))
    check_code(ctx, m.propagator, "CG-03")
    path = f"propagation/{m.target.sha256.hex()}/{m.target.claim}"
    ctx.put(f"{path}/{ctx.next_number(path)}", Message(
        "PropagationValue", record=m, org=ctx.actor, log_index=ctx.log_index, time=ctx.time))


def content_delegate(ctx, m):
    ctx.org(m.org, "CD-01")
    path = f"delegation/{ctx.actor}/{m.org}"
    present = ctx.get(path, "DelegationValue")
    was_ended = present is None or bool(present.is_ended)
    require(m.org != ctx.actor and was_ended != bool(m.is_ended), 4211, "CD-02")
    ctx.put(path, Message("DelegationValue", is_ended=m.is_ended, log_index=ctx.log_index))
    if present is None:
        places = f"delegation-no/{ctx.actor}"
        ctx.put(f"{places}/{ctx.next_number(places)}", Message("NameValue", key=path))


def content_supersede(ctx, m):
    claim = live_claim(ctx, m.target, ("S-01", "S-02", "S-03"), ctx.actor)
    by = find_claim(ctx, m.by.sha256, m.by.claim)
    require(by and m.by != m.target and by.org == ctx.actor and by.state == LIVE, 4208, "S-04")
    claim.state, claim.superseded_by, claim.changed_log_index = SUPERSEDED, m.by, ctx.log_index
    ctx.put(claim_path(m.target.sha256, m.target.claim), claim)


def content_withdraw(ctx, m):
    claim = live_claim(ctx, m.target, ("W-01", "W-02", "W-03"), ctx.actor)
    claim.state, claim.changed_log_index = WITHDRAWN, ctx.log_index
    ctx.put(claim_path(m.target.sha256, m.target.claim), claim)


def note_target(ctx, m):
    """Its key."""
    kind, target = m.member()
    if kind == "org":
        ctx.org(target, "N-01")
        return f"note/org/{target}"
    if kind == "programme":
        ctx.need("programme/" + target, "ProgrammeValue", 4011, "N-01")
        return f"note/programme/{target}"
    if kind == "award":
        _, award = find_award(ctx, target, "N-01")
        check_milestone(award, target.milestone, "N-02")
        return f"note/award/{target.programme}/{target.award}"
    require(find_claim(ctx, target.sha256, target.claim), 4015, "N-01")
    return f"note/content/{target.sha256.hex()}/{target.claim}"


def note_attach(ctx, m):
    path = note_target(ctx, m)
    number = ctx.next_number(path)
    ctx.put(f"{path}/{number}", Message("NoteValue", note=m, org=ctx.actor, log_index=ctx.log_index,
                                        time=ctx.time))


RULES = {"content_anchor": content_anchor, "content_batch": content_batch, "content_commit": content_commit,
         "content_rollup": content_rollup, "content_propagate": content_propagate,
         "content_delegate": content_delegate, "content_supersede": content_supersede,
         "content_withdraw": content_withdraw, "note_attach": note_attach}
