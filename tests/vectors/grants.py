"""Good records of calls, reviews, awards and content, what they seal, and the state values that follow."""
from reference import Packed, message as m, sha256

PROGRAMME, CALL = "CN-BJ-I3", "2026-A"
HASH = sha256(b"content")
SALT = sha256(b"salt")
REASON = sha256(b"reason")
NAMES = m((1, "示例"), (2, "Example"))
PERIOD = m((1, "2026-01-01"), (2, "2027-12-31"))
NAMED = [(1, PROGRAMME), (2, CALL)]
HALVES = lambda orgs: [m((1, orgs[4]), (2, 5000)), m((1, orgs[3]), (2, 5000))]
REF = m((1, HASH), (2, 2))
LARGEST = 2**63 - 1


def document(role):
    return m((1, sha256(role.encode())), (2, 1234), (3, "application/pdf"), (4, role))


def terms():
    criteria = [m((1, "merit"), (2, 6000), (3, 100), (4, NAMES)), m((1, "plan"), (2, 4000), (3, 10))]
    review = m((1, 3), (2, 2), (3, criteria), (4, 320000))
    return m((1, NAMES), (2, 1763900000000), (3, 1764000000000), (4, 1764100000000), (5, 1764200000000),
             (6, 864000000), (7, 1000), (8, 500000000), (9, 3000000000), (10, 6), (11, 2),
             (12, m((1, "CN-USCI"), (2, "1101"))), (13, ["gen-ai", "industry"]), (14, review),
             (15, [document("call")]))


def proposal_content(orgs):
    return m((1, NAMES), (2, "gen-ai"), (3, 400000000), (4, HALVES(orgs)), (5, [document("plan"), document("cv")]))


def review_content():
    return m((1, [m((1, "merit"), (2, 77)), m((1, "plan"))]), (2, sha256(b"comment")))


def commitments(chain, orgs, reviewer):
    """What proposal.commit, review.commit and content.commit of these vectors hold."""
    begin = lambda kind: f"stele/v1 {kind}\nchain {chain.hex()}\n"
    named = f"programme {PROGRAMME}\ncall {CALL}\n"
    end = lambda content: f"content {content.hex()}\nsalt {SALT.hex()}\n"
    proposal, review = proposal_content(orgs), review_content()
    rows = [("proposal", proposal, f"{begin('proposal')}{named}organisation {orgs[4]}\n{end(sha256(proposal))}"),
            ("review", review, f"{begin('review')}{named}proposal 7\nreviewer {reviewer.public.hex()}\n"
                               f"{end(sha256(review))}"),
            ("content", HASH, f"{begin('content.commit')}organisation {orgs[4]}\n{end(HASH)}")]
    return [{"kind": kind, "programme": PROGRAMME, "call": CALL, "organisation": orgs[4], "proposal": 7,
             "reviewer": reviewer.public.hex(), "content": content.hex(), "salt": SALT.hex(), "text": text,
             "commitment": sha256(text.encode()).hex()} for kind, content, text in rows]


def milestone(number, due, amount):
    return m((1, number), (2, due), (3, amount), (4, sha256(b"criteria %d" % number)))


def objection():
    return m(*NAMED, (3, 7), (4, sha256(b"grounds")))


def demand():
    return m((1, PROGRAMME), (2, 1), (3, 90000), (4, "2027-08-31"), (5, REASON))


def receipt(orgs):
    return m((1, PROGRAMME), (2, 1), (3, 90000), (4, orgs[4]), (5, "2027-08-30"), (6, sha256(b"back")))


def propagation(orgs):
    return m((1, REF), (2, "0011" + orgs[4][8:] + "00001"), (3, "id-3"), (4, REASON))


def rollup():
    return m((1, sha256(b"root")), (2, 2**40), (3, "frames of a day"))


def programme_operations():
    amend = m((1, PROGRAMME), (2, 1), (3, NAMES), (4, 7000000000), (5, 14), (6, PERIOD),
              (7, [m((1, "gen-ai"), (2, NAMES)), m((1, "industry"))]), (8, "Example call, section 3"),
              (9, [document("terms")]), (10, REASON))
    return [("programme amended", "programme.amend", 41, amend),
            ("programme closed", "programme.close", 42, m((1, PROGRAMME), (2, REASON))),
            ("call", "call.publish", 43, m(*NAMED, (3, terms()))),
            ("call amended", "call.amend", 44, m(*NAMED, (3, 1), (4, terms()), (5, REASON))),
            ("call cancelled", "call.cancel", 45, m(*NAMED, (3, REASON)))]


