"""Faults of the status: entries, tree, the newer header, T1 to T4."""
from cases import FORM
from faults_cover import CERTIFICATE, assign, lines_of, other_chain, other_name, signature
from keys import negate_s, sha256, test_key
from operations import claim_value, key_value, motion_value
from plant import GOOD, STATUS, deep, drop, flat, flip_hex, put
from reference import field, message, tag, varint
from texts import APPLICANT, APPLICANT_ORG, b64
from trees import State

A, BATCH, NEWER, CHANGE, TWO = "one-validator", "batch", "superseded", "pin-0", "key-revoked"
FILE = GOOD["anchor"].file
CONTENT_KEY = "content/" + sha256(FILE).hex()
SIGNER_KEY = "key/" + sha256(APPLICANT.public).hex()
FAIL = {**STATUS, "former": 0}  # no later set is told of by a status that failed


def cases():
    return forms() + newer() + consistency() + tree() + claims() + signers() + motions()


def forms():
    entry = lambda key: {"key": key, "value": "AQ=="}  # noqa: E731
    rows = [
        ("order", "entries in the other order", lambda r: r["status"]["entries"].reverse()),
        ("twice", "an entry twice", lambda r: r["status"]["entries"].insert(0, r["status"]["entries"][0])),
        ("key-empty", "an empty key", put("status", "entries")([entry("")])),
        ("key-segment", "a key with an empty segment", put("status", "entries")([entry("key//x")])),
        ("key-slash", "a key that ends with a slash", put("status", "entries")([entry("key/")])),
        ("key-letter", "a key with a letter that it may not have", put("status", "entries")([entry("key/a:b")])),
        ("key-segment-long", "a segment of 65 letters", put("status", "entries")([entry("key/" + "a" * 65)])),
        ("key-long", "a key of 256 bytes", put("status", "entries")([entry("/".join(["a" * 63] * 4) + "a")])),
        ("value-empty", "a value of no bytes", put("status", "entries", 0, "value")("")),
        ("value-long", "a value of 16,385 bytes", put("status", "entries", 0, "value")(b64(bytes(16385)))),
    ]
    return [flat(f"entries-{name}", what, A, FORM, change) for name, what, change in rows]


