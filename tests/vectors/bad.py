"""Transactions that must be refused, each with the number of its error: one or more for every
canonical rule and every stateless check of docs/ledger.md section 1."""
from records import DOMAIN, HASH, batch, body, envelope
from reference import N, Packed, field, merkle_root, message as m, sha256, tag, varint

ENCODING, FIELD, SIZE, CHAIN, ATTACHMENT, KEY, SIGNATURE = 2002, 2003, 2001, 2004, 2005, 2006, 2007


def wire(number, kind, payload):
    return tag(number, kind) + payload


def encodings(chain, key):
    """(name, body): bodies whose encoding is not canonical."""
    head = m((1, chain), (2, key.public), (3, 1763800090000), (4, 7))
    good = m((1, HASH), (2, 5))
    anchor = lambda content: head + field(81, content)
    text = lambda raw: anchor(m((1, HASH)) + field(4, raw))
    register = lambda roles: head + field(20, m((1, "X"), (2, m((2, "n")))) + roles + field(4, m(
        (1, key.public), (2, Packed([1])), (3, bytes(64)))))
    return [
        ("empty body's operation: no member of the oneof", head),
        ("two members of the oneof", anchor(good) + field(100, m((4, "x"), (5, HASH)))),
        ("two members of an inner oneof", head + field(100, m((1, "P"), (4, "x"), (5, HASH)))),
        ("no member of an inner oneof", head + field(100, m((5, HASH)))),
        ("the same member twice", anchor(good) + field(81, good)),
        ("fields out of order", m((2, key.public), (1, chain), (3, 1), (4, 7)) + field(81, good)),
        ("fields out of order inside", anchor(m((2, 5), (1, HASH)))),
        ("a field twice", m((1, chain), (1, chain), (2, key.public)) + field(81, good)),
        ("a field twice inside", anchor(m((1, HASH), (2, 5), (2, 5)))),
        ("unknown field", head + field(5, 1) + field(81, good)),
        ("unknown field at the end", anchor(good) + field(101, b"x")),
        ("unknown field inside", anchor(good + field(16, 1))),
        ("unknown field two levels down", anchor(m((1, HASH)) + field(12, m((1, "g"), (4, "x"))))),
        ("field number 0", b"\x02\x00" + anchor(good)),
        ("padded tag", varint(1 << 3 | 2, 1) + varint(32) + chain + anchor(good)[34:]),
        ("tag above 32 bits", wire(2**29, 0, b"\1") + anchor(good)),
        ("padded length", tag(1, 2) + varint(32, 1) + chain + anchor(good)[34:]),
        ("padded value", anchor(m((1, HASH)) + tag(2, 0) + varint(5, 1))),
        ("value of eleven bytes", anchor(m((1, HASH)) + tag(2, 0) + b"\xff" * 10 + b"\1")),
        ("value above 64 bits", anchor(m((1, HASH)) + tag(2, 0) + b"\xff" * 9 + b"\2")),
        ("32-bit value above 32 bits", head + field(82, m((1, 2**32 + 1), (2, HASH)))),
        ("zero number present", anchor(m((1, HASH), (2, 0)))),
        ("empty string present", anchor(m((1, HASH), (3, "")))),
        ("empty bytes present", anchor(m((1, HASH), (15, b"")))),
        ("empty message present", anchor(m((1, HASH), (12, b"")))),
        ("zero enum present", anchor(m((1, HASH), (8, 0)))),
        ("unknown enum", anchor(m((1, HASH), (8, 18)))),
        ("negative enum", anchor(m((1, HASH)) + tag(8, 0) + b"\xff" * 9 + b"\1")),
        ("unknown enum in a packed list", register(field(3, Packed([3, 8])))),
        ("list not packed", register(tag(3, 0) + b"\3" + tag(3, 0) + b"\6")),
        ("packed list in two pieces", register(field(3, Packed([3])) + field(3, Packed([6])))),
        ("empty packed list", register(field(3, Packed([])))),
        ("padded number in a packed list", register(field(3, b"\x83\0"))),
        ("wrong wire type: number for bytes", anchor(tag(1, 0) + b"\1")),
        ("wrong wire type: bytes for a number", anchor(m((1, HASH)) + field(2, b"x"))),
        ("wire type fixed32", anchor(m((1, HASH)) + wire(2, 5, b"\1\0\0\0"))),
        ("wire type fixed64", anchor(m((1, HASH)) + wire(2, 1, b"\1" + bytes(7)))),
        ("group", anchor(m((1, HASH)) + wire(2, 3, b"") + wire(2, 4, b""))),
        ("length past the end", head + tag(81, 2) + varint(len(good) + 1) + good),
        ("length past the end inside", anchor(tag(1, 2) + varint(33) + HASH)),
        ("huge length", head + tag(81, 2) + varint(2**64 - 1) + good),
        ("ends within a tag", anchor(good) + b"\xff"),
        ("UTF-8: lone continuation", text(b"\x80")),
        ("UTF-8: cut short", text(b"a\xe6\xa0")),
        ("UTF-8: two bytes for one", text(b"\xc1\xbf")),
        ("UTF-8: three bytes for two", text(b"\xe0\x9f\xbf")),
        ("UTF-8: four bytes for three", text(b"\xf0\x8f\xbf\xbf")),
        ("UTF-8: surrogate", text(b"\xed\xa0\x80")),
        ("UTF-8: above U+10FFFF", text(b"\xf4\x90\x80\x80")),
        ("UTF-8: lead byte of five", text(b"\xf8\x88\x80\x80\x80")),
        ("U+0000", text(b"a\0b")), ("U+001F", text(b"\x1f")), ("U+007F", text(b"\x7f")),
        ("U+0080", text(b"\xc2\x80")), ("U+009F", text(b"\xc2\x9f")), ("line feed", text(b"a\nb")),
        ("not canonical, and a field out of bounds before it", anchor(m((1, HASH[:31]), (2, 0)))),
    ]


