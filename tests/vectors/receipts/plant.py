"""Planting one fault in a good case.

A fault is planted at one of three depths: in the scene before the receipt is made (what lies above is hashed and
signed anew), in the receipt as an object, or in its text.
"""
import good
from cases import Case, line

GOOD = {case.name: case for case in good.cases()}

FINALITY = {"finality": "fail 7014", "signer": "open 0", "status": "open 0", "former": 0, "state": "-"}
INCLUSION = {"inclusion": "fail 7013"}
CONTENT = {"content": "fail 7012"}
STATUS = {"status": "fail 7017", "state": "-"}


def expect(base, **findings):
    """The base's line with these findings instead."""
    words = GOOD[base].verdict.split(" ")
    now = {"content": " ".join(words[1:3]), "inclusion": " ".join(words[4:6]), "finality": " ".join(words[7:9]),
           "signer": " ".join(words[10:12]), "status": " ".join(words[13:15]), "former": words[16],
           "state": words[18]}
    return line(**{**now, **findings})


def _case(name, what, base, receipt, verdict, further):
    origin = GOOD[base]
    if isinstance(verdict, dict):
        verdict = expect(base, **verdict)
    case = Case(name, what, receipt, verdict, further.get("trust", origin.trust), further.get("file", origin.file),
                base)
    assert case.text() != origin.text() or case.trust != origin.trust or case.file != origin.file, name
    return case


def deep(name, what, base, verdict, change, **further):
    """change(scene), before the receipt is made."""
    scene = GOOD[base].receipt.copy()
    change(scene)
    return _case(name, what, base, scene, verdict, further)


def flat(name, what, base, verdict, change, **further):
    """change(receipt as an object)."""
    return deep(name, what, base, verdict, lambda scene: scene.after.append(change), **further)


def text(name, what, base, verdict, change, **further):
    """change(bytes of the receipt) -> bytes."""
    return _case(name, what, base, change(GOOD[base].text()), verdict, further)


def swap(old, new):
    """For text(): the first occurrence, which must be there."""
    old, new = old.encode("latin-1"), new.encode("latin-1")

    def change(data):
        assert old in data
        return data.replace(old, new, 1)
    return change


def put(*where):
    """For flat(): put("record", "path", 0)(value) sets that member or element."""
    def setter(value):
        def change(receipt):
            place = receipt
            for step in where[:-1]:
                place = place[step]
            place[where[-1]] = value(place[where[-1]]) if callable(value) else value
        return change
    return setter


def drop(*where):
    """For flat(): that member or element goes."""
    def change(receipt):
        place = receipt
        for step in where[:-1]:
            place = place[step]
        del place[where[-1]]
    return change


def flip_hex(digest):
    return ("0" if digest[0] != "0" else "1") + digest[1:]