def newer():
    picked = [r for r in CERTIFICATE if r[0] in ("kind-notarize", "epoch", "few", "doubled", "set-hash", "view-earlier")]
    out = [deep(f"newer-{name}", f"the newer header's finalization: {what}", NEWER, FAIL, assign("newer", **values))
           for name, what, values in picked]
    out += [deep(f"later-{name}", f"the set change of the status: {what}", CHANGE, FAIL,
                 assign(("later", 0), **values))
            for name, what, values in picked if name != "view-earlier"]
    rows = [
        ("newer-high-s", "a high s over the newer header", NEWER, signature("newer", 0, negate_s)),
        ("newer-chain", "a newer header of another chain", NEWER, lines_of("newer", None, other_chain)),
        ("newer-name", "a newer header of another network name", NEWER, lines_of("newer", None, other_name)),
        ("newer-same-height", "another header at the top's height", NEWER,
         lambda s: s.newer.update(height=s.run[-1]["height"])),
        ("newer-lower", "a newer header below the top", NEWER, lambda s: s.newer.update(height=s.run[-1]["height"] - 1)),
        ("newer-earlier", "a newer header before the top's time", NEWER,
         lambda s: s.newer.update(time=s.run[-1]["time"] - 1)),
        ("newer-same-time", "a newer header at the top's time", NEWER, lambda s: s.newer.update(time=s.run[-1]["time"])),
        ("newer-below-change", "a newer header below its set change", CHANGE,
         lambda s: s.newer.update(height=s.later_ends[0]["height"] - 1)),
        ("newer-at-change", "a newer header at its set change's height", CHANGE,
         lambda s: s.newer.update(height=s.later_ends[0]["height"])),
        ("later-below-top", "a set change below the top", CHANGE,
         lambda s: s.later_ends[0].update(height=s.run[-1]["height"] - 1)),
        ("later-at-top", "another header than the top at its height, as a set change", CHANGE,
         lambda s: s.later_ends[0].update(height=s.run[-1]["height"], time=s.run[-1]["time"])),
        ("later-earlier", "a set change before the top's time", CHANGE,
         lambda s: s.later_ends[0].update(time=s.run[-1]["time"])),
        ("later-chain", "a set change of another chain", CHANGE, lines_of("later_ends", 0, other_chain)),
        ("later-name", "a set change of another network name", CHANGE, lines_of("later_ends", 0, other_name)),
        ("later-next-missing", "a set change without next-validators", CHANGE,
         lines_of("later_ends", 0, {"ends": False})),
        ("later-next-other", "a set change that names another set", CHANGE,
         lines_of("later_ends", 0, {"next": sha256(b"another set")})),
        ("later-falls", "the second set change below the first", TWO,
         lambda s: s.later_ends[1].update(height=s.later_ends[0]["height"] - 1)),
    ]
    out += [deep(name, what, base, FAIL, change) for name, what, base, change in rows]
    at = ("status", "set_changes")
    flats = [
        ("later-missing", "the set change is not told", CHANGE, put(*at)([])),
        ("later-first-missing", "the first of two set changes is not told", TWO, drop(*at, 0)),
        ("later-reordered", "set changes in the other order", TWO, lambda r: r["status"]["set_changes"].reverse()),
        ("later-surplus", "a set change too many", TWO,
         lambda r: r["status"]["set_changes"].append(r["status"]["set_changes"][1])),
        ("later-set", "the text of another set", CHANGE, lambda r: r["status"]["set_changes"][0].update(set=r["set"])),
        ("newer-other", "the finalization of the top instead", NEWER,
         lambda r: r["status"].update(finalization=r["finalization"])),
    ]
    return out + [flat(name, what, base, FAIL, change) for name, what, base, change in flats] + [
        flat("later-set-form", "the text of a later set does not parse", CHANGE, FORM,
             lambda r: r["status"]["set_changes"][0].update(set="stele/v1 set\n"))]


def consistency():
    at = ("status", "consistency")
    rows = [
        ("short", "a consistency path without its last hash", drop(*at, -1)),
        ("none", "no consistency path", put(*at)([])),
        ("long", "a consistency path with a hash more", lambda r: r["status"]["consistency"].append("00" * 32)),
        ("bit", "a consistency path with one digit changed", put(*at, 0)(flip_hex)),
        ("order", "a consistency path in the other order", lambda r: r["status"]["consistency"].reverse()),
    ]
    out = [flat(f"consistency-{name}", what, NEWER, FAIL, change) for name, what, change in rows]
    return out + [
        flat("consistency-127", "a consistency path of 127 hashes", NEWER, FORM, put(*at)(["00" * 32] * 127)),
        flat("consistency-of-same", "a path where both logs have one size", "same-size", FAIL, put(*at)(["00" * 32])),
        deep("consistency-same-root", "two logs of one size with two roots", "same-size", FAIL,
             lines_of("newer", None, {"log_root": sha256(b"another log")})),
        deep("consistency-forgot", "a newer log that holds another record", NEWER, FAIL, _forgotten),
        deep("consistency-shrinks", "a newer header with a smaller log", NEWER, FAIL,
             lambda s: s.newer.update(log_size=s.run[-1]["log_size"] - 2)),
    ]


def _forgotten(scene):
    """The newer root is that of a log in which leaf 3 is another."""
    from trees import leaf_hash, root
    leaves = list(scene.leaves[:scene.newer["log_size"]])
    leaves[3] = b"\2another"
    scene.newer["log_root"] = root([leaf_hash(leaf) for leaf in leaves])


