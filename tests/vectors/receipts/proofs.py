"""Proofs of each fact, good and bad, and the line of verdict (docs/receipt.md section 8) on each."""
import good
import trees
from cases import FORM, VERSION, Case, pin_of
from faults_cover import CERTIFICATE, assign, lines_of
from keys import sha256
from plant import drop, flip_hex, put
from proof_scene import Proof, award_value, claims_value, org_value, programme_value
from reference import field, message
from texts import b64

HASH = sha256(b"a content").hex()
PROGRAMME = "programme/P-2026"


def proof_case(name, what, proof, verdict, trust="genesis-1"):
    return Case(name, what, proof, verdict, trust)


def line(finality="pass 0", facts="pass 0", signer="pass 0", former=0):
    return f"finality {finality} facts {facts} signer {signer} former {former}"


PROMISE, PATH = line(facts="fail 7006"), line(facts="fail 7007")
NOT_FINAL = line(finality="fail 7014", signer="open 0")


def award_key(k):
    return f"award/P-2026/{k}"


AWARDS = {
    PROGRAMME: programme_value(3, 2, 1350, 350, 20),
    award_key(1): award_value(1000, paid=200, payable=300, milestones=2),
    award_key(2): award_value(500, committed=50, paid=50, terminated=1, demanded=30, received=20),
    award_key(3): award_value(300, paid=100, imported=True),
}


def awards(first=1, last=3, values=None, total=3, **further):
    """The fact with the entries that it needs, and the absence behind the last where the list ends there."""
    proof = Proof(**further).hold(values or AWARDS)
    keys = [PROGRAMME] + [award_key(k) for k in range(first, last + 1)]
    keys += [award_key(total + 1)] if last == total else []
    return proof.fact({"fact": "awards", "programme": "P-2026", "from": first, "to": last}, *keys)


def org_awards(first=1, last=2, total=2):
    values = {"org/university": org_value(total)}
    values.update({f"org-award/university/{k}": b"\4" + message((1, award_key(k))) for k in range(1, total + 1)})
    keys = ["org/university"] + [f"org-award/university/{k}" for k in range(first, last + 1)]
    keys += [f"org-award/university/{total + 1}"] if last == total else []
    return Proof().hold(values).fact({"fact": "org-awards", "organisation": "university", "from": first, "to": last},
                                     *keys)


def claim_key(k):
    return f"content/{HASH}" if k == 1 else f"claim/{HASH}/{k}"


def claims(first=1, last=2, total=2):
    values = {claim_key(k): claims_value(total if k == 1 else 0) for k in range(1, total + 1)}
    keys = [claim_key(1)] + [claim_key(k) for k in range(max(first, 2), last + 1)]
    keys += [claim_key(total + 1)] if last == total and total else []
    return Proof().hold(values).fact({"fact": "claims", "sha256": HASH, "from": first, "to": last}, *keys)


def evidence(first=1, last=2, total=2):
    values = {f"evidence/{k}": b"\x30" + message((1, "v1")) for k in range(1, total + 1)}
    values.update({"count/evidence": b"\1" + field(1, total)} if total else {})
    keys = ["count/evidence"] + [f"evidence/{k}" for k in range(first, last + 1)]
    keys += [f"evidence/{total + 1}"] if last == total and total else []
    return Proof().hold(values).fact({"fact": "evidence", "from": first, "to": last}, *keys)


def state(key="org/filler-3"):
    return Proof().fact({"fact": "state", "key": key}, key)


def several():
    proof = awards(distance=2, b=1)
    proof.fact({"fact": "state", "key": "org/filler-4"}, "org/filler-4")
    proof.fact({"fact": "state", "key": "org/nobody"}, "org/nobody")
    return proof.rejected(2).inclusion(9).consistency(7)


def cases():
    return good_cases() + bad_forms() + bad_facts() + bad_values() + bad_covers()


