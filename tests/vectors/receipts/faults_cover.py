"""Faults of the cover: headers, set texts, certificates, F1 to F5."""
from cases import FORM
from keys import negate_s, sha256, test_key
from plant import FINALITY, INCLUSION, deep, drop, flat, flip_hex, put
from texts import MEMBERS, b64, set_text

A, ONE, FAR, CHANGES = "anchor", "one-anchor", "distance-3", "changes-2"


def cases():
    return header_texts() + set_texts() + certificates() + changes() + chain()


def header_line(name, new):
    """For flat(): a line of the newest header; new: a function of the line, or the line, or None."""
    def change(receipt):
        rows = receipt["headers"][0].split("\n")
        at = next(i for i, row in enumerate(rows) if row == name or row.startswith(name + " "))
        value = new(rows[at]) if callable(new) else new
        rows[at:at + 1] = [value] if value is not None else []
        receipt["headers"][0] = "\n".join(rows)
    return change


def row(index, new):
    def change(receipt):
        rows = receipt["headers"][0].split("\n")
        rows[index] = new(rows[index])
        receipt["headers"][0] = "\n".join(rows)
    return change


def header_texts():
    rows = [
        ("zero", "a decimal with a leading zero", header_line("height", lambda l: l.replace(" ", " 0"))),
        ("large", "a decimal of 2^63", header_line("view", f"view {2**63}")),
        ("time-minus", "a time below zero", header_line("time", "time -1")),
        ("proposer", "a proposer of 128", header_line("proposer", "proposer 128")),
        ("rejected-count", "65,537 rejected", header_line("rejected", f"rejected 65537 {'00' * 32}")),
        ("rejected-root", "nothing rejected, with a root that is not the empty one",
         header_line("rejected", f"rejected 0 {'00' * 32}")),
        ("log-size", "a log of size 0", row(1, lambda l: "0")),
        ("log-root", "a log root whose base64 has unused bits", row(2, lambda l: l[:-2] + _next(l[-2]) + "=")),
        ("upper-case", "upper-case hex", header_line("state", lambda l: "state " + l[6:].upper())),
        ("missing", "a line that is not there", header_line("body", None)),
        ("extra", "a line too many", header_line("body", lambda l: l + "\nnote 1")),
        ("order", "two lines in the other order", _exchanged),
        ("space", "two spaces", header_line("height", lambda l: l.replace(" ", "  "))),
        ("no-line-feed", "no line feed at the end", put("headers", 0)(lambda t: t[:-1])),
        ("empty-line", "an empty line behind", put("headers", 0)(lambda t: t + "\n")),
        ("format", "another format", header_line("format", "format stele/v2")),
        ("origin", "an origin with an upper-case letter", row(0, lambda l: l.replace("e", "E", 1))),
        ("origin-chain", "an origin that ends with another chain", row(0, lambda l: l[:-1] + _digit(l[-1]))),
        ("empty", "an empty header", put("headers", 0)("")),
    ]
    out = [flat(f"header-{name}", what, ONE, FORM, change) for name, what, change in rows]
    out += [flat("previous-form", "a previous header that does not parse", ONE, FORM, put("previous")(lambda t: t + "x")),
            flat("header-last-form", "the last of the headers does not parse", FAR, FORM,
                 put("headers", 3)(lambda t: t.replace("format ", "formal ")))]
    return out


def _next(letter):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet[alphabet.index(letter) ^ 1]


def _digit(letter):
    return "0" if letter != "0" else "1"


def _exchanged(receipt):
    rows = receipt["headers"][0].split("\n")
    rows[5], rows[6] = rows[6], rows[5]
    receipt["headers"][0] = "\n".join(rows)