def pieces(change):
    """For deep(): change(pieces of the tree) -> pieces."""
    def plant(scene):
        scene.after.append(lambda r: r["status"].update(tree=b64(b"".join(change(list(scene.pieces))))))
    return plant


def tree():
    hash_at = lambda p: next(i for i, piece in enumerate(p) if len(piece) == 32 and any(piece))  # noqa: E731
    leaf_at = lambda p: p.index(b"\2")  # noqa: E731
    with_piece = lambda p, i, new: p[:i] + new + p[i + 1:]  # noqa: E731
    own = sha256(CONTENT_KEY.encode()) + sha256(b"value")
    rows = [
        ("bit", "a tree with a hash changed", lambda p: with_piece(p, hash_at(p), [_flip(p[hash_at(p)])])),
        ("short", "a tree without its last byte", lambda p: p[:-1] + [p[-1][:-1]]),
        ("tail", "a tree with a byte behind", lambda p: p + [b"\4"]),
        ("tail-hash", "a tree with a hash behind", lambda p: p + [bytes(32)]),
        ("empty", "an empty tree", lambda p: []),
        ("mark-0", "a byte that means nothing", lambda p: with_piece(p, leaf_at(p), [b"\0"])),
        ("mark-5", "another one", lambda p: with_piece(p, leaf_at(p), [b"\5"])),
        ("claimed-absent", "an entry that the tree says is absent", lambda p: with_piece(p, leaf_at(p), [b"\4"])),
        ("claimed-other", "an entry's own leaf as another's", lambda p: with_piece(p, leaf_at(p), [b"\3" + own])),
        ("leaf-is-node", "a node instead of a leaf", lambda p: with_piece(p, leaf_at(p), [b"\1", b"\2", bytes(32)])),
        ("node-missing", "a tree without its first node", lambda p: p[1:]),
        ("hash-missing", "a tree without one of its hashes", lambda p: with_piece(p, hash_at(p), [])),
        ("root-is-leaf", "a tree that is one leaf", lambda p: [b"\2"]),
    ]
    out = [deep(f"tree-{name}", what, A, FAIL, pieces(change)) for name, what, change in rows]
    return out + [
        deep("tree-other-root", "a tree under another header's state root", A, FAIL,
             lambda s: s.run[-1].update(state=sha256(b"another state"))),
        deep("tree-of-top", "the tree under the top, where a newer header stands", NEWER, FAIL, _tree_of_top),
        flat("tree-value", "a value that is not the one in the tree", A, FAIL, _value_changed),
        deep("tree-sides", "left and right exchanged", A, FAIL, pieces(_sides)),
    ]


def _flip(piece):
    return bytes([piece[0] ^ 1]) + piece[1:]


def _sides(p):
    """The last two hashes that lie behind one another, or else a hash and the leaf beside it."""
    at = next(i for i in range(len(p) - 1) if p[i] == b"\2" and len(p[i + 1]) == 32 or
              len(p[i]) == 32 and p[i + 1] == b"\2")
    return p[:at] + [p[at + 1], p[at]] + p[at + 2:]


def _tree_of_top(scene):
    def change(receipt):
        keys = [e["key"] for e in receipt["status"]["entries"]]
        receipt["status"]["tree"] = b64(b"".join(State(scene.state).proof(keys)))
        for entry in receipt["status"]["entries"]:
            entry["value"] = b64(scene.state[entry["key"]])
    scene.after.append(change)


def _value_changed(receipt):
    entry = next(e for e in receipt["status"]["entries"] if e["key"] == CONTENT_KEY)
    entry["value"] = b64(claim_value(APPLICANT_ORG, 9, len(FILE), "withdrawn"))


def value(key, data):
    """For deep(): a state value, in the tree and in the entry."""
    return lambda scene: scene.state.__setitem__(key, data)


