"""Faults of the record: its bytes, where it stands, what it says of the content."""
import trees
from cases import FORM
from keys import negate_s, sha256, test_key
from operations import body, envelope, sign_body, sized, transaction
from plant import CONTENT, GOOD, INCLUSION, STATUS, deep, drop, flat, flip_hex, put
from reference import field, message, tag, varint
from faults_cover import lines_of, other_chain, other_name
from scene import NETWORKS
from texts import APPLICANT, b64

A, ONE, AWARD, BATCH, ITEM, LAST = "anchor", "one-anchor", "award", "batch", "roll-up-item", "batch-last"
MOTION = "motion-executed-no-status"
FILE = GOOD["anchor"].file
CHAIN, ONE_CHAIN = NETWORKS[4].chain, NETWORKS[1].chain
OTHER = test_key("receipts stranger")


def cases():
    return (envelopes() + bodies() + walks() + kinds() + places() + signatures() + entries() + openings()
            + contents())


def record(data):
    """For deep(): the transaction's bytes."""
    return lambda scene: scene.leaves.__setitem__(scene.record_at, b"\1" + data)


def signed(content, key=APPLICANT):
    return envelope(content, sign_body(content, key))


def envelopes():
    content = body(ONE_CHAIN, APPLICANT.public, 81, sized(sha256(FILE), len(FILE)))
    signature = sign_body(content, APPLICANT)
    rows = [
        ("attachment", "a third field, the attachment", signed(content) + field(3, b"x")),
        ("tail", "a byte behind the envelope", signed(content) + b"\0"),
        ("truncated", "an envelope without its last byte", signed(content)[:-1]),
        ("empty", "no bytes", b""),
        ("signature-short", "a signature of 63 bytes", envelope(content, signature[:63])),
        ("signature-long", "a signature of 65 bytes", envelope(content, signature + b"\0")),
        ("signature-missing", "no signature", field(1, content)),
        ("order", "signature before body", field(2, signature) + field(1, content)),
        ("length", "a body's length that is not minimal",
         tag(1, 2) + varint(len(content), pad=1) + content + field(2, signature)),
        ("body-empty", "an empty body", field(1, b"") + field(2, signature)),
    ]
    return [deep(f"envelope-{name}", what, ONE, FORM, record(data)) for name, what, data in rows]


def bodies():
    chain, signer = field(1, ONE_CHAIN), field(2, APPLICANT.public)
    operation = field(81, sized(sha256(FILE), len(FILE)))
    until, nonce = field(3, 1763800120000), field(4, 7)
    rows = [
        ("chain-short", "a chain of 31 bytes", field(1, ONE_CHAIN[:31]) + signer + until + nonce + operation),
        ("chain-missing", "no chain", signer + until + nonce + operation),
        ("signer-04", "a signer that begins with 04",
         chain + field(2, b"\4" + APPLICANT.public[1:]) + until + nonce + operation),
        ("signer-short", "a signer of 32 bytes", chain + field(2, APPLICANT.public[:32]) + operation),
        ("until-zero", "a valid_until of 0 that is written", chain + signer + field(3, 0) + nonce + operation),
        ("until-large", "a valid_until of 2^63", chain + signer + field(3, 2**63) + nonce + operation),
        ("until-padded", "a valid_until that is not minimal",
         chain + signer + tag(3, 0) + varint(9, pad=1) + nonce + operation),
        ("nonce-zero", "a nonce of 0 that is written", chain + signer + until + field(4, 0) + operation),
        ("nonce-large", "a nonce of 2^64", chain + signer + until + tag(4, 0) + varint(2**64) + operation),
        ("order", "nonce before valid_until", chain + signer + nonce + until + operation),
        ("operation-missing", "no operation", chain + signer + until + nonce),
        ("operation-19", "an operation that there is none of", chain + signer + until + nonce + field(19, b"x")),
        ("operation-55x", "number 56, between two families", chain + signer + until + nonce + field(56, b"x")),
        ("operation-varint", "an operation that is a number", chain + signer + until + nonce + field(81, 5)),
        ("operation-two", "two operations", chain + signer + until + nonce + operation + field(100, b"x")),
        ("operation-tail", "a byte behind the operation", chain + signer + until + nonce + operation + b"\0"),
        ("operation-length", "an operation longer than the body", chain + signer + until + nonce + operation[:-1]),
        ("operation-tag", "an operation's tag that is not minimal",
         chain + signer + until + nonce + varint(81 << 3 | 2, pad=1) + operation[2:]),
    ]
    return [deep(f"body-{name}", what, ONE, FORM, record(signed(content))) for name, what, content in rows]