def good_cases():
    none = programme_value(0, 0, 0, 0, 0)
    rows = [
        ("state", "a value", state()), ("state-absent", "a key that is absent", state("org/nobody")),
        ("awards", "all awards of a programme, whose totals are their sums", awards()),
        ("awards-terminated", "three awards where two may live, for one was terminated",
         awards(1, 3, {**AWARDS, PROGRAMME: programme_value(3, 2, 1350, 350, 20, most=2)})),
        ("awards-first", "the first two of three", awards(1, 2)),
        ("awards-last", "the last of them", awards(3, 3)),
        ("awards-none", "a programme without awards", awards(1, 0, {PROGRAMME: none}, 0)),
        ("org-awards", "all awards of an organisation", org_awards()),
        ("org-awards-first", "the first of them", org_awards(1, 1)),
        ("org-awards-none", "an organisation without awards", org_awards(1, 0, 0)),
        ("claims", "all claims on a content", claims()), ("claims-first", "the first claim", claims(1, 1)),
        ("claims-last", "the second and last claim", claims(2, 2)),
        ("claims-none", "nobody claimed it", claims(1, 0, 0)),
        ("evidence", "all evidence", evidence()), ("evidence-second", "the second and last", evidence(2, 2)),
        ("evidence-none", "no evidence was ever recorded", evidence(1, 0, 0)),
        ("inclusion", "a leaf of the log", Proof().inclusion(9)),
        ("inclusion-genesis", "leaf 0", Proof().inclusion(0)),
        ("consistency", "an older log is a prefix", Proof().consistency(7)),
        ("consistency-same", "the log itself", Proof().consistency(12)),
        ("consistency-power", "a log of eight leaves", Proof().consistency(8)),
        ("rejected", "a rejected transaction", Proof().rejected(3)),
        ("rejected-only", "the only one of its block", Proof().rejected(0, 1)),
    ]
    out = [proof_case(f"good-{name}", what, proof, line()) for name, what, proof in rows]
    return out + [
        proof_case("good-several", "many facts under one header, three heights and a set change", several(), line(former=1)),
        proof_case("good-nobody", "nobody said whom to trust", state(), line(signer="open 7016"), None),
        proof_case("good-ahead", "a pin that is ahead", state(), line(former=1), "pin-one-0-1"),
    ]


def changed(proof, change):
    proof.after.append(change)
    return proof


def bad_forms():
    fact = lambda name, value: put("facts", 0, name)(value)  # noqa: E731
    rows = [
        ("facts-none", "no fact", state(), put("facts")([])),
        ("facts-257", "257 facts", state(), lambda p: p["facts"].extend([p["facts"][0]] * 256)),
        ("fact-unknown", "a fact that there is none of", state(), fact("fact", "balance")),
        ("fact-member", "a member that this fact has not", state(), fact("from", 1)),
        ("fact-no-key", "a fact without its key", state(), drop("facts", 0, "key")),
        ("key", "a key that is none", state(), fact("key", "org//x")),
        ("programme", "a programme that is no segment", awards(), fact("programme", "P/2026")),
        ("organisation", "an organisation of no letters", org_awards(), fact("organisation", "")),
        ("hash", "a content's hash in upper case", claims(), fact("sha256", HASH.upper())),
        ("data-empty", "a leaf of no bytes", Proof().inclusion(9), fact("data", "")),
        ("path-64", "a path of 64 hashes", Proof().inclusion(9), fact("path", ["00" * 32] * 64)),
        ("consistency-127", "a path of 127 hashes", Proof().consistency(7), fact("path", ["00" * 32] * 127)),
        ("consistency-from-0", "a log of no leaves", Proof().consistency(7), fact("from", 0)),
        ("code-large", "a code of 65,536", Proof().rejected(3), fact("code", 65536)),
        ("parcel-large", "a parcel of 2^32", Proof().rejected(3), fact("parcel", 2**32)),
        ("entries-alone", "entries without their tree", state(), drop("tree")),
        ("tree-alone", "a tree without entries", state(), drop("entries")),
        ("entries-empty", "no entry", state(), put("entries")([])),
        ("entries-twice", "an entry twice", state(), lambda p: p["entries"].append(p["entries"][0])),
        ("unknown", "a member that is not listed", state(), lambda p: p.update(note=1)),
        ("set", "a set text that does not parse", state(), put("set")("stele/v1 set\n")),
    ]
    out = [proof_case(f"form-{name}", what, changed(proof, change), FORM) for name, what, proof, change in rows]
    return out + [proof_case("form-version", "a later version", changed(state(), put("stele_proof")(2)), VERSION)]