def keys(change):
    """For deep(): which keys the status shows."""
    return lambda scene: scene.__setattr__("status_keys", change(list(scene.status_keys)))


def renamed(new, old=CONTENT_KEY):
    """For deep(): a value under another key."""
    def plant(scene):
        scene.state[new] = scene.state.pop(old)
        scene.status_keys[scene.status_keys.index(old)] = new
    return plant


def moved(new, data):
    """For deep(): another motion instead of number 12."""
    def plant(scene):
        renamed(new, "motion/12")(scene)
        scene.state[new] = data
    return plant


def claims():
    claim = lambda **f: claim_value(APPLICANT_ORG, **{"log_index": 9, "size": len(FILE), **f})  # noqa: E731
    whole = claim()
    rows = [
        ("log-index", "a claim by another record", A, value(CONTENT_KEY, claim(log_index=8))),
        ("no-log-index", "a claim that names no record", A, value(CONTENT_KEY, b"\x20" + message((1, "org"), (3, 5)))),
        ("state-3", "a claim in a state that there is none of", A,
         value(CONTENT_KEY, b"\x20" + message((1, "org"), (2, 9), (5, 3)))),
        ("state-zero", "a claim whose state 0 is written", A, value(CONTENT_KEY, b"\x20" + message((2, 9), (5, 0)))),
        ("of-entry", "a claim by an entry of a batch, where the record is none", A, value(CONTENT_KEY, claim(entry=1))),
        ("of-no-entry", "a claim by a record of its own, where the record is a batch", BATCH,
         value(CONTENT_KEY, claim())),
        ("other-entry", "a claim by another entry of the batch", BATCH, value(CONTENT_KEY, claim(entry=2))),
        ("type", "a value of another type", A, value(CONTENT_KEY, b"\x21" + whole[1:])),
        ("type-alone", "a value that is its type alone", A, value(CONTENT_KEY, b"\x20")),
        ("cut", "a value that ends inside a field", A, value(CONTENT_KEY, whole[:-1])),
        ("order", "fields that fall", A, value(CONTENT_KEY, b"\x20" + field(2, 9) + field(1, "org"))),
        ("twice", "a log index twice", A, value(CONTENT_KEY, b"\x20" + field(2, 9) * 2)),
        ("padded", "a log index that is not minimal", A, value(CONTENT_KEY, b"\x20" + tag(2, 0) + varint(9, pad=1))),
        ("wire", "a log index that is bytes", A, value(CONTENT_KEY, b"\x20" + field(2, b"\x09"))),
        ("missing", "no entry of the claim", A, keys(lambda k: [x for x in k if x != CONTENT_KEY])),
        ("absent", "a claim that is absent", A, lambda s: s.state.pop(CONTENT_KEY)),
        ("other-content", "the claim on another content", A, renamed("content/" + sha256(b"other").hex())),
        ("number-1", "a claim of number 1 under a key that is none", A, renamed("claim/" + CONTENT_KEY[8:] + "/1")),
        ("number-02", "a claim's number with a leading zero", A, renamed("claim/" + CONTENT_KEY[8:] + "/02")),
        ("number-large", "a claim's number of 2^63", A, renamed(f"claim/{CONTENT_KEY[8:]}/{2**63}")),
        ("upper-case", "a claim's key in upper case", A, renamed("content/" + CONTENT_KEY[8:].upper())),
        ("extra", "an entry that is not asked for", A, keys(lambda k: k + ["count/org"])),
        ("extra-absent", "an absent entry that is not asked for", A, keys(lambda k: k + ["org/nobody"])),
        ("of-roll-up", "a claim where the record is a roll-up", "roll-up-item",
         lambda s: s.put_claim(sha256(FILE), len(FILE))),
        ("of-award", "a claim where there is no subject", "award", lambda s: s.put_claim(sha256(FILE), len(FILE))),
    ]
    return [deep(f"claim-{name}", what, base, FAIL, change) for name, what, base, change in rows]