def operation_of(number, content):
    """For deep(): the record is this operation, well signed."""
    return lambda scene: record(transaction(scene.network.chain, APPLICANT, number, content))(scene)


def walks():
    digest, root = sha256(FILE), sha256(b"root")
    anchors = [
        ("no-hash", "an anchor without its hash", field(2, len(FILE))),
        ("hash-short", "an anchor's hash of 31 bytes", field(1, digest[:31]) + field(2, len(FILE))),
        ("hash-number", "an anchor's hash that is a number", field(1, 5)),
        ("hash-twice", "an anchor with two hashes", field(1, digest) * 2 + field(2, len(FILE))),
        ("size-zero", "an anchor with a size of 0 that is written", field(1, digest) + field(2, 0)),
        ("size-large", "an anchor's size of 2^63", field(1, digest) + field(2, 2**63)),
        ("size-bytes", "an anchor's size that is bytes", field(1, digest) + field(2, b"\5")),
        ("size-twice", "an anchor with two sizes", field(1, digest) + field(2, len(FILE)) * 2),
        ("order", "a field behind a larger one", field(2, len(FILE)) + field(1, digest)),
        ("wire-5", "a field of a fixed width", field(1, digest) + field(2, len(FILE)) + tag(3, 5) + b"abcd"),
        ("wire-1", "a field of eight bytes", field(1, digest) + field(2, len(FILE)) + tag(9, 1) + b"abcdefgh"),
        ("field-0", "a field of number 0", tag(0, 0) + b"\1" + field(1, digest) + field(2, len(FILE))),
        ("field-large", "a field of number 2^29", field(1, digest) + field(2, len(FILE)) + varint(2**29 << 3) + b"\1"),
        ("tag-padded", "a tag that is not minimal", field(1, digest) + varint(2 << 3, pad=1) + varint(len(FILE))),
        ("number-padded", "a number that is not minimal", field(1, digest) + tag(2, 0) + varint(len(FILE), pad=1)),
        ("number-long", "a number of eleven bytes", field(1, digest) + tag(2, 0) + b"\xff" * 10 + b"\1"),
        ("number-65", "a number of 2^64", field(1, digest) + tag(2, 0) + b"\x80" * 9 + b"\2"),
        ("cut", "a field that ends too early", field(1, digest) + field(2, len(FILE)) + tag(3, 2) + b"\5abcd"),
        ("cut-number", "a number without its last byte", field(1, digest) + tag(2, 0) + b"\x80"),
        ("empty", "an anchor that says nothing", b""),
    ]
    out = [deep(f"walk-{name}", what, ONE, FORM, operation_of(81, content)) for name, what, content in anchors]
    others = [
        ("batch-none", "a batch of no entries", LAST, 82, field(1, 0) + field(2, root)),
        ("batch-many", "a batch of 4,097 entries", LAST, 82, field(1, 4097) + field(2, root)),
        ("batch-no-root", "a batch without its root", LAST, 82, field(1, 7)),
        ("batch-no-count", "a batch without its count", LAST, 82, field(2, root)),
        ("roll-up-many", "a roll-up of 2^40 + 1 items", ITEM, 83, field(1, root) + field(2, 2**40 + 1)),
        ("roll-up-none", "a roll-up of no items", ITEM, 83, field(1, root) + field(2, 0)),
        ("roll-up-no-root", "a roll-up without its root", ITEM, 83, field(2, 6)),
        ("approve-zero", "an approval of motion 0", MOTION, 17, field(1, 0)),
        ("approve-large", "an approval of motion 2^63", MOTION, 17, field(1, 2**63)),
        ("approve-none", "an approval of nothing", MOTION, 17, b""),
        ("withdraw-none", "a withdrawal of nothing", "motion-withdrawn", 18, field(2, 1)),
    ]
    out += [deep(f"walk-{name}", what, base, FORM, operation_of(number, content))
            for name, what, base, number, content in others]
    opened = transaction(CHAIN, APPLICANT, 19, b"x")
    return out + [deep("opened-form", "the opening's operation is none", MOTION, FORM,
                       lambda s: s.leaves.__setitem__(s.opened_at, b"\1" + opened))]


