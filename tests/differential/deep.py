"""Mutations below the signatures: a scene is changed, then hashed and signed anew with the test keys.

So that what stands behind the signatures is reached: headers that do not fit each other under a
certificate that holds, transactions that are well signed and say something odd, state values in a tree
that leads to its root.
"""
import material  # noqa: F401  (puts the generator's modules in reach)
import surface
import trees
from cases import FAR
from keys import negate_s, sha256, test_key
from operations import body as body_of, envelope, sign_body
from plant import flip_hex
from scene import NETWORKS, Scene
from texts import APPLICANT, MEMBERS, b64, pin, set_text

CONTENT = b"Minutes of the panel, session 3\n"


def random_scene(rng):
    """Any combination of what a receipt may be."""
    n = rng.choice((1, 1, 1, 4))
    last = len(NETWORKS[n].sets) - 1
    b = rng.choice((0, 0, 0, 1, min(2, last)))
    a = rng.randint(0, b)
    status = rng.choice((None, "top", "newer", "newer"))
    later = rng.choice((0, 0, 1, 1, 2)) if status == "newer" else 0
    later = min(later, last - b)
    top_ends = rng.random() < 0.2 and b < last
    first_of_epoch = a < b and rng.random() < 0.3 and not top_ends
    scene = Scene(n, a, b, rng.choice((0, 0, 1, 2, 3)), status, later, first_of_epoch, top_ends,
                  newer_is_top=rng.random() < 0.1 and not later, grows=rng.random() < 0.8)
    kind = rng.randrange(8)
    if kind <= 1:
        scene.anchor(CONTENT, rng.choice((1, 1, 2, 77)))
    elif kind == 2:
        count = rng.choice((1, 2, 3, 5, 8, 13))
        scene.anchor_batch(CONTENT, rng.randrange(count), count)
    elif kind == 3:
        count = rng.choice((1, 2, 6, 7))
        scene.roll_up(CONTENT, rng.choice((None, None, 0, 5)), rng.randrange(count), count)
    elif kind == 4:
        scene.put_record(rng.choice((20, 27, 60, 100, 87, 44)), rng.randbytes(rng.choice((0, 3, 40))))
    else:
        scene.motion(rng.choice(("open", "approve", "withdraw")),
                     rng.choice(("open", "executed", "withdrawn")), opened=rng.random() < 0.7)
    if rng.random() < 0.2:
        scene.put_key(rng.choice((0, 1, 131, 2**63 - 1)))
    return scene


# ---- changes -----------------------------------------------------------------------------------

def headers_of(scene):
    newer = [scene.newer] if scene.newer else []
    return [scene.previous] + scene.run + scene.ends + scene.later_ends + newer


def line(rng, scene):
    """A line of one header."""
    h = rng.choice(headers_of(scene))
    name = rng.choice(("log_size", "height", "epoch", "view", "parent_view", "time", "proposer", "chain",
                       "origin", "validators", "next", "state", "log_root", "parent", "ends", "rejected"))
    if name in ("log_size", "height", "epoch", "view", "time"):
        other = rng.choice(headers_of(scene))[name]
        h[name] = max(0, rng.choice((h[name] + 1, h[name] - 1, other, other + 1, other - 1, 0, 2**63 - 1)))
        if name == "log_size":
            h[name] = min(h[name], len(scene.leaves))
    elif name in ("proposer", "parent_view"):
        h[name] = rng.choice((0, 1, 127, 128))
    elif name == "chain":
        h["chain"] = sha256(b"another chain")
        if rng.random() < 0.7:
            h["origin"] = h["origin"].rsplit("/", 1)[0] + "/" + h["chain"].hex()[:16]
    elif name == "origin":
        name = rng.choice(("a", "example.stele/x", "A", "", "a" * 64, "a" * 65))
        h["origin"] = name + "/" + h["chain"].hex()[:16]
    elif name == "ends":
        h["ends"] = not h["ends"] and h["epoch"] + 1 < len(scene.sets)
    elif name == "rejected":
        h["rejected"] = rng.choice((0, 1, 65536, 65537))
        h["rejected_root"] = rng.choice((sha256(b""), bytes(32)))
    else:
        h[name] = rng.choice((sha256(b"another"), bytes(32), sha256(rng.choice(scene.sets).encode())))


