#!/usr/bin/env python3
"""What the documents tell people to type does what they say: the walk-through of docs/api.md
as it stands, and the founding of docs/operations.md, step by step, with four homes."""
import re
import subprocess

import cluster

IDS = ["CN-USCI-12110105EXAMPLE116", "CN-USCI-12110105EXAMPLE2XX",
       "CN-USCI-12110105EXAMPLE38X", "CN-USCI-12110105EXAMPLE46Q"]


def blocks_of(document, heading):
    """The fenced blocks under a heading of the second level."""
    text = (cluster.ROOT / "docs" / document).read_text()
    part = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^ *```\n(.*?)^ *```", part, re.M | re.S)


def fact_walk_through_with_curl_does_what_it_says(net):
    folder = net.work / "walk"
    (folder / "build").mkdir(parents=True)
    (folder / "build/debug").symlink_to(cluster.BUILD)
    (folder / "clients").symlink_to(cluster.ROOT / "clients")
    script = "set -e\n" + "".join(blocks_of("api.md", "Walk-through with curl"))
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=net.env, text=True,
                          capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("Stele-Height", '"outcome": "accepted"', "Stele-Duplicate: true",
                  "signer     pass", "chain and signers are those of", "proved: inclusion",
                  "E2002", "E5103"):
        assert words in done.stdout, f"no {words} in: {done.stdout}{done.stderr}"


def institution(net, number, port, folder):
    """Steps 2 and 3 on one institution's machine."""
    folder.mkdir()
    (folder / "pass").write_text(f"passphrase {number}\n")
    secret = ("--passphrase-file", folder / "pass")
    peers = [w for k in range(4) if k != number for w in ("--peer", f"127.0.0.1:{port + k}")]
    net.tool("key", "new", "./office.key", "--label", "office", *secret, cwd=folder).ok()
    net.tool("init", "node", "--name", f"node-{number + 1}", *secret,
             "--listen", f"127.0.0.1:{port + number}",
             "--api-listen", f"127.0.0.1:{port + 20 + number}",
             "--metrics-listen", f"127.0.0.1:{port + 40 + number}", *peers, cwd=folder).ok()
    net.tool("genesis", "card", "--network", "grants.example", "--org", IDS[number], "--name-en",
             f"Example Witness {number + 1}", "--role", "validator", "--role", "anchorer",
             "--org-key", "office.key", "--validator", f"node-{number + 1}", "--consensus-key",
             "node/keys/consensus.key", "--node-key", "node/keys/node.key", *secret,
             "--out", f"../inst-{number + 1}.card", cwd=folder).ok()


def sign(net, number, folder):
    """Step 5: each assembles for itself, in an order of its own, and gets the same bytes."""
    cards = [f"../inst-{(number + k) % 4 + 1}.card" for k in range(4)]
    card = ("--card", f"../inst-{number + 1}.card")
    net.tool("genesis", "add", "../parameters.txt", *cards, "--out", "genesis.doc", cwd=folder).ok()
    net.tool("genesis", "check", "genesis.doc", *card, cwd=folder).ok()
    net.tool("genesis", "sign", "genesis.doc", *card, "--passphrase-file", folder / "pass",
             "--out", f"../inst-{number + 1}.sig", key="office.key", cwd=folder).ok()


def fact_founding_by_hand_gives_a_network(net):
    root, port = net.work / "found", cluster.free_ports()
    root.mkdir()
    homes = [root / f"inst-{k + 1}" for k in range(4)]
    net.tool("genesis", "new", "grants.example", "--out", "parameters.txt", cwd=root).ok()
    for number, home in enumerate(homes):
        institution(net, number, port, home)
    for number, home in enumerate(homes):
        sign(net, number, home)
    assert len({(home / "genesis.doc").read_bytes() for home in homes}) == 1
    signatures = [f"inst-{k + 1}.sig" for k in range(4)]
    net.tool("genesis", "seal", homes[0] / "genesis.doc", *signatures[1:], "--out", "short",
             cwd=root).ends(3, "E8031", IDS[0])
    net.tool("genesis", "seal", homes[0] / "genesis.doc", *signatures, "--out", "net.genesis",
             cwd=root).ok()
    for home in homes:
        net.tool("init", "node", "--genesis", "../net.genesis", cwd=home).ok()
        net.tool("config", "check", "node/steled.conf", cwd=home).ok()
        with open(home / "log", "wb") as log:
            net.processes.append(subprocess.Popen([cluster.STELED, "--home", home / "node"],
                                                  stderr=log))
    client = {"STELE_HOME": str(root / "client"), "STELE_NODE": f"http://127.0.0.1:{port + 20}",
              "STELE_PASSPHRASE_FILE": str(homes[1] / "pass")}

    def ready():
        answer = net.tool("status", "--json", env=client)
        return answer.code == 0 and answer.json.get("validators_connected") == 3
    cluster.wait_until(20, ready, "the founded network is ready")
    net.tool("trust", "pin", root / "net.genesis", env=client).ok()
    net.tool("anchor", root / "parameters.txt", env=client, key=homes[1] / "office.key").ok()
    net.tool("verify", root / "parameters.txt", env=client).ok()


def fact_card_that_was_changed_is_not_signed(net):
    root = net.work / "found"
    card = (root / "inst-1.card").read_text()
    other = root / "other.card"
    other.write_text(card.replace("Example Witness 1", "Example Witness 9"))
    net.tool("genesis", "check", root / "inst-1/genesis.doc", "--card", other).ends(3)


def fact_every_metric_is_in_operations_md(net):
    text = (cluster.ROOT / "docs/operations.md").read_text()
    url = net.nodes[0].rsplit(":", 1)[0] + f":{net.port + 40}/metrics"
    metrics = subprocess.run(["curl", "-sf", url], capture_output=True, text=True, check=True).stdout
    names = {line.split()[2] for line in metrics.splitlines() if line.startswith("# TYPE ")}
    assert names, metrics
    missing = [n for n in sorted(names) if n not in text and
               not (n.startswith("stele_transactions_") and
                    f"…_{n.removeprefix('stele_transactions_')}" in text)]
    assert not missing, missing


if __name__ == "__main__":
    cluster.main(__file__, globals())
