"""Mutations of a receipt as it stands: its text, its members, the lines and bytes inside of them.

Nothing is signed anew, so that most of these meet the checks in front.
"""
import base64
import copy
import json
import re

from reference import varint

BLOBS = ("finalization", "transaction", "tree", "value", "data")
HASH = re.compile(r"[0-9a-f]{64}")
NUMBERS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 63, 64, 4096, 4097, 65535, 2**31, 2**32, 2**53 - 1, 2**53,
           2**63, -1)
VALUES = (0, 1, 2, "", "x", "\n", [], {}, [0], [""], {"a": 1}, None, True, 0.5, "00" * 32, "AAAA",
          ["11" * 32])
NOISE = (b" ", b"\n", b"\r", b"\t", b"\0", b",", b":", b'"', b"\\", b"\\n", b"\\u0041", b"\\/", b"{", b"}",
         b"[", b"]", b"0", b"-", b".", b"e1", b"true", b"null", b"\x7f", b"\xc3\xa4", b"\xff",
         b"{}", b"[]", b'""')


def canonical(value):
    return (json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n").encode()


# ---- text ---------------------------------------------------------------------------------------------

def noise(rng, data):
    """A few bytes here or there."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(out) + 1)
        if rng.random() < 0.2:
            at = rng.choice((0, len(out), max(len(out) - 1, 0)))
        kind = rng.randrange(6)
        if kind == 0:
            out[at:at] = rng.choice(NOISE)
        elif kind == 1:
            del out[at:at + rng.choice((1, 1, 2, 8))]
        elif kind == 2 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 3 and at < len(out):
            out[at] = rng.randrange(256)
        elif kind == 4:
            out[at:at] = out[at:at + rng.choice((1, 4, 16, 70))]
        else:
            start = rng.randrange(len(out) + 1)
            out[at:at + rng.choice((1, 64))] = out[start:start + rng.choice((1, 64))]
    return bytes(out)


def rendering(rng, value):
    """The same content, rendered as other libraries would."""
    kind = rng.randrange(5)
    if kind == 0:
        return (json.dumps(value, sort_keys=True) + "\n").encode()
    if kind == 1:
        return (json.dumps(value, separators=(",", ":")) + "\n").encode()
    if kind == 2:
        return canonical(value)[:-1]
    if kind == 3:
        return canonical(value).replace(b"/", b"\\/", rng.choice((1, 9999)))
    return canonical(value).replace(b"\\n", b"\\u000a", 1)


# ---- members --------------------------------------------------------------------------------------------

def places(value, found=None):
    """(container, member or index) of everything inside."""
    found = [] if found is None else found
    for step in (value if isinstance(value, dict) else range(len(value))):
        found.append((value, step))
        if isinstance(value[step], (dict, list)):
            places(value[step], found)
    return found


def members(rng, receipt, others):
    """One member or element: changed inside, gone, twice, another's, of another type."""
    container, step = rng.choice(places(receipt))
    kind = rng.random()
    if kind < 0.05:
        del container[step]
    elif kind < 0.08:
        container[step] = copy.deepcopy(rng.choice(VALUES))
    elif kind < 0.10 and isinstance(container, dict):
        name = rng.choice(("note", "status", "opened", "entry", "subject", "consistency", "set"))
        container[name] = copy.deepcopy(rng.choice(VALUES))
    elif kind < 0.25:
        transplant(rng, receipt, others)
    elif kind < 0.35 and isinstance(container, list):
        elements(rng, container, step)
    else:
        container[step] = inside(rng, step, container[step])


def elements(rng, array, at):
    kind = rng.randrange(3)
    if kind == 0:
        del array[at]
    elif kind == 1:
        array.insert(rng.randrange(len(array) + 1), array[at])
    else:
        other = rng.randrange(len(array))
        array[at], array[other] = array[other], array[at]


def transplant(rng, receipt, others):
    """A member of another receipt."""
    donor = json.loads(rng.choice(others))
    name = rng.choice([k for k in donor])
    both = isinstance(donor[name], dict) and isinstance(receipt.get(name), dict)
    if both and donor[name] and rng.random() < 0.6:
        inner = rng.choice(list(donor[name]))
        receipt[name][inner] = donor[name][inner]
    else:
        receipt[name] = donor[name]


def inside(rng, name, value):
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return 1
    if isinstance(value, int):
        return rng.choice((value + 1, value - 1, value * 2, rng.choice(NUMBERS)))
    if isinstance(value, list):
        return rng.choice((value[1:], value[:-1], value[::-1], value + value[-1:], []))
    if isinstance(value, dict):
        return value
    if value.startswith("stele/v1 set\n"):
        return set_text(rng, value)
    if "\nformat stele/v1\n" in value:
        return header(rng, value)
    if name in BLOBS:
        return blob(rng, value, name)
    if HASH.fullmatch(value):
        at = rng.randrange(64)
        return value[:at] + rng.choice("0123456789abcdef" * 4 + "Ag") + value[at + 1:]
    return characters(rng, value)


def characters(rng, text):
    at = rng.randrange(len(text) + 1)
    letter = rng.choice("0azA/.-_ \n\"\\~\x7f\xe4:+=")
    exchanged = text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]
    return rng.choice((text[:at] + letter + text[at:], text[:at] + text[at + 1:], exchanged, text.upper(),
                       text + text))