def less(proof, key):
    proof.status_keys.remove(key)
    return proof


def more(proof, key):
    proof.status_keys.append(key)
    return proof


def bad_facts():
    fact = lambda name, value: put("facts", 0, name)(value)  # noqa: E731
    pieces = lambda f: lambda proof: changed(proof, lambda p: p.update(tree=b64(f(b"".join(proof.pieces)))))  # noqa: E731
    rows = [
        ("state-other", "a fact about a key that is no entry", PROMISE, changed(state(), fact("key", "org/filler-5"))),
        ("entry-needless", "an entry that no fact needs", PROMISE, more(state(), "org/filler-5")),
        ("awards-short", "the absence behind the last award is missing", PROMISE, less(awards(), award_key(4))),
        ("awards-gap", "an award in the middle is missing", PROMISE, less(awards(), award_key(2))),
        ("awards-no-programme", "the programme is missing", PROMISE, less(awards(), PROGRAMME)),
        ("awards-from-0", "a range from 0", PROMISE, changed(awards(), fact("from", 0))),
        ("awards-reversed", "a range that falls", PROMISE, changed(awards(), fact("from", 4))),
        ("awards-beyond", "a range beyond N", PROMISE, changed(awards(), fact("to", 4))),
        ("awards-1-0", "from 1 to 0 where there are awards", PROMISE, changed(awards(), fact("to", 0))),
        ("org-awards-short", "the absence behind the last is missing", PROMISE,
         less(org_awards(), "org-award/university/3")),
        ("claims-short", "the absence behind the last claim is missing", PROMISE, less(claims(), claim_key(3))),
        ("claims-1-0", "from 1 to 0 where there are claims", PROMISE, changed(claims(1, 1), fact("to", 0))),
        ("claims-from-2", "from 2 to 1", PROMISE, changed(claims(), lambda p: p["facts"][0].update({"from": 2, "to": 1}))),
        ("evidence-short", "the absence behind the last evidence is missing", PROMISE, less(evidence(), "evidence/3")),
        ("evidence-no-count", "the count is missing", PROMISE, less(evidence(), "count/evidence")),
        ("inclusion-index", "a leaf at another index", PATH, changed(Proof().inclusion(9), fact("log_index", 8))),
        ("inclusion-beyond", "an index beyond the log", PATH, changed(Proof().inclusion(9), fact("log_index", 12))),
        ("inclusion-data", "another leaf", PATH, changed(Proof().inclusion(9), fact("data", "AAAA"))),
        ("inclusion-path", "a path with one digit changed", PATH,
         changed(Proof().inclusion(9), put("facts", 0, "path", 0)(flip_hex))),
        ("inclusion-short", "a path without its last hash", PATH,
         changed(Proof().inclusion(9), drop("facts", 0, "path", -1))),
        ("consistency-root", "another root", PATH, changed(Proof().consistency(7), put("facts", 0, "root")(flip_hex))),
        ("consistency-from", "another size", PATH, changed(Proof().consistency(7), fact("from", 6))),
        ("consistency-beyond", "a size above the log's", PATH, changed(Proof().consistency(7), fact("from", 13))),
        ("consistency-path", "a path with one digit changed", PATH,
         changed(Proof().consistency(7), put("facts", 0, "path", 0)(flip_hex))),
        ("consistency-same-path", "a path from the log to itself", PATH,
         changed(Proof().consistency(12), fact("path", ["00" * 32]))),
        ("consistency-same-root", "the log itself, with another root", PATH,
         changed(Proof().consistency(12), put("facts", 0, "root")(flip_hex))),
        ("rejected-code", "another code", PATH, changed(Proof().rejected(3), fact("code", 4001))),
        ("rejected-count", "another count", PATH, changed(Proof().rejected(3), fact("count", 4))),
        ("rejected-index", "another index", PATH, changed(Proof().rejected(3), fact("index", 2))),
        ("rejected-position", "another position", PATH, changed(Proof().rejected(3), fact("position", 7))),
        ("rejected-id", "another transaction", PATH, changed(Proof().rejected(3), put("facts", 0, "id")(flip_hex))),
        ("rejected-path", "a path without its last hash", PATH,
         changed(Proof().rejected(3), drop("facts", 0, "path", -1))),
        ("tree-tail", "a byte behind the tree", PATH, pieces(lambda t: t + b"\4")(state())),
        ("tree-short", "a tree without its last byte", PATH, pieces(lambda t: t[:-1])(state())),
        ("tree-empty", "an empty tree", PATH, pieces(lambda t: b"")(state())),
        ("tree-bit", "a tree with one bit changed", PATH, pieces(lambda t: t[:-1] + bytes([t[-1] ^ 1]))(awards())),
        ("tree-absent-other", "an absent key, shown by a leaf of another place", PATH, other_place()),
        ("tree-absent-self", "a key that is there, shown as absent by its own leaf", PATH, own_leaf()),
        ("tree-root", "another header's state root", PATH, _root_of_other()),
    ]
    return [proof_case(f"fact-{name}", what, proof, verdict) for name, what, verdict, proof in rows]


