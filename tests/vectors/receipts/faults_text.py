"""Faults of form: section 1 of docs/receipt.md, and members that are not as listed."""
from cases import FORM, VERSION
from keys import sha256
from plant import drop, flat, put, swap, text

A, STATUS, NEWER = "one-anchor", "one-validator", "superseded"


def cases():
    return noise() + numbers() + strings() + members() + types() + versions()


def noise():
    return [
        text("text-empty", "nothing at all", A, FORM, lambda t: b""),
        text("text-truncated", "half of the text", A, FORM, lambda t: t[:len(t) // 2]),
        text("text-no-line-feed", "no line feed at the end", A, FORM, lambda t: t[:-1]),
        text("text-two-line-feeds", "two line feeds at the end", A, FORM, lambda t: t + b"\n"),
        text("text-crlf", "a carriage return before the line feed", A, FORM, lambda t: t[:-1] + b"\r\n"),
        text("text-space-before", "a space before the object", A, FORM, lambda t: b" " + t),
        text("text-bom", "a byte order mark", A, FORM, lambda t: b"\xef\xbb\xbf" + t),
        text("text-space-inside", "a space behind a colon", A, FORM, swap('"log_index":', '"log_index": ')),
        text("text-behind", "another object behind the first", A, FORM, lambda t: t[:-1] + b"{}\n"),
        text("text-nul-behind", "a NUL at the end", A, FORM, lambda t: t + b"\0"),
        text("text-array", "an array that holds the receipt", A, FORM, lambda t: b"[" + t[:-1] + b"]\n"),
        text("text-string", "a string where an object should stand", A, FORM, lambda t: b'"receipt"\n'),
        text("text-comma", "a comma behind the last member", A, FORM, lambda t: t[:-2] + b",}\n"),
        text("text-single-quotes", "a name in single quotes", A, FORM, swap('"set"', "'set'")),
        text("order-top", "the version as the first member", A, FORM,
             lambda t: b'{"stele_receipt":1,' + t.replace(b'"stele_receipt":1,', b"")[1:]),
        text("order-leaf", "a leaf's members out of order", A, FORM, _leaf_order),
        text("member-twice", "a member that stands there twice", A, FORM,
             swap('"stele_receipt":1,', '"stele_receipt":1,"stele_receipt":1,')),
        text("member-twice-inside", "log_index twice", A, FORM, swap('"log_index":9', '"log_index":9,"log_index":9')),
    ]


def _leaf_order(data):
    start = data.index(b'"log_index":9,')
    out = data.replace(b'"log_index":9,', b"", 1)
    end = out.index(b"}", start)
    return out[:end] + b',"log_index":9' + out[end:]


def numbers():
    at = '"log_index":9'
    return [text("number-" + name, what, A, FORM, swap(at, '"log_index":' + new)) for name, what, new in (
        ("point", "a number with a point", "9.0"), ("exponent", "a number with an exponent", "9e0"),
        ("zero", "a number with a leading zero", "09"), ("minus", "a number below zero", "-9"),
        ("minus-zero", "minus zero", "-0"), ("plus", "a number with a plus", "+9"),
        ("large", "2^53", "9007199254740992"), ("huge", "a number of forty digits", "9" * 40),
        ("text", "a number in quotes", '"9"'), ("true", "true instead of a number", "true"),
        ("null", "null instead of a number", "null"), ("hex", "a number in hex", "0x9"), ("none", "no value", ""))]


def strings():
    return [
        text("string-escape-u", "an escaped letter", A, FORM, swap("stele/v1 set", "\\u0073tele/v1 set")),
        text("string-escape-slash", "an escaped slash", A, FORM, swap("stele/v1 set", "stele\\/v1 set")),
        text("string-escape-tab", "a tab, as an escape", A, FORM, swap("stele/v1 set", "stele/v1\\tset")),
        text("string-escape-lf", "a line feed written as \\u000a", A, FORM, swap("v1 set\\n", "v1 set\\u000a")),
        text("string-raw-lf", "a line feed as itself", A, FORM, swap("v1 set\\n", "v1 set\n")),
        text("string-delete", "U+007F", A, FORM, swap("stele/v1 set", "stele/v1\x7fset")),
        text("string-latin", "a byte that is no UTF-8", A, FORM, swap("stele/v1 set", "stele/v1\xe4set")),
        text("string-utf8", "a letter outside of ASCII", A, FORM, swap("stele/v1 set", "stele/v1\xc3\xa4set")),
        text("string-nul", "U+0000 inside a text", A, FORM, swap("stele/v1 set", "stele/v1\\u0000set")),
        text("name-escaped", "an escape in a member's name", A, FORM, swap('"set"', '"s\\u0065t"')),
        flat("hash-upper-case", "upper-case digits in a hash", A, FORM, put("record", "path", 0)(_upper)),
        flat("hash-short", "63 digits", A, FORM, put("record", "path", 0)(lambda h: h[:-1])),
        flat("hash-long", "65 digits", A, FORM, put("record", "path", 0)(lambda h: h + "0")),
        flat("hash-no-hex", "a g in a hash", A, FORM, put("record", "path", 0)(lambda h: "g" + h[1:])),
        flat("subject-upper-case", "upper-case digits in the subject", A, FORM, put("subject", "sha256")(_upper)),
        flat("base64-no-padding", "base64 without its padding", A, FORM, put("finalization")(_no_padding)),
        flat("base64-bits", "unused bits of base64 that are not zero", A, FORM, put("finalization")(_unused_bits)),
        flat("base64-url", "the other alphabet of base64", A, FORM,
             put("finalization")(lambda s: s.replace("/", "_").replace("+", "-"))),
        flat("base64-line-feed", "a line feed inside base64", A, FORM, put("finalization")(lambda s: s[:76] + "\n" + s[76:])),
        flat("base64-excess", "four characters of padding behind", A, FORM, put("finalization")(lambda s: s + "====")),
    ]


def _upper(digest):
    assert digest.upper() != digest
    return digest.upper()


def _no_padding(data):
    assert data.endswith("=")
    return data.rstrip("=")


def _unused_bits(data):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = data.rstrip("=")[-1]
    assert data.endswith("=") and alphabet.index(last) % 4 == 0
    end = data.rindex(last)
    return data[:end] + alphabet[alphabet.index(last) + 1] + data[end + 1:]


def members():
    needed = ["finalization", "headers", "previous", "record", "set", "set_changes", "stele_receipt", "subject"]
    out = [flat(f"no-{name.replace('_', '-')}", f"{name} is not there", A, FORM, drop(name)) for name in needed]
    out += [flat(f"record-no-{name.replace('_', '-')}", f"the record has no {name}", A, FORM, drop("record", name))
            for name in ("log_index", "path", "transaction")]
    out += [flat(f"status-no-{name}", f"the status has no {name}", NEWER, FORM, drop("status", name))
            for name in ("entries", "tree")]
    out += [flat(f"status-without-{name.replace('_', '-')}", f"of the members for a newer header {name} is missing",
                 NEWER, FORM, drop("status", name)) for name in ("consistency", "finalization", "set_changes")]
    out += [flat("unknown-member", "a member that is not listed", A, FORM, put_new("note", 1)),
            flat("unknown-in-record", "a member of the record that is not listed", A, FORM,
                 lambda r: r["record"].update(kind="anchor")),
            flat("unknown-in-entry", "a member of a state entry that is not listed", STATUS, FORM,
                 lambda r: r["status"]["entries"][0].update(note=0)),
            flat("unknown-in-change", "a member of a set change that is not listed", "changes-2", FORM,
                 lambda r: r["set_changes"][0].update(epoch=0)),
            flat("headers-none", "no header", A, FORM, put("headers")([])),
            flat("entries-none", "a status without entries", STATUS, FORM, put("status", "entries")([])),
            flat("entries-five", "five entries", STATUS, FORM, _five_entries),
            flat("path-64", "a path of 64 hashes", A, FORM, put("record", "path")(["00" * 32] * 64)),
            flat("certificate-short", "a finalization of 107 bytes", A, FORM,
                 put("finalization")(lambda s: s[:140] + "AAA=")),
            flat("tree-large", "a tree of 65,537 bytes", STATUS, FORM, put("status", "tree")("AAAA" * 21845 + "AAA="))]
    return out


def put_new(name, value):
    return lambda receipt: receipt.update({name: value})


def _five_entries(receipt):
    entries = receipt["status"]["entries"] + [{"key": f"org/absent-{i}"} for i in range(3)]
    receipt["status"]["entries"] = sorted(entries, key=lambda e: sha256(e["key"].encode()))


def types():
    own = {"finalization": "text", "previous": "text", "set": "text"}
    values = (("number", 7), ("text", "text"), ("object", {}), ("array", [{}]))
    wrong = [(name, kind, value) for name in ("finalization", "headers", "previous", "record", "set", "set_changes",
                                              "status", "subject")
             for kind, value in values if kind != own.get(name)]
    rows = [flat(f"type-{name.replace('_', '-')}-{kind}", f"{name} is of another type", A, FORM, put(name)(value))
            for name, kind, value in wrong[::2]]
    return rows + [
        flat("type-header-number", "a header that is a number", A, FORM, put("headers", 0)(5)),
        flat("type-path-object", "an object in a path", A, FORM, put("record", "path", 0)({})),
        flat("type-entry-text", "a state entry that is a text", STATUS, FORM, put("status", "entries", 0)("key")),
        flat("type-version-text", "the version in quotes", A, FORM, put("stele_receipt")("1"))]


def versions():
    return [
        flat("version-2", "a version that is not known", A, VERSION, put("stele_receipt")(2)),
        flat("version-0", "version 0, which is no version 1", A, VERSION, put("stele_receipt")(0)),
        text("version-2-alone", "a later version with members that nobody knows", A, VERSION,
             lambda t: b'{"stele_receipt":2,"wholly":{"other":[]}}\n'),
        text("version-2-depth-32", "a later version, 32 objects and arrays inside each other", A, VERSION,
             lambda t: b'{"stele_receipt":2,"x":' + b"[" * 31 + b"]" * 31 + b"}\n"),
        text("version-2-depth-33", "one more of them: no canonical text", A, FORM,
             lambda t: b'{"stele_receipt":2,"x":' + b"[" * 32 + b"]" * 32 + b"}\n"),
        text("version-2-white-space", "a later version, but no canonical text", A, FORM,
             lambda t: b'{"stele_receipt": 2}\n'),
    ]