def certificate(rng, scene):
    """A part of one certificate, before or after it is signed."""
    names = ["final"] + [("end", k) for k in range(len(scene.ends))]
    if scene.newer:
        names += ["newer"] + [("later", k) for k in range(len(scene.later_ends))]
    kind, pick, number = rng.randrange(12), rng.random(), rng.choice((1, -1, 2, 2**63))

    def change(c):
        n = len(c.signing_set.split("\n")) - 2
        if kind == 0:
            c.kind = 1 + int(pick * 5) % 5
        elif kind == 1:
            c.voted_kind = 1 + int(pick * 2)
        elif kind == 2:
            c.epoch = min(2**64 - 1, max(0, c.epoch + number))
        elif kind == 3:
            c.view = min(2**64 - 1, max(0, c.view + number))
        elif kind == 4:
            c.set_hash = sha256(b"another set")
        elif kind == 5:
            c.block = sha256(b"another block")
        elif kind == 6:
            c.signers = c.signers[:-1] if pick < 0.5 else list(range(n))
        elif kind == 7:
            c.bitmap_signers = [int(pick * 8), 0, 2]
        elif kind == 8:
            c.change_signature[int(pick * len(c.signers))] = negate_s
        elif kind == 9:
            c.change_signature[0] = lambda s: s[:10] + bytes([s[10] ^ 1]) + s[11:]
        elif kind == 10:
            c.chain = sha256(b"another chain")
        else:
            c.tail = b"\0"
    scene.tweaks[rng.choice(names)] = change


def transaction(rng, scene):
    """What the record (or its opening) says, signed by whoever it says, or not."""
    at = scene.opened_at if scene.opened_at is not None and rng.random() < 0.3 else scene.record_at
    parts = surface.fields(scene.leaves[at][1:])
    content = surface.fields(parts[0][2])
    number, wire, operation = content[-1]
    kind = rng.randrange(8)
    if kind <= 2:
        content[-1] = (number, wire, surface.message(rng, operation))
    elif kind == 3:
        content[-1] = (rng.choice((16, 17, 18, 19, 27, 60, 81, 82, 83, 84, 100, 101)), wire, operation)
    elif kind == 4:
        place = rng.randrange(len(content))
        content.insert(rng.randrange(len(content) + 1), content.pop(place))
    elif kind == 5:
        content[rng.randrange(len(content))] = rng.choice((
            (3, 0, 0), (3, 0, 2**63), (4, 0, 0), (4, 0, 2**64 - 1),
            (2, 2, b"\4" + bytes(32)), (1, 2, bytes(32))))
    body = surface.joined(rng, content, 0.05 if kind == 6 else 0)
    key = rng.choice((APPLICANT, APPLICANT, APPLICANT, test_key("receipts stranger")))
    if kind == 7:
        nonce = rng.choice((0, 1, 2**64 - 1))
        body = body_of(scene.network.chain, key.public, number, operation, nonce=nonce)
    data = envelope(body, sign_body(body, key, rng.random() < 0.1))
    scene.leaves[at] = b"\1" + (surface.noise(rng, data) if rng.random() < 0.05 else data)


def state(rng, scene):
    """A value of the state, or which entries are shown."""
    if not scene.status_keys:
        return
    values = rng.choice((scene.state, scene.later_state)) if scene.newer else scene.state
    key = rng.choice(scene.status_keys)
    kind = rng.randrange(7)
    if kind <= 3:
        values[key] = surface.message(rng, scene.state.get(key, b"\x20\x10\x09"), "value")
    elif kind == 4:
        scene.status_keys.remove(key)
    elif kind == 5:
        scene.status_keys.append(rng.choice(("count/org", "org/nobody", "motion/13", "org/filler-2")))
    elif key in scene.state:
        new = rng.choice((key[:-1] + "x", key + "/2", "motion/13", key.upper(),
                          "claim/" + sha256(CONTENT).hex() + "/3", "content/" + sha256(b"other").hex(),
                          "key/" + sha256(MEMBERS[0].govern.public).hex()))
        scene.state[new] = scene.state.pop(key)
        scene.status_keys[scene.status_keys.index(key)] = new