def kinds():
    leaf = lambda r: dict(r["record"])  # noqa: E731
    entry = lambda r: {"data": b64(sized(sha256(FILE), len(FILE))), "index": 0, "path": []}  # noqa: E731
    subject = {"sha256": sha256(FILE).hex(), "size": len(FILE)}
    data = lambda n: put("entry", "data")(b64(sized(sha256(FILE), 5, (5, b"x" * (n - 38)))))  # noqa: E731
    assert len(sized(sha256(FILE), 5, (5, b"x" * (94 - 38)))) == 94
    rows = [
        ("award-subject", "a subject where the record is no content", AWARD, lambda r: r.update(subject=subject)),
        ("anchor-entry", "an entry where the record is no batch", ONE, lambda r: r.update(entry=entry(r))),
        ("anchor-opened", "an opening where the record is no approval", ONE, lambda r: r.update(opened=leaf(r))),
        ("open-opened", "an opening where the record is one", "motion-at-once", lambda r: r.update(opened=leaf(r))),
        ("withdraw-opened", "an opening where the record is a withdrawal", "motion-withdrawn",
         lambda r: r.update(opened=leaf(r))),
        ("batch-subject", "a subject of a batch without an entry", LAST, drop("entry")),
        ("entry-alone", "an entry without a subject", LAST, drop("subject")),
        ("entry-empty", "an entry of no bytes", LAST, put("entry", "data")("")),
        ("entry-long", "an entry of 94 bytes", LAST, data(94)),
        ("entry-no-hash", "an entry that is no BatchEntry", LAST, put("entry", "data")(b64(field(2, 5)))),
        ("entry-size-zero", "an entry with a size of 0 that is written", LAST,
         put("entry", "data")(b64(field(1, sha256(FILE)) + field(2, 0)))),
        ("entry-tail", "an entry and a byte behind it", LAST,
         put("entry", "data")(b64(sized(sha256(FILE), len(FILE)) + b"\0"))),
        ("entry-no-index", "an entry without its index", LAST, drop("entry", "index")),
        ("subject-no-size", "a subject without its size", ONE, drop("subject", "size")),
        ("subject-large", "a subject of 2^53 bytes", ONE, put("subject", "size")(2**53)),
    ]
    return [flat(f"kind-{name}", what, base, FORM, change) for name, what, base, change in rows]


