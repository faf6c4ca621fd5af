"""SHA-256, the H of the documents."""
import hashlib

EMPTY = hashlib.sha256(b"").digest()


def sha256(*parts: bytes) -> bytes:
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.digest()