def _root_of_other():
    proof = state()
    proof.run[0]["state"] = sha256(b"another state")
    return proof


def other_place():
    """The leaf that stands where the absent key would be is given a key that does not belong there."""
    absent = next(f"org/nobody-{i}" for i in range(99) if b"\3" in [p[:1] for p in _walk(f"org/nobody-{i}")
                                                                    if len(p) == 65])
    proof = state(absent)

    def change(p):
        pieces = [b"\3" + bytes([x[1] ^ 0x80]) + x[2:] if len(x) == 65 else x for x in proof.pieces]
        p["tree"] = b64(b"".join(pieces))
    return changed(proof, change)


def _walk(key):
    proof = state(key)
    proof.build()
    return proof.pieces


def own_leaf():
    proof, key = state(), "org/filler-3"

    def change(p):
        own = b"\3" + sha256(key.encode()) + sha256(proof.state[key])
        p["tree"] = b64(b"".join(own if x == b"\2" else x for x in proof.pieces))
        del p["entries"][0]["value"]
    return changed(proof, change)


def bad_values():
    def with_value(key, value, first=1, last=3):
        return awards(first, last, {**AWARDS, key: value})

    programme = lambda **f: with_value(PROGRAMME, programme_value(**{  # noqa: E731
        "awards": 3, "live": 2, "committed": 1350, "paid": 350, "recovered": 20, **f}))
    rows = [
        ("programme-committed", "committed is not the sum", programme(committed=1351)),
        ("programme-paid", "paid is not the sum", programme(paid=349)),
        ("programme-recovered", "recovered is not the sum", programme(recovered=0)),
        ("programme-live", "live awards are not those that live", programme(live=3)),
        ("programme-budget", "more committed than the budget", programme(budget=1349)),
        ("programme-most", "more live awards than may be", programme(most=1)),
        ("programme-type", "a programme of another type", with_value(PROGRAMME, b"\x11" + AWARDS[PROGRAMME][1:])),
        ("programme-terms", "a programme without its terms", with_value(PROGRAMME, b"\x10" + field(2, 3))),
        ("award-paid", "more paid than payable", with_value(award_key(1), award_value(1000, paid=301, payable=300,
                                                                                      milestones=2), 1, 2)),
        ("award-payable", "more payable than the amount",
         with_value(award_key(1), award_value(1000, paid=200, payable=1001, milestones=2), 1, 2)),
        ("award-demanded", "more demanded than paid", with_value(award_key(3), award_value(300, paid=100, demanded=101),
                                                                 3, 3)),
        ("award-received", "more received than demanded",
         with_value(award_key(3), award_value(300, paid=100, demanded=10, received=11), 3, 3)),
        ("award-committed", "committed is not the amount", with_value(award_key(3), award_value(300, committed=299), 3, 3)),
        ("award-terminated", "terminated, and committed is not what was paid",
         with_value(award_key(2), award_value(500, committed=51, paid=50, terminated=1), 1, 2)),
        ("award-terms", "an award without its terms", with_value(award_key(3), b"\x11" + field(5, 300), 3, 3)),
        ("award-terms-twice", "an award that was granted and imported",
         with_value(award_key(3), b"\x11" + field(1, field(6, 300)) + field(2, field(6, 300)) + field(5, 300), 3, 3)),
        ("award-type", "an award of another type", with_value(award_key(3), b"\x10" + AWARDS[award_key(3)][1:], 3, 3)),
        ("award-terminated-2", "terminated: 2",
         with_value(award_key(2), award_value(500, committed=50, paid=50, terminated=2), 1, 2)),
        ("award-sum", "two of three awards whose sum is 2^64",
         awards(1, 2, {**AWARDS, award_key(1): award_value(2**63, imported=True),
                       award_key(2): award_value(2**63, imported=True)})),
        ("award-absent", "an award that is absent", absent(awards(), award_key(2))),
        ("programme-absent", "a programme that is absent", absent(awards(), PROGRAMME)),
        ("award-behind", "an award behind the last", awards(1, 3, {**AWARDS, award_key(4): AWARDS[award_key(3)]})),
        ("org-type", "an organisation of another type",
         org_awards().hold({"org/university": b"\3" + org_value(2)[1:]})),
        ("org-award-type", "a name of another type", org_awards().hold({"org-award/university/1": b"\5\x0a\1x"})),
        ("org-award-walk", "a name that is no message",
         org_awards().hold({"org-award/university/1": b"\4\x0a\5x"})),
        ("evidence-walk", "evidence that is no message", evidence().hold({"evidence/1": b"\x30\x0a\5x"})),
        ("claim-type", "a claim of another type", claims().hold({claim_key(2): b"\x21\x0a\1x"})),
        ("claim-behind", "a claim behind the last", claims().hold({claim_key(3): claims_value(0)})),
        ("evidence-type", "evidence of another type", evidence().hold({"evidence/1": b"\x31\x0a\1x"})),
        ("count-type", "a count of another type", evidence().hold({"count/evidence": b"\2\x08\2"})),
        ("evidence-behind", "evidence behind the last", evidence().hold({"evidence/3": b"\x30\x0a\1x"})),
    ]
    return [proof_case(f"value-{name}", what, proof, PROMISE) for name, what, proof in rows]