def set_texts():
    first = lambda rows: rows[1].split(" ")  # noqa: E731
    rows = [
        ("order", "members out of order", lambda r: [r[0], r[2], r[1]] + r[3:]),
        ("twice", "a member twice", lambda r: r[:2] + r[1:]),
        ("none", "no member", lambda r: r[:1] + [""]),
        ("title", "another first line", lambda r: ["stele/v2 set"] + r[1:]),
        ("id-twice", "two members of one id", lambda r: _word(r, 2, 0, first(r)[0])),
        ("org-twice", "two members of one organisation", lambda r: _word(r, 2, 1, first(r)[1])),
        ("node-twice", "two members with one node key", lambda r: _word(r, 2, 3, first(r)[3])),
        ("node-consensus", "a node key that is a consensus key", lambda r: _word(r, 1, 3, first(r)[2])),
        ("node-consensus-other", "a node key that is another's consensus key",
         lambda r: _word(r, 1, 3, r[2].split(" ")[2])),
        ("point", "a node key that is no point", lambda r: _word(r, 1, 3, "02" + "00" * 31 + "05")),
        ("key-prefix", "a node key that begins with 04", lambda r: _word(r, 1, 3, "04" + first(r)[3][2:])),
        ("upper-case", "upper-case hex", lambda r: _word(r, 1, 3, first(r)[3].upper())),
        ("id-long", "an id of 65 letters", lambda r: _word(r, 1, 0, "v" * 65)),
        ("id-character", "an id with a character that it may not have", lambda r: _word(r, 1, 0, "v:1")),
        ("space", "two spaces", lambda r: [r[0], r[1].replace(" ", "  ", 1)] + r[2:]),
        ("no-line-feed", "no line feed at the end", lambda r: r[:-1]),
    ]
    out = [flat(f"set-{name}", what, A, FORM, put("set")(lambda t, change=change: "\n".join(change(t.split("\n")))))
           for name, what, change in rows]
    return out + [flat("set-later-form", "the text of a next set does not parse", CHANGES, FORM,
                       put("set_changes", 1, "set")(lambda t: t.replace("stele/v1", "stele/v9")))]


def _word(rows, at, index, word):
    words = rows[at].split(" ")
    words[index] = word
    return rows[:at] + [" ".join(words)] + rows[at + 1:]


def tweak(name, change):
    def plant(scene):
        assert name not in scene.tweaks
        scene.tweaks[name] = change
    return plant


def assign(name, **values):
    """For deep(): these attributes of a certificate, before it is signed."""
    return tweak(name, lambda c: [setattr(c, k, v(c) if callable(v) else v) for k, v in values.items()])


def signature(name, index, change):
    return tweak(name, lambda c: c.change_signature.update({index: change}))


CERTIFICATE = [
    ("kind-notarize", "a notarization instead", dict(kind=1)),
    ("kind-4", "a kind that there is none of", dict(kind=4, voted_kind=3)),
    ("vote-notarize", "signatures of notarize votes", dict(voted_kind=1)),
    ("epoch", "another epoch", dict(epoch=lambda c: c.epoch + 1)),
    ("epoch-large", "an epoch of 2^63", dict(epoch=2**63)),
    ("set-hash", "another set's hash", dict(set_hash=sha256(b"another set"))),
    ("few", "signatures of one fewer than the quorum", dict(signers=lambda c: c.signers[:-1])),
    ("none", "no signature at all", dict(signers=[])),
    ("doubled", "a signature twice, and its bit once", dict(signers=lambda c: c.signers[:-1] + c.signers[:1])),
    ("bit-beyond", "a bit beyond the set",
     dict(signers=lambda c: c.signers[:-1] + [len(MEMBERS)], bitmap_signers=lambda c: c.signers[:-1] + [7])),
    ("bit-beyond-surplus", "a quorum, and a bit beyond the set", dict(bitmap_signers=lambda c: c.signers + [7])),
    ("bit-without-signature", "a bit without a signature", dict(bitmap_signers=[0, 1, 2, 3])),
    ("signature-without-bit", "a signature without a bit", dict(signers=[0, 1, 2, 3], bitmap_signers=[0, 1, 2])),
    ("bits-exchanged", "the bits of others than those who signed", dict(signers=[0, 1, 2], bitmap_signers=[1, 2, 3])),
    ("block", "another block hash, which was signed", dict(block=sha256(b"another block"))),
    ("tail", "a byte behind", dict(tail=b"\n")),
    ("view-earlier", "a view below the header's", dict(view=lambda c: c.view - 3)),
    ("chain", "votes for another chain", dict(chain=sha256(b"another chain"))),
]