# ---- lines ------------------------------------------------------------------------------------------------

def header(rng, text):
    """One line of a header."""
    rows = text.split("\n")
    at = rng.randrange(len(rows))
    kind = rng.randrange(20)
    if kind == 0:
        del rows[at]
    elif kind == 1:
        rows.insert(rng.randrange(len(rows)), rows[at])
    elif kind == 2:
        other = rng.randrange(len(rows))
        rows[at], rows[other] = rows[other], rows[at]
    elif kind == 3:
        rows[at] = characters(rng, rows[at])
    elif kind == 4 and " " not in rows[-2][:15]:
        rows.insert(-1, "next-validators " + "ab" * 32)
    else:
        rows[at] = word(rng, rows[at])
    return "\n".join(rows)


def word(rng, line):
    """A number or hash of a line."""
    words = line.split(" ")
    at = rng.randrange(len(words))
    if words[at].isdigit() and words[at].isascii():
        number = int(words[at])
        words[at] = str(rng.choice((number + 1, abs(number - 1), number + 100, number // 2, number * 2,
                                    rng.choice(NUMBERS), rng.choice(("0" + words[at], number)))))
    elif HASH.fullmatch(words[at]):
        words[at] = rng.choice(("00" * 32, words[at][::-1], "%064x" % rng.getrandbits(256),
                                rng.choice((words[at].upper(), words[at][:-1], words[at][::-1]))))
    else:
        words[at] = characters(rng, words[at])
    return " ".join(words)


def set_text(rng, text):
    rows = text.split("\n")[1:-1]
    if not rows:
        return text
    kind = rng.randrange(6)
    if kind == 0:
        rows.pop(rng.randrange(len(rows)))
    elif kind == 1:
        rng.shuffle(rows)
    elif kind == 2:
        rows.append(rows[0])
    elif kind == 3:
        a, b = rng.randrange(len(rows)), rng.randrange(len(rows))
        words, others = rows[a].split(" "), rows[b].split(" ")
        at, from_ = rng.randrange(len(words)), rng.randrange(len(others))
        words[at] = others[from_]
        rows[a] = " ".join(words)
    elif kind == 4:
        at = rng.randrange(len(rows))
        rows[at] = characters(rng, rows[at])
    else:
        at = rng.randrange(len(rows))
        words = rows[at].split(" ")
        words[-1] = rng.choice(("02", "03")) + "%064x" % rng.choice((
            0, 1, 2, 3, 4, 5, 6, 7, 2**256 - 2**32 - 977, 2**256 - 2**32 - 976, rng.getrandbits(256)))
        rows[at] = " ".join(words)
    return "stele/v1 set\n" + "".join(row + "\n" for row in rows)


# ---- bytes -------------------------------------------------------------------------------------

def blob(rng, text, name):
    """Base64: the bytes inside, or rarely the text itself."""
    if rng.random() < 0.15:
        return characters(rng, text)
    try:
        data = base64.b64decode(text)
    except ValueError:
        return text
    if name == "finalization":
        data = certificate(rng, data)
    elif name in ("transaction", "data", "value") and rng.random() < 0.7:
        data = message(rng, data, name)
    elif name == "tree" and rng.random() < 0.7:
        data = tree(rng, data)
    else:
        data = noise(rng, data)
    return base64.b64encode(data).decode()