def places():
    two = {**INCLUSION, **STATUS}
    rows = [
        ("previous-other", "a previous header that is not the parent", A, INCLUSION,
         lambda s: s.after.append(put("previous")(lambda t: t.replace("proposer 0", "proposer 1")))),
        ("previous-chain", "a parent of another chain", A, INCLUSION, lines_of("previous", None, other_chain)),
        ("previous-name", "a parent of another network name", A, INCLUSION, lines_of("previous", None, other_name)),
        ("previous-height", "a parent two heights lower", A, INCLUSION,
         lambda s: s.previous.update(height=s.previous["height"] - 1)),
        ("before", "the record stood in the log before its height", A, INCLUSION,
         lines_of("previous", None, {"log_size": 10})),
        ("after", "the record came to the log above its height", "distance-3", INCLUSION,
         lines_of("run", 0, {"log_size": 9})),
        ("index-below", "a log index one lower", A, INCLUSION, _after(put("record", "log_index")(8))),
        ("index-above", "a log index one higher", A, INCLUSION, _after(put("record", "log_index")(10))),
        ("index-above-status", "the same with a status: the claim names another record", "anchor-status", two,
         _after(put("record", "log_index")(10))),
        ("index-beyond", "a log index beyond the log", A, INCLUSION, _after(put("record", "log_index")(12))),
        ("index-huge", "a log index of 2^53 - 1", A, INCLUSION, _after(put("record", "log_index")(2**53 - 1))),
        ("path-short", "a path without its last hash", A, INCLUSION, _after(drop("record", "path", -1))),
        ("path-none", "an empty path", A, INCLUSION, _after(put("record", "path")([]))),
        ("path-long", "a path with a hash more", A, INCLUSION, _after(lambda r: r["record"]["path"].append("00" * 32))),
        ("path-63", "a path of 63 hashes", A, INCLUSION,
         _after(lambda r: r["record"]["path"].extend(["11" * 32] * (63 - len(r["record"]["path"]))))),
        ("path-bit", "a path with one digit changed", A, INCLUSION, _after(put("record", "path", 1)(flip_hex))),
        ("path-order", "a path with two hashes in the other order", A, INCLUSION,
         _after(lambda r: r["record"]["path"].insert(0, r["record"]["path"].pop(1)))),
        ("root", "a log root that is another log's", A, INCLUSION,
         lambda s: s.run[-1].update(log_root=sha256(b"another log"))),
        ("size", "a log size of one more than its root's", A, INCLUSION, _wrong_size),
        ("leaf-kind", "a leaf of another kind with the same bytes", A, INCLUSION,
         lambda s: s.leaves.__setitem__(9, b"\2" + s.leaves[9][1:])),
    ]
    return [deep(f"place-{name}", what, base, verdict, change) for name, what, base, verdict, change in rows]


def _wrong_size(scene):
    top = scene.run[-1]
    top["log_root"] = trees.root([trees.leaf_hash(leaf) for leaf in scene.leaves[:top["log_size"]]])
    top["log_size"] += 8
    scene.after.append(put("record", "path")(
        [p.hex() for p in trees.path([trees.leaf_hash(leaf) for leaf in scene.leaves[:top["log_size"] - 8]], 9)]))


def _after(change):
    return lambda scene: scene.after.append(change)


def signatures():
    say = sized(sha256(FILE), len(FILE), (3, "application/pdf"))
    content = body(CHAIN, APPLICANT.public, 81, say)
    nowhere = b"\2" + bytes(31) + b"\5"
    strange = body(sha256(b"another chain"), APPLICANT.public, 81, say)
    lost = body(CHAIN, nowhere, 81, say)
    rows = [
        ("other-key", "the signature of another key", envelope(content, sign_body(content, OTHER))),
        ("high-s", "a high s", envelope(content, negate_s(sign_body(content, APPLICANT)))),
        ("zero", "a signature of zeros", envelope(content, bytes(64))),
        ("bit", "one bit of the signature", envelope(content, sign_body(content, APPLICANT)[:63] + b"\x55")),
        ("chain", "a transaction of another chain", signed(strange)),
        ("no-point", "a signer that is no point", envelope(lost, sign_body(content, APPLICANT))),
        ("bare", "a signature over the body alone", envelope(content, APPLICANT.sign(content))),
    ]
    return [deep(f"signed-{name}", what, A, INCLUSION, record(data)) for name, what, data in rows]


def entries():
    return [
        flat("entry-index", "an entry at the place of the one before it", LAST, INCLUSION, put("entry", "index")(5)),
        flat("entry-index-beyond", "an entry's index beyond the batch", LAST, INCLUSION, put("entry", "index")(7)),
        flat("entry-index-status", "an entry's index, and a claim that says another", BATCH,
             {**INCLUSION, **STATUS}, put("entry", "index")(1)),
        flat("entry-path-short", "an entry's path without its last hash", LAST, INCLUSION, drop("entry", "path", -1)),
        flat("entry-path-long", "an entry's path with a hash more", LAST, INCLUSION,
             lambda r: r["entry"]["path"].append("00" * 32)),
        flat("entry-path-bit", "an entry's path with one digit changed", LAST, INCLUSION,
             put("entry", "path", 0)(flip_hex)),
        flat("item-path-bit", "an item's path with one digit changed", ITEM, INCLUSION,
             put("entry", "path", 0)(flip_hex)),
        flat("entry-other-type", "an entry that says more than the one in the batch", LAST, INCLUSION,
             put("entry", "data")(b64(sized(sha256(FILE), len(FILE), (3, "text/plain"))))),
        deep("entry-count", "a batch that says fewer entries than its root has", LAST, INCLUSION, _fewer),
    ]