def tree(rng, scene):
    """The pieces of the tree, in their order."""
    pick, kind = rng.random(), rng.randrange(5)

    def change(receipt):
        if "status" not in receipt:
            return
        pieces = list(scene.pieces)
        at = int(pick * len(pieces))
        if kind == 0:
            pieces[at] = bytes(32) if pieces[at] == b"\4" else b"\4"
        elif kind == 1:
            del pieces[at]
        elif kind == 2:
            pieces.insert(at, pieces[at])
        elif kind == 3:
            pieces[at] = bytes([pieces[at][0] ^ 1]) + pieces[at][1:]
        else:
            pieces[at:at + 1] = [b"\1", pieces[at], bytes(32)]
        receipt["status"]["tree"] = b64(b"".join(pieces))
    scene.after.append(change)


def sets(rng, scene):
    epoch = rng.randrange(len(scene.sets))
    scene.sets[epoch] = rng.choice((set_text(rng.sample(range(9), rng.choice((1, 2, 4)))),
                                    surface.set_text(rng, scene.sets[epoch])))


def place(rng, scene):
    """Where the record stands, what stands before it, which entry is shown."""
    kind = rng.randrange(4)
    if kind == 0:
        scene.leaves[10], scene.leaves[scene.record_at] = scene.leaves[scene.record_at], scene.leaves[10]
        scene.record_at = 10
    elif kind == 1 and scene.opened_at is not None:
        scene.leaves[10], scene.opened_at = scene.leaves[scene.opened_at], 10
    elif kind == 2 and scene.batch:
        scene.entry_index = rng.randrange(len(scene.batch))
    elif scene.subject:
        scene.subject["size"] = rng.choice((0, 5, 32, 33))
    else:
        scene.after.append(lambda r: r["record"].update(path=[flip_hex(p) for p in r["record"]["path"]]))


def consistency(rng, scene):
    """The newer log is that of a chain which forgot, or its path is another's."""
    pick = rng.random()

    def change(receipt):
        path = receipt.get("status", {}).get("consistency")
        if path and pick < 0.3:
            path.pop(int(pick * 3 * len(path)))
        elif path is not None and pick < 0.5:
            path.append("00" * 32)
        elif path:
            hashes = scene.hashes[:max(1, scene.made["newer"]["log_size"])]
            path[:] = [p.hex() for p in trees.consistency(hashes, 1 + int(pick * 12))]
    scene.after.append(change)


CHANGES = (line, line, line, certificate, certificate, transaction, transaction, transaction, state, state,
           state, tree, sets, place, consistency)


# ---- trust -------------------------------------------------------------------------------------

def trust_for(rng, scene):
    """A pin or genesis for a scene that was made: right, ahead, behind, of another set, of a fork."""
    network = scene.network
    kind = rng.randrange(8)
    if kind == 0:
        return b""
    if kind <= 2:
        return network.sealed().encode()
    if kind == 3:
        network = rng.choice(list(NETWORKS.values()))
    first = rng.randrange(len(network.sets))
    epochs = list(range(first, rng.randint(first, len(network.sets) - 1) + 1))
    hashes = {e: sha256(network.sets[e].encode()).hex() for e in epochs}
    if rng.random() < 0.1:
        hashes[rng.choice(epochs)] = sha256(b"another set").hex()
    head = FAR
    if rng.random() < 0.5:
        made = scene.made
        head = dict(rng.choice([h for h in [made["previous"], made["newer"]] + made["run"] + made["ends"]
                                + made["later_ends"] if h]))
        if rng.random() < 0.4:
            head["text"] += "x"
        if rng.random() < 0.1:
            head["height"] += 1
        head["log_size"] = max(1, head["log_size"])
    return pin(network, epochs, head, hashes).encode()