def certificate(rng, data):
    """A field of a certificate: kind, epoch, set, view, block, bitmap, signatures, header."""
    out = bytearray(data)
    start, length = rng.choice(((0, 1), (1, 8), (9, 32), (41, 8), (49, 32), (81, 1), (82, 64), (82, 192),
                                (146, 2)))
    kind = rng.randrange(5)
    if len(out) < max(start + length, 108) or kind == 0:
        return noise(rng, data)
    at = start + rng.randrange(length)
    if kind == 1:
        out[at] ^= 1 << rng.randrange(8)
    elif kind == 2:
        out[at] = (out[at] + rng.choice((1, 255))) % 256
    elif kind == 3:
        del out[82:82 + 64]
    else:
        out[82:82] = out[82:82 + 64]
        out[81] = rng.choice((7, 11, 13, 14, 15, 3, 255))
    return bytes(out)


def tree(rng, data):
    """Marks and hashes."""
    out = bytearray(data)
    if not out:
        return bytes(rng.choice((1, 2, 3, 4)) for _ in range(3))
    marks = [i for i, byte in enumerate(out) if 1 <= byte <= 4]
    at = rng.choice(marks) if marks and rng.random() < 0.6 else rng.randrange(len(out))
    kind = rng.randrange(6)
    if kind == 0:
        out[at] = rng.randrange(6)
    elif kind == 1:
        del out[at:at + rng.choice((1, 32))]
    elif kind == 2:
        out[at:at] = bytes([rng.choice((1, 2, 4))])
    elif kind == 3:
        out[at:at] = bytes(32)
    elif kind == 4:
        out[at:at + 1] = b"\3" + rng.randbytes(64)
    else:
        out += rng.choice((b"\4", b"\0", bytes(32), b"\1"))
    return bytes(out)


def fields(data):
    """[(number, wire, value)] where all of it is fields of numbers and bytes; else None."""
    out, at = [], 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    try:
        while at < len(data):
            tag = number()
            if tag & 7 == 0:
                out.append((tag >> 3, 0, number()))
            elif tag & 7 == 2:
                length = number()
                if at + length > len(data):
                    return None
                out.append((tag >> 3, 2, data[at:at + length]))
                at += length
            else:
                return None
    except IndexError:
        return None
    return out


def joined(rng, parts, odd=0.05):
    out = b""
    for number, wire, value in parts:
        pad = 1 if rng.random() < odd else 0
        out += varint(number << 3 | wire, pad if rng.random() < 0.3 else 0)
        out += varint(value, pad) if wire == 0 else varint(len(value), pad) + value
    return out


def message(rng, data, name="data"):
    """The fields of a message, or of one inside of it."""
    head = b""
    if name == "value":
        head, data = data[:1], data[1:]
        if rng.random() < 0.1:
            head = bytes([rng.randrange(256)])
    parts = fields(data)
    if not parts:
        return head + noise(rng, data)
    at = rng.randrange(len(parts))
    number, wire, value = parts[at]
    kind = rng.randrange(9)
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.insert(at, parts[at])
    elif kind == 2 and len(parts) > 1:
        other = rng.randrange(len(parts))
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 3:
        parts[at] = (rng.choice((number + 1, max(number, 1) - 1, 0, 2**29 - 1, 2**29, 15, 16)), wire, value)
    elif kind == 4:
        parts[at] = (number, 0, rng.choice(NUMBERS[:-1])) if wire == 2 else (number, 2, b"abc")
    elif kind == 5:
        parts.insert(rng.randrange(len(parts) + 1), (rng.randrange(1, 20), 0, rng.choice(NUMBERS[:-1])))
    elif wire == 0:
        other = rng.choice((value + 1, value - 1, rng.choice(NUMBERS), 2**64 - 1, 2**64))
        parts[at] = (number, 0, max(0, other))
    elif kind == 6:
        parts[at] = (number, 2, noise(rng, value))
    else:
        parts[at] = (number, 2, message(rng, value) if fields(value) else value[:-1])
    return head + joined(rng, parts, 0.2 if kind == 8 else 0.02)
