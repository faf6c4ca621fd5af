"""Transactions with something wrong in their bytes: each still compared, outcome and error number."""
from curve import key_of, sha256
from encoding import BY_NAME, ENUMS, Message, encode, varint

DOMAIN = b"stele/v1 transaction\n"


def seal(body, key, attachment=b"", **how):
    """Signs the body's bytes."""
    signature = key.sign(sha256(DOMAIN + body), **how)
    return encode(Message("SignedTransaction", body=body, signature=signature, attachment=attachment))


def flip(rng, data):
    data = data or b"\0"
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:]


def cut(rng, data):
    return data[:rng.randrange(len(data) + 1)]


def insert(rng, data):
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice([b"\0", b"\x80", b"\xff", b"\x08\x00", b"\x7a\x00"]) + data[at:]


def append(rng, data):
    return data + rng.choice([varint(n << 3) + b"\1" for n in (1, 4, 15, 99, 536870911)] + [b"\0", data[:40]])


BYTES = (flip, cut, insert, append)


def messages_in(message):
    """It and every message inside it."""
    yield message
    for value in message.fields.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, Message):
                yield from messages_in(part)


def wrong_value(rng, field, value):
    if field.is_list:
        if rng.random() < 0.5 and value:
            return value * rng.choice([2, 20, 65])
        return value[::-1] if len(value) > 1 else value * 2
    if field.kind == "string":
        return rng.choice(["", value + "x", "x" * rng.choice([1, 64, 65, 256, 257, 513, 1025]), value + "\n",
                           value + "\x7f", value + "\x9f", value + "\xa0", "ä" * 32, "a/b", "2027-13-01",
                           "2027-1-011", "cny", value[:-1]])
    if field.kind == "bytes":
        return rng.choice([b"", value + b"\0", value[:-1], bytes(32), bytes(33)])
    if field.kind in ENUMS:
        return rng.choice([0, max(ENUMS[field.kind]) + 1, 2**32])
    return rng.choice([0, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1, 4096, 4097])


def spoil_field(rng, message):
    """One field of it, or of a message inside, absent or out of its bounds."""
    whole = [m for m in messages_in(message) if m.fields]
    if not whole:
        return
    target = rng.choice(whole)
    name = rng.choice(sorted(target.fields))
    field = BY_NAME[target.kind][name]
    if rng.random() < 0.3:
        del target.fields[name]
    elif field.is_message and not field.is_list:
        if rng.random() < 0.5:
            target.fields[name] = Message(field.kind)
    else:
        target.fields[name] = wrong_value(rng, field, target.fields[name])


def spoil_batch(rng, batch, body):
    what = rng.randrange(4)
    if what == 0:
        batch.count = rng.choice([batch.count + 1, max(0, batch.count - 1), 4097])
    elif what == 1:
        batch.root = flip(rng, batch.root)
    elif what == 2:
        return rng.choice(BYTES)(rng, body)
    else:
        return b""
    return body


def signed_wrongly(rng, body, key, attachment):
    data = encode(body)
    what = rng.randrange(7)
    if what == 0:
        return seal(data, key, attachment, high=True)
    if what == 1:
        return seal(data, key_of("somebody else"), attachment)
    if what == 2:
        body.signer = rng.choice([b"\4", b"\0", b"\2", b"\3"]) + flip(rng, body.signer[1:])
        return seal(encode(body), key, attachment)
    if what == 3:
        body.chain = rng.choice([flip(rng, body.chain), body.chain + b"\0", body.chain[:-1]])
        return seal(encode(body), key, attachment)
    signature = key.sign(sha256(DOMAIN + data))
    wrong = [signature[:-1], signature + b"\0", b"", bytes(64), b"\xff" * 64, flip(rng, signature)]
    return encode(Message("SignedTransaction", body=data, signature=rng.choice(wrong),
                          attachment=attachment if what < 6 else attachment + b"x"))


def around(rng, limit):
    return bytes(limit + rng.choice([-1, 0, 1, 1]))


def oversized(rng, body, key):
    """At the limits of section 12: the whole, the body, the attachment."""
    what = rng.randrange(3)
    if what == 0:
        return seal(around(rng, 65450), key)
    if what == 1:
        return seal(encode(body), key, around(rng, 393216))
    return around(rng, 458800)


def spoiled(rng, body, key, attachment):
    """body: a TransactionBody."""
    body = body.clone()
    if rng.random() < 0.02:
        return oversized(rng, body, key)
    what = rng.randrange(4)
    if what == 0:
        return signed_wrongly(rng, body, key, attachment)
    if what == 1:
        return rng.choice(BYTES)(rng, seal(encode(body), key, attachment))
    if what == 2:
        return seal(rng.choice(BYTES)(rng, encode(body)), key, attachment)
    spoil_field(rng, body)
    if attachment and rng.random() < 0.5 and body.content_batch:
        attachment = spoil_batch(rng, body.content_batch, attachment)
    return seal(encode(body), key, attachment)