def signers():
    other = test_key("receipts stranger").public
    key = lambda *f: value(SIGNER_KEY, b"\3" + message(*f))  # noqa: E731
    org = (2, APPLICANT_ORG)
    rows = [
        ("other", "the entry of another key", renamed("key/" + sha256(other).hex(), SIGNER_KEY)),
        ("other-value", "an entry whose value is of another key", value(SIGNER_KEY, key_value(other, APPLICANT_ORG))),
        ("missing", "no entry of the key", keys(lambda k: [x for x in k if x != SIGNER_KEY])),
        ("absent", "a key that is absent", lambda s: s.state.pop(SIGNER_KEY)),
        ("type", "a value of another type", value(SIGNER_KEY, b"\2" + key_value(APPLICANT.public, APPLICANT_ORG)[1:])),
        ("no-key", "a value without the key", key(org, (4, 1))),
        ("no-org", "a value without the organisation", key((1, APPLICANT.public), (4, 1))),
        ("org-empty", "an organisation of no letters", key((1, APPLICANT.public), (2, ""))),
        ("org-letter", "an organisation that is no segment", key((1, APPLICANT.public), (2, "a/b"))),
        ("org-long", "an organisation of 65 letters", key((1, APPLICANT.public), (2, "a" * 65))),
        ("revoked-zero", "a revocation at height 0 that is written", key((1, APPLICANT.public), org, (5, 0))),
        ("revoked-large", "a revocation at height 2^63", key((1, APPLICANT.public), org, (5, 2**63))),
        ("short", "a key of 32 bytes", key((1, APPLICANT.public[:32]), org)),
        ("wire", "a field of a fixed width", value(SIGNER_KEY, b"\3" + field(1, APPLICANT.public) + field(*org)
                                                  + tag(6, 5) + b"abcd")),
    ]
    return [deep(f"key-{name}", what, A, FAIL, change) for name, what, change in rows]


def motions():
    executed, opening, approved = "motion-executed", "motion-open", "motion-approved"
    motion = lambda number=12, at=5, **f: value("motion/12", motion_value(number, APPLICANT_ORG, 60, at, **f))  # noqa: E731
    raw = lambda *f: value("motion/12", b"\7" + message(*f))  # noqa: E731
    rows = [
        ("missing", "no entry of the motion", executed, keys(lambda k: k[:1])),
        ("other", "the entry of another motion than was approved", approved,
         moved("motion/13", motion_value(13, APPLICANT_ORG, 60, 5))),
        ("number", "a motion whose value has another number", opening, motion(13, 9)),
        ("zero", "motion 0", opening, moved("motion/0", b"\7" + message((1, 0), (2, APPLICANT_ORG), (9, 9)))),
        ("leading-zero", "a number with a leading zero", opening, renamed("motion/012", "motion/12")),
        ("executed-by-other", "a motion that another approval executed", executed, motion(state="executed", executed_at=10)),
        ("not-executed", "an opening of a motion that is open yet", executed, motion()),
        ("executed-withdrawn", "an opening of a motion that was withdrawn", executed,
         motion(state="withdrawn", executed_at=9)),
        ("opened-elsewhere", "a motion.open that opened another motion", opening, motion(at=8)),
        ("no-opening", "a motion that nobody opened", opening, raw((1, 12), (2, "org"))),
        ("state-3", "a state that there is none of", opening, raw((1, 12), (5, 3), (9, 9))),
        ("state-zero", "a state of 0 that is written", opening, raw((1, 12), (5, 0), (9, 9))),
        ("type", "a value of another type", opening,
         value("motion/12", b"\x08" + motion_value(12, APPLICANT_ORG, 60, 9)[1:])),
        ("of-award", "a motion where the record is none", "award", lambda s: s.put_motion(12, 9)),
    ]
    return [deep(f"motion-{name}", what, base, FAIL, change) for name, what, base, change in rows]