def fields(chain, key):
    """(name, body): canonical, and a field missing or out of its bounds."""
    op = lambda number, content: body(chain, key, number, content)
    anchor = lambda content: op(81, content)
    org_key = m((1, key.public), (2, Packed([1])), (3, bytes(64)))
    register = lambda i, roles, keys: op(20, m((1, i), (2, m((2, "n"))), (3, Packed(roles)), (4, keys)))
    period = m((1, "2026-01-01"), (2, "2027-12-31"))
    programme = lambda **c: op(40, m((1, c.get("id", "P")), (2, "F"), (3, "A"), (4, m((2, "t"))),
                                     (5, c.get("currency", "CNY")), (6, 1), (7, 1),
                                     (8, c.get("period", period)), (9, c.get("areas", []))))
    pay = lambda date: op(66, m((1, "P"), (2, 1), (4, 1), (5, "a"), (6, "b"), (7, date), (8, HASH)))
    return [
        ("chain of 31 bytes", m((1, chain[:31]), (2, key.public), (3, 1), (81, m((1, HASH))))),
        ("no chain", m((2, key.public), (3, 1), (81, m((1, HASH))))),
        ("signer of 65 bytes", m((1, chain), (2, bytes(65)), (3, 1), (81, m((1, HASH))))),
        ("no signer", m((1, chain), (3, 1), (81, m((1, HASH))))),
        ("hash of 31 bytes", anchor(m((1, HASH[:31])))),
        ("hash of 33 bytes", anchor(m((1, HASH + b"x")))),
        ("no hash", anchor(m((2, 5)))),
        ("nothing where fields are required", anchor(b"")),
        ("size of 2^63", anchor(m((1, HASH), (2, 2**63)))),
        ("media type of 128", anchor(m((1, HASH), (3, "x" * 128)))),
        ("title of 257", anchor(m((1, HASH), (4, "x" * 257)))),
        ("17 soft bindings", anchor(m((1, HASH), (10, [m((1, "a"), (2, b"b"))] * 17)))),
        ("33 parents", anchor(m((1, HASH), (13, [m((1, HASH), (3, 1))] * 33)))),
        ("parent without relation", anchor(m((1, HASH), (13, [m((1, HASH))])))),
        ("id of 65", register("x" * 65, [1], [org_key])),
        ("slash in an id", register("a/b", [1], [org_key])),
        ("space in an id", register("a b", [1], [org_key])),
        ("id not ASCII", register("é", [1], [org_key])),
        ("roles descending", register("x", [2, 1], [org_key])),
        ("role twice", register("x", [2, 2], [org_key])),
        ("role zero in the list", register("x", [0, 2], [org_key])),
        ("nine keys", register("x", [1], [org_key] * 9)),
        ("no keys", op(20, m((1, "x"), (2, m((2, "n"))), (3, Packed([1]))))),
        ("purposes descending", register("x", [1], [m((1, key.public), (2, Packed([3, 1])), (3, bytes(64)))])),
        ("proof of 63 bytes", register("x", [1], [m((1, key.public), (2, Packed([1])), (3, bytes(63)))])),
        ("currency in lower case", programme(currency="cny")),
        ("currency of two", programme(currency="CN")),
        ("33 areas", programme(areas=[m((1, f"a{i}")) for i in range(33)])),
        ("period without end", programme(period=m((1, "2026-01-01")))),
        ("date with slashes", pay("2026/01/01")),
        ("date of nine characters", pay("2026-1-01")),
        ("month 13", pay("2026-13-01")), ("month 0", pay("2026-00-01")),
        ("day 32", pay("2026-01-32")), ("day 0", pay("2026-01-00")),
        ("65 milestones", op(60, m((1, "P"), (5, [m((1, "x"), (2, 10000))]), (6, 1), (7, period), (9, [m((1, 1))] * 65)))),
        ("17 recipients", op(60, m((1, "P"), (5, [m((1, "x"), (2, 1))] * 17), (6, 1), (7, period)))),
        ("no recipients", op(60, m((1, "P"), (6, 1), (7, period)))),
        ("65 rules", op(25, m((1, [m((1, i + 1)) for i in range(65)])))),
        ("motion without an operation", op(16, m((2, 5)))),
        ("batch of 0", op(82, m((2, HASH)))),
        ("batch of 4097", op(82, m((1, 4097), (2, HASH)))),
    ]


