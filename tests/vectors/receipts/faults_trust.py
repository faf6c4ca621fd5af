"""Faults of whom one trusts, S1 to S5: other chains, forks, pins that are out of reach; and a self-made network."""
import good
from cases import pin_of
from keys import sha256
from plant import GOOD, flat, deep
from scene import NETWORKS
from texts import Network, pin, set_text

A, CHANGE, CHANGES, REFRESHED = "anchor-status", "pin-0", "changes-2", "refreshed-3-7"
WRONG = {"signer": "fail 7015", "former": 0}
FORK = {"signer": "fail 7019", "former": 0}
OUT_OF_REACH = {"signer": "open 7018", "former": 0}
NOBODY = {"signer": "open 7016", "former": 0}


def head_of(base, which, index=None, **change):
    """A head at a header of that scene, changed so that its hash is another."""
    scene = GOOD[base].receipt
    scene.build()
    made = scene.made[which]
    made = dict(made if index is None else made[index])
    made["text"] = made["text"].replace("proposer 0", "proposer 2")
    return {**made, **change}


def trust():
    four, other = NETWORKS[4], Network("example.stele/other", [[0, 1, 2, 3]])
    named = Network("example.stele/four", four.epochs)
    named.origin = "example.stele/renamed/" + named.chain.hex()[:16]
    wrong = {0: sha256(four.sets[0].encode()).hex(), 1: sha256(b"another set").hex()}
    return {
        "genesis-other": other.sealed(),
        "pin-renamed": pin(named, [0], {"height": 9, "text": "x", "log_size": 5, "log_root": sha256(b"x")}),
        "pin-0-wrong-1": pin_of(4, [0, 1], sets=wrong),
        "pin-wrong-1": pin_of(4, [1], sets={1: wrong[1]}),
        "pin-wrong-0": pin_of(4, [0], sets={0: sha256(b"another set").hex()}),
        "pin-5": pin_of(4, [5]), "pin-6-7": pin_of(4, [6, 7]),
        "pin-fork-top": pin_of(4, [0], head_of(CHANGE, "top")),
        "pin-fork-last": pin_of(4, [0], head_of("distance-3", "run", 0)),
        "pin-fork-change": pin_of(4, [0], head_of(CHANGES, "ends", 1)),
        "pin-fork-later": pin_of(4, [0], head_of(CHANGE, "later_ends", 0)),
        "pin-fork-newer": pin_of(4, [0, 1], head_of(CHANGE, "newer")),
        "pin-fork-out-of-reach": pin_of(4, [5], head_of(CHANGE, "top")),
        "pin-fork-wrong-set": pin_of(4, [0, 1], head_of(CHANGE, "top"), sets=wrong),
        "pin-fork-previous": pin_of(4, [0], head_of(A, "previous")),
        "pin-other-fork": pin(other, [0], head_of(CHANGE, "top")),
        "genesis-self-made": SELF_MADE.sealed(),
    }


SELF_MADE = Network("example.stele/four", [[4, 5, 6, 7]])  # bears the name of another, as an impostor's would


def cases():
    good.TRUST.update(trust())
    same = lambda r: None  # noqa: E731
    rows = [
        ("other-network", "the genesis of another network", A, WRONG, "genesis-other"),
        ("seven", "the genesis of a network with more validators", A, WRONG, "genesis-7"),
        ("renamed", "a pin of this chain under another name", A, WRONG, "pin-renamed"),
        ("wrong-set", "a pin with another set in the record's epoch", A, WRONG, "pin-wrong-0"),
        ("wrong-later-set", "a pin with another set in the newer header's epoch", CHANGE, WRONG, "pin-0-wrong-1"),
        ("wrong-set-unseen", "the same pin, where the receipt tells of no later epoch", A, {"former": 1}, "pin-0-wrong-1"),
        ("out-of-reach", "a pin five epochs ahead", A, OUT_OF_REACH, "pin-5"),
        ("out-of-reach-changes", "a pin that is ahead of all sets of a long receipt", CHANGES, OUT_OF_REACH, "pin-6-7"),
        ("ahead-of-signers", "the same pin, which the status tells of: it vouches for no set before it", REFRESHED,
         OUT_OF_REACH, "pin-6-7"),
        ("wrong-later-out-of-reach", "another set in the newer header's epoch, and none that is known before", CHANGE,
         OUT_OF_REACH, "pin-wrong-1"),
        ("fork-top", "another block was pinned at the top's height", CHANGE, FORK, "pin-fork-top"),
        ("fork-last", "another block was pinned at the record's height", "distance-3", FORK, "pin-fork-last"),
        ("fork-change", "another block was pinned at a set change", CHANGES, FORK, "pin-fork-change"),
        ("fork-later", "another block was pinned at a set change of the status", CHANGE, FORK, "pin-fork-later"),
        ("fork-newer", "another block was pinned at the newer header's height", CHANGE, FORK, "pin-fork-newer"),
        ("fork-first", "a fork goes before a pin that is out of reach", CHANGE, FORK, "pin-fork-out-of-reach"),
        ("fork-before-set", "a fork goes before another set", CHANGE, FORK, "pin-fork-wrong-set"),
        ("chain-before-fork", "another chain goes before a fork", CHANGE, WRONG, "pin-other-fork"),
        ("fork-previous", "the previous header is not looked at for forks", A, {}, "pin-fork-previous"),
        ("nobody", "no trust at all", CHANGES, NOBODY, None),
    ]
    out = [flat(f"trust-{name}", what, base, verdict, same, trust=trust) for name, what, base, verdict, trust in rows]
    failed = {"status": "fail 7017", "state": "-"}
    spoil = lambda r: r["status"]["consistency"].clear()  # noqa: E731
    return out + [
        flat("fork-newer-unproven", "a fork at a newer header that is not proven is none", CHANGE,
             {**failed, "former": 1}, spoil, trust="pin-fork-newer"),
        flat("out-of-reach-unproven", "a status that fails does not reach a pin", CHANGE,
             {**failed, **OUT_OF_REACH}, spoil, trust="pin-1"),
        flat("changes-shortened", "set changes left out from the front: genesis is out of reach", CHANGES,
             OUT_OF_REACH, _shortened),
        deep("made-up-past", "a past that somebody made up, with keys of his own and a time of his choice: it leads to "
             "the true set of a later epoch, the true log and its true status", CHANGE, OUT_OF_REACH, _made_up,
             trust="pin-1"),
        deep("made-up-past-known", "the same, by a pin that knows the true set of that epoch", CHANGE, WRONG, _made_up,
             trust="pin-0-1"),
        deep("self-made", "a network of one's own that bears the other's name, judged by the true genesis",
             A, WRONG, lambda s: become(s, SELF_MADE)),
        flat("finality-nobody", "finality failed, and no trust", A,
             {"finality": "fail 7014", "signer": "open 7016", "status": "open 0", "state": "-"},
             lambda r: r.update(finalization=r["finalization"][:-8] + "AAA="), trust=None),
    ]


def _shortened(receipt):
    receipt["set"] = receipt["set_changes"].pop(0)["set"]


def _made_up(scene):
    scene.sets[0] = set_text([10, 11, 12, 13])
    for h in [scene.previous] + scene.run:
        h["time"] -= 86400000


def become(scene, network):
    """The same history on another network."""
    scene.network, scene.sets = network, list(network.sets)
    for h in [scene.previous] + scene.run:
        h["chain"], h["origin"] = network.chain, network.origin
    scene.anchor(GOOD[A].file)