SIGNATURES = [
    ("high-s", "a high s", negate_s),
    ("r-zero", "an r of zero", lambda s: bytes(32) + s[32:]),
    ("s-zero", "an s of zero", lambda s: s[:32] + bytes(32)),
    ("r-large", "an r of N",
     lambda s: bytes.fromhex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141") + s[32:]),
    ("one-bit", "one bit of a signature", lambda s: s[:40] + bytes([s[40] ^ 1]) + s[41:]),
    ("stranger", "the signature of somebody else", lambda s: test_key("receipts stranger").sign(b"vote")),
]


def certificates():
    out = [deep(f"certificate-{name}", f"the finalization: {what}", A, FINALITY, assign("final", **values))
           for name, what, values in CERTIFICATE]
    out += [deep(f"signature-{name}", f"in the finalization: {what}", A, FINALITY, signature("final", 2, change))
            for name, what, change in SIGNATURES]
    out += [
        deep("certificate-view-later", "a view above the header's, which ends no epoch", A, FINALITY,
             assign("final", view=lambda c: c.view + 1)),
        deep("certificate-end-earlier", "an epoch's end certified in a view below its own", "epoch-end", FINALITY,
             assign("final", view=lambda c: c.view - 3)),
        deep("certificate-other-header", "a finalization of another block at that height", A, FINALITY,
             tweak("final", _other_header)),
        deep("certificate-header-form", "a header inside the certificate that does not parse", A, FINALITY,
             tweak("final", _broken_header)),
        deep("certificate-nullify", "a nullification", A, FINALITY, assign("final", kind=2)),
        deep("certificate-of-sixteen-few", "ten signatures of sixteen", "sixteen-validators",
             FINALITY, _ten_of_sixteen),
        deep("certificate-of-before", "the finalization of an earlier header", FAR, FINALITY, _certificate_of_last),
        flat("certificate-long", "a finalization of 12,289 bytes", A, FORM, put("finalization")(b64(bytes(12289)))),
        deep("set-swapped", "the text of a set that did not sign", A, FINALITY,
             lambda s: s.after.append(put("set")(set_text([4, 5, 6, 7])))),
        deep("set-larger", "the set and one member more", A, FINALITY,
             lambda s: s.after.append(put("set")(set_text([0, 1, 2, 3, 4])))),
    ]
    return out


def _other_header(certificate):
    certificate.text = certificate.text.replace("proposer 0", "proposer 1")
    certificate.block = sha256(certificate.text.encode())


def _broken_header(certificate):
    certificate.text = certificate.text.replace("format stele/v1", "format stele/v3")
    certificate.block = sha256(certificate.text.encode())


def _ten_of_sixteen(scene):
    scene.tweaks["final"] = lambda c: setattr(c, "signers", list(range(10)))


def _certificate_of_last(scene):
    def change(certificate):
        last = scene.made["run"][0]
        certificate.text, certificate.view, certificate.block = last["text"], last["view"], sha256(last["text"].encode())

    scene.tweaks["final"] = change


def other_chain(h):
    """A header's lines of a chain that is not this one; it parses."""
    h["chain"] = sha256(b"another chain")
    h["origin"] = h["origin"].rsplit("/", 1)[0] + "/" + h["chain"].hex()[:16]


def other_name(h):
    h["origin"] = "example.stele/another/" + h["chain"].hex()[:16]


def lines_of(which, index, change):
    """For deep(): a header of the scene; change(h), or a dictionary of new values."""
    def plant(scene):
        h = getattr(scene, which)
        h = h if index is None else h[index]
        h.update(change) if isinstance(change, dict) else change(h)
    return plant


def changes():
    end = ("end", 0)
    picked = [row for row in CERTIFICATE if row[0] in ("kind-notarize", "epoch", "set-hash", "few", "doubled",
                                                       "bit-without-signature", "vote-notarize")]
    out = [deep(f"change-{name}", f"the first set change: {what}", CHANGES, FINALITY, assign(end, **values))
           for name, what, values in picked]
    rows = [
        ("next-missing", "a set change whose header carries no next-validators",
         lines_of("ends", 0, {"ends": False})),
        ("next-other", "a set change whose header names another next set",
         lines_of("ends", 0, {"next": sha256(b"another set")})),
        ("other-chain", "a set change of another chain", lines_of("ends", 1, other_chain)),
        ("other-name", "a set change of another network name", lines_of("ends", 1, other_name)),
        ("header-epoch", "a set change whose header is of the next epoch",
         lambda s: s.ends[0].update(epoch=1, validators=sha256(s.sets[0].encode()), next=sha256(s.sets[1].encode()))),
        ("same-height", "two set changes at one height", lambda s: s.ends[1].update(height=s.ends[0]["height"])),
        ("height-falls", "the second set change below the first", lambda s: s.ends[1].update(height=50)),
        ("same-time", "two set changes at one time", lambda s: s.ends[1].update(time=s.ends[0]["time"])),
        ("time-falls", "the second set change before the first", lambda s: s.ends[1].update(time=s.ends[0]["time"] - 1)),
        ("height-of-last", "a set change at the record's height",
         lambda s: s.ends[1].update(height=s.run[0]["height"])),
        ("above-last", "a set change between record and top",
         lambda s: s.ends[1].update(height=s.run[1]["height"])),
        ("time-of-last", "a set change at the record's time", lambda s: s.ends[1].update(time=s.run[0]["time"])),
    ]
    out += [deep(f"change-{name}", what, CHANGES, FINALITY, change) for name, what, change in rows]
    return out + [deep("change-high-s", "a high s in a set change", CHANGES, FINALITY, signature(end, 0, negate_s))] + [
        flat(f"change-{name}", what, CHANGES, FINALITY, change) for name, what, change in (
            ("first-missing", "the first set change is not told", drop("set_changes", 0)),
            ("last-missing", "the last set change is not told", drop("set_changes", 1)),
            ("none-told", "no set change is told", put("set_changes")([])),
            ("reordered", "set changes in the other order", lambda r: r["set_changes"].reverse()),
            ("twice", "a set change twice", lambda r: r["set_changes"].append(r["set_changes"][1])),
            ("sets-exchanged", "the texts of the sets in the other order", _exchange_sets),
            ("set-of-first", "the first set once more instead of the next",
             lambda r: r["set_changes"][0].update(set=r["set"])))] + [
        flat("change-before-epoch-0", "a set change below epoch 0", A, FINALITY,
             lambda r: r["set_changes"].append({"finalization": r["finalization"], "set": r["set"]})),
        deep("change-by-next-set", "a set change signed by the next set instead of its own", CHANGES, FINALITY,
             _signed_by_next)]


def _exchange_sets(receipt):
    a, b = receipt["set_changes"]
    a["set"], b["set"] = b["set"], a["set"]


def _signed_by_next(scene):
    scene.tweaks[("end", 1)] = lambda c: setattr(c, "signing_set", scene.sets[2])


def chain():
    """F4, in three heights without a finalization of their own: run is last, two more, top."""
    both = {**FINALITY, **INCLUSION}
    rows = [
        ("parent", "a header that is not the child of the one behind it",
         lines_of("run", 2, {"parent": sha256(b"another parent")})),
        ("height-skipped", "a height left out", lambda s: [h.update(height=h["height"] + 1) for h in s.run[2:]]),
        ("height-same", "one height twice", lambda s: [h.update(height=h["height"] - 1) for h in s.run[2:]]),
        ("time-same", "a header at its parent's time", lambda s: s.run[2].update(time=s.run[1]["time"])),
        ("time-earlier", "a top before its parent", lambda s: s.run[3].update(time=s.run[2]["time"] - 1)),
        ("log-shrinks", "a log that shrinks", lines_of("run", 1, {"log_size": 11})),
        ("other-chain", "a header of another chain in between", lines_of("run", 1, other_chain)),
        ("other-name", "a header of another network name in between", lines_of("run", 1, other_name)),
        ("epoch", "a header of another epoch in between",
         lambda s: s.run[1].update(epoch=1, validators=sha256(s.sets[0].encode()))),
        ("validators", "a header of another set in between",
         lambda s: s.run[1].update(validators=sha256(s.sets[1].encode()))),
        ("next", "next-validators below the top", lines_of("run", 1, {"ends": True})),
    ]
    out = [deep(f"run-{name}", what, FAR, FINALITY, change) for name, what, change in rows]
    return out + [
        flat("run-reversed", "headers oldest first", FAR, both, lambda r: r["headers"].reverse()),
        flat("run-gap", "a header left out in the middle", FAR, FINALITY, drop("headers", 1)),
        flat("run-top-missing", "the finalized header itself is left out", FAR, FINALITY, drop("headers", 0)),
        flat("run-last-missing", "the header of the record's height is left out", FAR, INCLUSION, drop("headers", 3)),
        flat("run-twice", "a header twice", FAR, FINALITY, lambda r: r["headers"].insert(1, r["headers"][1])),
        flat("run-previous-too", "the previous header as the last one", FAR,
             INCLUSION, lambda r: r["headers"].append(r["previous"])),
        flat("run-changed", "a header whose bytes are others than were hashed", FAR, FINALITY,
             put("headers", 1)(lambda t: t.replace("proposer 0", "proposer 3"))),
        flat("top-changed", "a top whose state root is another", A, FINALITY,
             put("headers", 0)(lambda t: t.replace("state " + t.split("state ")[1][:64],
                                                   "state " + flip_hex(t.split("state ")[1][:64])))),
    ]