def panel_operations(reviewers):
    outcomes = [m((1, 7), (2, 1), (3, 400000000)), m((1, 8), (2, 2))]
    return [("panel", "panel.appoint", 49, m(*NAMED, (3, [key.public for key in reviewers]))),
            ("decision", "decision.publish", 53, m(*NAMED, (3, outcomes), (4, sha256(b"minutes")))),
            ("objection upheld", "objection.resolve", 55, m(*NAMED, (3, 1), (4, 1), (5, REASON))),
            ("objection dismissed", "objection.resolve", 55, m(*NAMED, (3, 2)))]


def award_operations(orgs):
    amend = m((1, PROGRAMME), (2, 1), (3, 1), (4, 400000000), (5, PERIOD), (6, sha256(b"terms")),
              (7, [milestone(1, "2026-06-30", 100000000), milestone(2, "2027-06-30", 300000000)]), (8, REASON))
    step = m((1, PROGRAMME), (2, 1), (3, REASON))
    return [("award amended", "award.amend", 62, amend),
            ("milestone met in part", "milestone.assess", 65,
             m((1, PROGRAMME), (2, 1), (3, 2), (4, 2), (5, 150000000), (6, REASON))),
            ("payment reversed", "disbursement.reverse", 67, m((1, PROGRAMME), (2, 1), (3, 1), (4, REASON))),
            ("award suspended", "award.suspend", 68, step), ("award resumed", "award.resume", 69, step),
            ("award terminated", "award.terminate", 70, m((1, PROGRAMME), (2, 1), (3, 90000), (4, REASON))),
            ("award completed", "award.complete", 71, step),
            ("award closed", "award.close", 72, m((1, PROGRAMME), (2, 1))),
            ("recovery demanded", "recovery.demand", 73, demand()),
            ("recovery received", "recovery.receive", 74, receipt(orgs))]


def carried(orgs, reviewers):
    """(name, operation, number, record) of what a motion can carry."""
    return programme_operations() + panel_operations(reviewers) + award_operations(orgs)


def bare(chain, orgs, reviewers):
    """The same of what no motion carries: by (purpose, name, operation, number, record)."""
    sealed = {row["kind"]: bytes.fromhex(row["commitment"]) for row in commitments(chain, orgs, reviewers[0])}
    proposal = [*NAMED, (3, 7)]
    return [("grant", "proposal sealed", "proposal.commit", 46, m(*NAMED, (3, sealed["proposal"]))),
            ("grant", "proposal withdrawn", "proposal.withdraw", 47, m(*proposal)),
            ("grant", "proposal opened", "proposal.reveal", 48, m(*proposal, (4, SALT), (5, proposal_content(orgs)))),
            ("review", "conflict", "coi.declare", 50, m(*proposal, (4, REASON))),
            ("review", "review sealed", "review.commit", 51, m(*proposal, (4, sealed["review"]))),
            ("review", "review opened", "review.reveal", 52, m(*proposal, (4, SALT), (5, review_content()))),
            ("grant", "objection", "objection.file", 54, objection()),
            ("grant", "amended terms accepted", "award.accept", 61, m((1, PROGRAMME), (2, 2), (3, 1))),
            ("grant", "milestone claimed", "milestone.claim", 64,
             m((1, PROGRAMME), (2, 1), (3, 2), (4, [REF, m((1, sha256(b"new")), (2, 1))]))),
            ("grant", "content sealed", "content.commit", 80, m((1, sealed["content"]))),
            ("grant", "anchor that opens a commitment", "content.anchor", 81, m((1, HASH), (15, SALT))),
            ("grant", "roll-up", "content.rollup", 83, rollup()),
            ("grant", "propagation", "content.propagate", 84, propagation(orgs)),
            ("grant", "delegation", "content.delegate", 87, m((1, orgs[3]))),
            ("grant", "delegation ended", "content.delegate", 87, m((1, orgs[3]), (2, 1)))]


