"""What must hold once the wires are whole again, whatever happened to them:
finality goes on within the bound, every acknowledged record is in the log exactly once and
where the client was told, all nodes have the same chain, and nobody was punished."""
import json
import random
import time
import urllib.error
import urllib.request

from cluster import acknowledged, wait_until

HANDSHAKE_S = 5.0  # LINK_HANDSHAKE_MS: a dial that began in the dark
BACKOFF_S = 5.0    # BACKOFF_MS_MAX: the pause before the next one
PAGE = 500
SAMPLE = 100


def bound(lab):
    """Five view timeouts plus the longest way back into session."""
    return 5 * lab.view_seconds() + HANDSHAKE_S + BACKOFF_S


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def finality_goes_on(lab):
    """Seconds until a quorum of the nodes has finalized above what anybody had at the start."""
    since = time.monotonic()
    before = max(lab.heights().values())
    quorum = lab.validators - (lab.validators - 1) // 3
    wait_until(bound(lab), lambda: sum(h > before for h in lab.heights().values()) >= quorum,
               "finality after healing")
    return time.monotonic() - since


def all_level(lab, seconds=60):
    wait_until(seconds, lab.is_level, f"one height at all nodes: {lab.heights()}")


def blocks(node):
    """{height: block hash} of one node."""
    found, cursor = {}, ""
    while cursor is not None:
        page = fetch(f"{node}/v1/blocks?limit={PAGE}" + (f"&cursor={cursor}" if cursor else ""))
        found.update({item["height"]: item["block"] for item in page["items"]})
        cursor = page["next"]
    return found


def same_chain(lab):
    chains = [blocks(node) for node in lab.nodes]
    top = min(max(chain) for chain in chains)
    for height in range(top + 1):
        there = {chain[height] for chain in chains}
        assert len(there) == 1, f"height {height}: {there}"
    return top


def recorded(node, top):
    """[(id, log index, height)] of all transactions in the blocks up to top."""
    found = []
    for height in range(1, top + 1):
        cursor = ""
        while cursor is not None:
            page = fetch(f"{node}/v1/blocks/{height}?limit={PAGE}"
                         + (f"&cursor={cursor}" if cursor else ""))
            found += [(t["id"], t["log_index"], height) for t in page["transactions"]]
            cursor = page["next"]
    return found


def exactly_once(lab, path, top):
    told = [line.split() for line in path.read_text().splitlines()]
    assert told, "no record was acknowledged: the scene shows nothing"
    listed = recorded(lab.nodes[0], top)
    places = {record: (index, height) for record, index, height in listed}
    assert len(places) == len(listed), "a record stands in the log twice"
    for record, index, height in told:
        there = places.get(record)
        assert there == (int(index), int(height)), f"{record}: told {index, height}, is {there}"
    for record, index, _ in random.sample(told, min(SAMPLE, len(told))):
        for node in lab.nodes:
            known = fetch(f"{node}/v1/transactions/{record}")
            assert known["state"] == "accepted" and known["log_index"] == int(index), (node, known)
    return len(told)


def nobody_punished(lab):
    for node in lab.every:
        said = lab.events(node, "peer_refused") + lab.events(node, "peer_refused_us")
        assert not said, f"node {node} keeps a correct one out: {said[0]['text']}"


def everything(lab):
    """Judges a lab whose wires were healed this moment, load still running."""
    after = finality_goes_on(lab)
    count = acknowledged(lab.acks)
    wait_until(30, lambda: acknowledged(lab.acks) > count + 20, "clients are served again")
    lab.stop(lab.sender)
    all_level(lab)
    top = same_chain(lab)
    records = exactly_once(lab, lab.acks, top)
    nobody_punished(lab)
    return f"finality after {after:.1f} s of {bound(lab):.1f}, {top} blocks, {records} records"
