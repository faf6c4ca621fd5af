"""Input number i of a seed, as in mutate.py, but of proofs."""
import random

import deep
import proofs
import surface
from deep import trust_for
from material import Input, proof_corpus
from mutate import Mutator
from proof_scene import Proof


def awards(rng):
    """Of a programme, all or some; its values are mostly right."""
    total = rng.choice((0, 1, 2, 3, 5))
    values, sums, is_large = {}, [0, 0, 0, 0], rng.random() < 0.2
    for k in range(1, total + 1):
        amount = rng.choice((2**62, 2**63, 2**64 - 1)) if is_large else rng.randrange(1, 2000)
        ended, staged = rng.random() < 0.3, rng.choice((0, 0, 2))
        payable = rng.randrange(amount + 1) if staged else 0
        paid = rng.randrange((payable if staged else amount) + 1)
        demanded = rng.randrange(paid + 1)
        received = rng.randrange(demanded + 1)
        committed = paid if ended else amount
        imported = rng.random() < 0.3 and not staged
        values[proofs.award_key(k)] = proofs.award_value(amount, committed, paid, payable, staged, int(ended),
                                                         demanded, received, imported)
        sums = [a + b for a, b in zip(sums, (not ended, committed, paid, received))]
    sums = [said % 2**64 for said in sums]  # what a sum that wraps would be taken for
    budget = rng.choice((2**64 - 1, sums[1]))
    values[proofs.PROGRAMME] = proofs.programme_value(total, *sums, budget, max(sums[0], 1))
    first = rng.randint(1, max(1, total))
    return proofs.awards(first, rng.randint(first, total) if total else 0, values, total)


def ranged(rng, make):
    total = rng.choice((0, 1, 2, 4))
    first = rng.randint(1, max(1, total))
    return make(first, rng.randint(first, total) if total else 0, total)


def random_proof(rng):
    kind = rng.randrange(9)
    if kind <= 1:
        return awards(rng)
    if kind <= 4:
        return ranged(rng, (proofs.org_awards, proofs.claims, proofs.evidence)[kind - 2])
    if kind == 5:
        return proofs.state(rng.choice(("org/filler-3", "org/nobody", "count/org", "org/a", "org/b")))
    if kind == 6:
        return Proof(distance=rng.randrange(3)).inclusion(rng.randrange(12))
    if kind == 7:
        count = rng.choice((1, 2, 5, 8))
        return Proof().rejected(rng.randrange(count), count)
    return Proof().consistency(rng.randint(1, 12))


# ---- changes ---------------------------------------------------------------------------------------

def value(rng, proof):
    """A value of the state, in the tree as well."""
    keys = [k for k in proof.status_keys if k in proof.state]
    if keys:
        key = rng.choice(keys)
        proof.state[key] = surface.message(rng, proof.state[key], "value")


def shown(rng, proof):
    """Which keys are there, and which are shown."""
    if not proof.status_keys:
        return
    kind, key = rng.randrange(4), rng.choice(proof.status_keys)
    if kind == 0:
        proof.status_keys.remove(key)
    elif kind == 1:
        proof.state.pop(key, None)
    elif kind == 2:
        proof.status_keys.append(rng.choice(("org/filler-2", "org/nobody", proofs.award_key(9))))
    else:
        proof.state[key] = rng.choice(list(proof.state.values()))


def tree(rng, proof):
    pick, kind = rng.random(), rng.randrange(4)

    def change(made):
        if "tree" not in made:
            return
        pieces = list(proof.pieces)
        at = int(pick * len(pieces))
        if kind == 0:
            pieces[at] = bytes(32) if pieces[at] == b"\4" else b"\4"
        elif kind == 1:
            del pieces[at]
        elif kind == 2:
            pieces[at] = pieces[at][:-1] + bytes([pieces[at][-1] ^ 1])
        else:
            pieces[at] = b"\3" + bytes(64)
        made["tree"] = proofs.b64(b"".join(pieces))
    proof.after.append(change)


def fact(rng, proof):
    """A number or hash of a fact."""
    pick = rng.random()

    def change(made):
        told = made["facts"][0]
        names = [name for name in told if name != "fact"]
        name = names[int(pick * len(names))]
        told[name] = surface.inside(random.Random(pick), name, told[name])
    proof.after.append(change)


CHANGES = (value, value, value, shown, shown, tree, fact, fact, deep.line, deep.certificate, deep.sets)


class ProofMutator(Mutator):
    def __init__(self, seed, share=0.25):
        super().__init__(seed, share)

    @staticmethod
    def rows():
        return proof_corpus()

    @staticmethod
    def made_scenes():
        return []

    def _below(self, rng):
        proof = random_proof(rng)
        try:
            for _ in range(rng.choice((0, 1, 1, 1, 2))):
                rng.choice(CHANGES)(rng, proof)
            made = proof.build()
        except (ValueError, OverflowError, IndexError, KeyError, TypeError, AttributeError):
            return self._above(rng)
        return Input(trust_for(rng, proof), b"", surface.canonical(made))