def attachments(chain, key):
    """(name, body, attachment)"""
    content, attachment = batch(3)
    entry = m((1, HASH), (3, "x"))
    named = lambda entries: body(chain, key, 82, m((1, len(entries)), (2, merkle_root(entries))))
    of = lambda entries: (named(entries), m((1, entries)))
    good = body(chain, key, 82, content)
    return [
        ("attachment missing", good, b""),
        ("attachment where none belongs", body(chain, key, 81, m((1, HASH))), attachment),
        ("entry changed", good, attachment[:-1] + b"\1"),
        ("entry missing", good, m((1, [entry]))),
        ("entries in another order", named([entry, m((1, HASH))]), m((1, [m((1, HASH)), entry]))),
        ("count differs", body(chain, key, 82, m((1, 4)) + content[2:]), attachment),
        ("unknown field beside the entries", good, attachment + field(2, 1)),
        ("entry with an unknown field", *of([entry + field(5, 1)])),
        ("entry with a hash of 31 bytes", *of([m((1, HASH[:31]))])),
        ("entry with a media type of 41", *of([m((1, HASH), (3, "x" * 41))])),
        ("entry with unknown relation", *of([m((1, HASH), (4, 7))])),
        ("empty entry", *of([b""])),
    ]


def envelopes(chain, key):
    """(name, error, raw)"""
    good = body(chain, key, 81, m((1, HASH)))
    digest = sha256(DOMAIN + good)
    signature = key.sign_digest(digest)
    other = body(bytes(31) + b"\1", key, 81, m((1, HASH)))
    sign = lambda b: key.sign_digest(sha256(DOMAIN + b))
    point = lambda k: m((1, chain), (2, k), (3, 1), (81, m((1, HASH))))
    uncompressed, no_point = point(b"\4" + key.public[1:]), point(b"\2" + b"\xff" * 32)
    long_title = body(chain, key, 81, m((1, HASH), (5, "x" * 65500)))
    return [
        ("nothing at all", FIELD, b""),
        ("no signature", FIELD, m((1, good))),
        ("no body", FIELD, m((2, signature))),
        ("signature of 63 bytes", FIELD, envelope(good, signature[:63])),
        ("signature of 65 bytes", FIELD, envelope(good, signature + b"x")),
        ("signature before body", ENCODING, m((2, signature), (1, good))),
        ("unknown field in the envelope", ENCODING, envelope(good, signature) + field(4, 1)),
        ("empty attachment present", ENCODING, m((1, good), (2, signature), (3, b""))),
        ("trailing byte", ENCODING, envelope(good, signature) + b"\0"),
        ("body of 65,451 bytes and more", SIZE, envelope(long_title, signature)),
        ("whole above 458,800 bytes", SIZE, envelope(good, signature, bytes(458800))),
        ("attachment above 393,216 bytes", SIZE, envelope(good, signature, bytes(393217))),
        ("another chain", CHAIN, envelope(other, sign(other))),
        ("signer is no compressed key", KEY, envelope(uncompressed, sign(uncompressed))),
        ("signer is no point", KEY, envelope(no_point, sign(no_point))),
        ("signature over the body alone", SIGNATURE, envelope(good, key.sign(good))),
        ("high s", SIGNATURE, envelope(good, key.sign_digest(digest, high_s=True))),
        ("r = 0", SIGNATURE, envelope(good, bytes(32) + signature[32:])),
        ("s = 0", SIGNATURE, envelope(good, signature[:32] + bytes(32))),
        ("r = N", SIGNATURE, envelope(good, N.to_bytes(32, "big") + signature[32:])),
        ("one bit of the signature", SIGNATURE, envelope(good, signature[:-1] + bytes([signature[-1] ^ 1]))),
        ("one bit of the content", SIGNATURE, envelope(good[:-1] + bytes([good[-1] ^ 1]), signature)),
    ]


def transactions(chain, key):
    sign = lambda b: key.sign_digest(sha256(DOMAIN + b))
    out = [(n, ENCODING, envelope(b, sign(b))) for n, b in encodings(chain, key)]
    out += [(n, FIELD, envelope(b, sign(b))) for n, b in fields(chain, key)]
    out += [(n, ATTACHMENT, envelope(b, sign(b), a)) for n, b, a in attachments(chain, key)]
    out += envelopes(chain, key)
    return [{"name": n, "error": e, "raw": shorten(r)} for n, e, r in out]


def shorten(raw):
    """[hex, [hex of one byte, count], hex …] where a run is longer than 1,000; plain hex otherwise."""
    parts, start, i = [], 0, 0
    while i < len(raw):
        j = i
        while j < len(raw) and raw[j] == raw[i]:
            j += 1
        if j - i > 1000:
            parts += [raw[start:i].hex(), [raw[i:i + 1].hex(), j - i]]
            start = j
        i = j
    return raw.hex() if not parts else parts + [raw[start:].hex()]
