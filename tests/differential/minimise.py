"""A smaller input on which the verifiers still differ."""
import json

from material import Input
from surface import canonical, places


def smaller(together, given, rounds=400):
    """Members, elements and halves of the text go as long as the difference stays."""
    def differs(trial):
        return len(set(together.lines([trial])[0])) > 1

    best = given
    for trial in (Input(b"", best.file, best.receipt), Input(best.trust, b"", best.receipt)):
        if differs(trial):
            best = trial
    for _ in range(rounds):
        found = next((t for t in _trials(best) if differs(t)), None)
        if found is None:
            break
        best = found
    return best


def _trials(given):
    try:
        value = json.loads(given.receipt)
        is_canonical = canonical(value) == given.receipt
    except (ValueError, RecursionError):
        is_canonical = False
    if is_canonical and isinstance(value, dict):
        for k in range(len(places(value))):
            twin = json.loads(given.receipt)
            container, step = places(twin)[k]
            del container[step]
            yield Input(given.trust, given.file, canonical(twin))
        return
    size = len(given.receipt)
    length = size // 2
    while length >= max(1, size // 64):
        for start in range(0, size, length):
            yield Input(given.trust, given.file, given.receipt[:start] + given.receipt[start + length:])
        length //= 2
