"""Signed transactions, batch entries and state values of the test networks."""
from keys import sha256
from reference import message

OPEN, APPROVE, WITHDRAW = 16, 17, 18
CLAIM_STATES = {"live": 0, "superseded": 1, "withdrawn": 2}
MOTION_STATES = {"open": 0, "executed": 1, "withdrawn": 2}


def body(chain, signer, number, operation, valid_until=1763800120000, nonce=7):
    """An operation's message in its body; valid_until and nonce are absent where 0."""
    parts = [(1, chain), (2, signer)]
    parts += [(3, valid_until)] if valid_until else []
    parts += [(4, nonce)] if nonce else []
    return message(*parts, (number, operation))


def sign_body(content, key, high_s=False):
    return key.sign_digest(sha256(b"stele/v1 transaction\n" + content), high_s)


def envelope(content, signature):
    return message((1, content), (2, signature))


def transaction(chain, key, number, operation, **further):
    content = body(chain, key.public, number, operation, **further)
    return envelope(content, sign_body(content, key))


def sized(content, size, *further):
    """A content.anchor or BatchEntry: the size is absent where 0."""
    return message((1, content), *([(2, size)] if size else []), *further)


def key_value(public, org, revoked=0):
    parts = [(1, public), (2, org), (3, b"\2\3"), (6, 3)]
    return b"\3" + message(*(parts if not revoked else parts[:3] + [(5, revoked), (6, 3), (9, 44)]))


def claim_value(org, log_index, size=0, state="live", entry=0, first=True):
    parts = [(1, org), (2, log_index), (3, size), (4, "application/pdf"), (5, CLAIM_STATES[state])]
    if state == "superseded":
        parts.append((6, message((1, sha256(b"the newer edition")), (2, 1))))
    parts += [(7, entry), (8, 0 if state == "live" else 50)]
    parts += [(9, 1), (10, 1)] if first else []
    parts += [(11, 1763800012345), (12, log_index)]
    return b"\x20" + message(*((n, v) for n, v in parts if v))


def motion_value(number, org, operation, opened_at, state="open", executed_at=0):
    parts = [(1, number), (2, org), (3, operation), (4, 1763900000000), (5, MOTION_STATES[state]),
             (6, [message((1, org), (2, opened_at)), message((1, "other"), (2, 1))]), (7, 1),
             (8, sha256(b"operation")), (9, opened_at), (10, executed_at)]
    return b"\7" + message(*((n, v) for n, v in parts if v))