def values(chain, orgs, reviewers, grant):
    """(key, type, value)"""
    named, h = f"{PROGRAMME}/{CALL}", HASH.hex()
    sealed = {row["kind"]: bytes.fromhex(row["commitment"]) for row in commitments(chain, orgs, reviewers[0])}
    numbers = [(number, LARGEST) for number in range(6, 21)]
    call = [(1, PROGRAMME), (2, CALL), (3, terms())]
    return [
        (f"call/{named}", 0x13, m(*call, (6, 9), (7, 8), (8, 8), (9, 1), (10, 400000000), (11, 1), (12, 1),
                                  (13, 400000000), (14, 3), (15, 2), (16, 1), (17, 50), (18, 4), (19, 1))),
        (f"call/{PROGRAMME}/largest", 0x13, m(*call, (4, LARGEST), (5, 1), *numbers)),
        (f"proposal/{named}/6", 0x14, m((1, 6), (2, orgs[4]), (3, sealed["proposal"]), (16, 51))),
        (f"proposal/{named}/7", 0x14, m((1, 7), (2, orgs[4]), (3, sealed["proposal"]), (4, 3),
                                        (5, proposal_content(orgs)), (6, 3), (7, 2), (8, 924000), (9, 400000000),
                                        (10, 1), (11, 1764200000001), (12, 60), (13, 5), (14, 1), (15, 1), (16, 52),
                                        (17, 60))),
        (f"party/{named}/{orgs[4]}", 0x15, m((1, 2), (2, 1))), (f"party/{named}/{orgs[3]}", 0x15, b""),
        (f"panel/{named}/1", 0x16, m((1, reviewers[0].public), (2, orgs[2]), (3, 53), (4, 6))),
        (f"reviewer/{named}/{sha256(reviewers[0].public).hex()}", 0x0A, m((1, 1))),
        (f"review/{named}/7/1", 0x17, m((3, sealed["review"]), (4, review_content()), (5, 462000), (6, 54), (7, 55))),
        (f"review/{named}/7/2", 0x17, m((1, 1), (2, REASON), (3, sealed["review"]), (6, 56), (7, 57))),
        (f"objection/{named}/1", 0x18, m((1, objection()), (2, orgs[3]), (3, 2), (4, 1), (5, REASON),
                                         (6, 1764200000002), (7, 61), (8, 62), (9, 7))),
        (f"objected/{named}/7/1/{orgs[3]}", 0x0A, m((1, 1))),
        (f"milestone/{PROGRAMME}/1/2", 0x19, m((1, 2), (2, 3), (3, [REF]), (4, 2), (5, 150000000), (6, 63), (7, 64),
                                              (8, 8))),
        (f"recovery/{PROGRAMME}/1/1", 0x1A, m((1, demand()), (3, 65), (4, 9), (5, 1))),
        (f"recovery/{PROGRAMME}/1/2", 0x1A, m((2, receipt(orgs)), (3, 66), (5, 2))),
        (f"award/{PROGRAMME}/2", 0x11, m((1, grant), (3, 6), (4, Packed([1])), (5, 250000), (6, 250000),
                                         (7, 150000000), (8, 1), (9, 2), (10, 13), (11, 1), (12, 2), (13, 1),
                                         (14, 90000), (15, 90000), (16, 2), (17, 1), (18, 90000), (19, 67))),
        (f"content/{sha256(b'sealed').hex()}", 0x20, m((1, orgs[3]), (2, 68), (9, 2), (10, 2), (11, 1764200000003),
                                                       (12, 68), (13, 59))),
        (f"delegation/{orgs[4]}/{orgs[3]}", 0x22, m((1, 1), (2, 69))),
        (f"delegation-no/{orgs[4]}/1", 0x04, m((1, f"delegation/{orgs[4]}/{orgs[3]}"))),
        (f"commit/{orgs[4]}/{sealed['content'].hex()}", 0x23, m((1, 59), (2, 1764200000000), (3, REF))),
        (f"rollup/{orgs[4]}/1", 0x24, m((1, rollup()), (2, 70), (3, 1764200000004))),
        (f"propagation/{h}/2/1", 0x25, m((1, propagation(orgs)), (2, orgs[4]), (3, 71), (4, 1764200000005)))]