def _fewer(scene):
    root = trees.root([trees.leaf_hash(e) for e in scene.batch])
    scene.put_record(82, message((1, len(scene.batch) - 1), (2, root)))


def openings():
    return [
        deep("opened-other", "an opening that is an award", MOTION, INCLUSION,
             lambda s: s.put_record(60, b"", at=s.opened_at)),
        deep("opened-after", "an opening behind the approval", MOTION, INCLUSION, _opened_after),
        flat("opened-itself", "the approval as its own opening", MOTION, INCLUSION,
             lambda r: r.update(opened=dict(r["record"]))),
        flat("opened-path", "an opening's path with one digit changed", MOTION, INCLUSION,
             put("opened", "path", 0)(flip_hex)),
        flat("opened-index", "an opening's log index", MOTION, INCLUSION, put("opened", "log_index")(4)),
        deep("opened-chain", "an opening of another chain", MOTION, INCLUSION, _opened_elsewhere),
        deep("opened-signature", "an opening that its signer did not sign", MOTION, INCLUSION,
             lambda s: s.leaves.__setitem__(s.opened_at, s.leaves[s.opened_at][:-1] + b"\x55")),
        deep("opened-status", "a motion that this opening did not open", "motion-executed", STATUS,
             lambda s: s.put_motion(12, 4, "executed", s.record_at)),
    ]


def _opened_after(scene):
    scene.leaves[10] = scene.leaves[scene.opened_at]
    scene.opened_at = 10


def _opened_elsewhere(scene):
    other = transaction(sha256(b"another chain"), APPLICANT, 16, message((1, b"")))
    scene.leaves[scene.opened_at] = b"\1" + other


def contents():
    other = b"Minutes of the panel, session 4\n"
    return [
        flat("content-file", "another file of the same size", A, CONTENT, lambda r: None, file=other),
        flat("content-file-size", "the same hash, another size", A, CONTENT, lambda r: r["subject"].update(size=31)),
        flat("content-hash", "a subject that the record does not name", A, CONTENT,
             lambda r: r["subject"].update(sha256=sha256(other).hex()), file=other),
        flat("content-hash-no-file", "the same without a file", "anchor-no-file", {**CONTENT, **STATUS},
             lambda r: r["subject"].update(sha256=sha256(other).hex())),
        flat("content-none", "a file, but the record has no content", AWARD, CONTENT, lambda r: None, file=FILE),
        flat("content-batch-whole", "a file, but the receipt is of the whole batch", "batch-whole", CONTENT,
             lambda r: None, file=FILE),
        flat("content-entry", "the file of another entry", LAST, CONTENT,
             lambda r: r["subject"].update(sha256=sha256(other).hex()), file=other),
        flat("content-item-size", "an item's size that is not the subject's", ITEM, CONTENT,
             lambda r: r["subject"].update(size=len(FILE) + 1)),
        flat("content-item-file", "another file than the item's", "roll-up-no-size", CONTENT, lambda r: None,
             file=other),
        flat("content-empty-file", "an empty file", A, CONTENT, lambda r: None, file=b""),
        deep("content-too-large", "an anchor of 2^53 bytes: no subject can say it", "anchor",
             CONTENT, lambda s: s.put_record(81, sized(sha256(FILE), 2**53))),
        deep("content-size-claimed", "an anchor that states a size which its file has not", A, CONTENT,
             lambda s: (s.put_record(81, sized(sha256(FILE), 33)), s.subject.update(size=33))),
        deep("content-size-absent", "an anchor that states no size, of a file with one", A, CONTENT,
             lambda s: s.put_record(81, sized(sha256(FILE), 0))),
    ]