def absent(proof, key):
    del proof.state[key]
    return proof


def bad_covers():
    picked = [r for r in CERTIFICATE if r[0] in ("few", "kind-notarize", "epoch", "bit-beyond")]
    out = []
    for name, what, values in picked:
        proof = state()
        assign("final", **values)(proof)
        out.append(proof_case(f"cover-{name}", f"the finalization: {what}", proof, NOT_FINAL))
    run = Proof(distance=3).fact({"fact": "state", "key": "org/filler-3"}, "org/filler-3")
    lines_of("run", 2, {"parent": sha256(b"another parent")})(run)
    both = state()
    assign("final", signers=[])(both)
    changed(both, put("facts", 0, "key")("org/filler-5"))
    good.TRUST.update({"pin-one-other-root": _other_root(), "pin-one-same-root": pin_of(1, [0], _head(Proof(), 7)),
                       "pin-one-0-1": pin_of(1, [0, 1]), "pin-one-2": pin_of(1, [2])})
    return out + [
        proof_case("cover-parent", "headers that do not follow one another", run, NOT_FINAL),
        proof_case("cover-and-fact", "neither is finality given nor the fact right", both,
             line(finality="fail 7014", facts="fail 7006", signer="open 0")),
        proof_case("signer-other", "the genesis of another network", state(), line(signer="fail 7015"), "genesis-other"),
        proof_case("signer-out-of-reach", "a pin two epochs ahead", state(), line(signer="open 7018"), "pin-one-2"),
        proof_case("signer-other-root", "a consistency fact from the pinned size, with another root: another history",
             Proof().consistency(7), line(signer="fail 7019"), "pin-one-other-root"),
        proof_case("signer-same-root", "a consistency fact from the pinned size and root", Proof().consistency(7), line(),
             "pin-one-same-root"),
        proof_case("signer-other-root-unproven", "one that does not hold says nothing of the pin",
             changed(Proof().consistency(7), put("facts", 0, "path", 0)(flip_hex)), PATH, "pin-one-other-root"),
    ]


def _head(proof, size, root=None):
    """A head at a height of its own, below the proof's."""
    hashes = [trees.leaf_hash(leaf) for leaf in proof.leaves[:size]]
    return {"height": 7, "text": "a header at height 7", "log_size": size, "log_root": root or trees.root(hashes)}


def _other_root():
    return pin_of(1, [0], _head(Proof(), 7, sha256(b"another root")))
