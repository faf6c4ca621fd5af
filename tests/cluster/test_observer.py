#!/usr/bin/env python3
"""An observer: an organisation's key of purpose "peer".  It follows, verifies, serves reads,
forwards transactions to the validators, and never votes."""
import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import cluster

API = 27  # above the network's first port


def url(net):
    return f"http://127.0.0.1:{net.port + API}"


def ask(net, path):
    try:
        with urllib.request.urlopen(url(net) + path, timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return {}


def height(net):
    return ask(net, "/v1/status").get("height", -1)


def start(net):
    log = net.work / "observer.log"
    with open(log, "a", encoding="utf-8") as out:
        net.observer = subprocess.Popen([cluster.STELED, "--home", net.work / "obs"], stderr=out)
    net.processes.append(net.observer)
    return log


def stop(net):
    net.observer.terminate()
    assert net.observer.wait(10) == 0


def level(net):
    cluster.wait_until(15, lambda: height(net) == net.height(1) > 0, "the observer is level")


def fact_unknown_observer_is_refused_by_name(net):
    net.org_id = net.org["validator-1"]
    net.tool("init", net.work / "obs", "--observer", "--name", "obs",
             "--passphrase-file", net.dir / "keys/passphrase", "--genesis", net.dir / "net.genesis",
             "--listen", f"127.0.0.1:{net.port + 7}", "--api-listen", f"127.0.0.1:{net.port + API}",
             "--metrics-listen", f"127.0.0.1:{net.port + 47}",
             "--peer", f"127.0.0.1:{net.port}", "--peer", f"127.0.0.1:{net.port + 1}").ok()
    log = start(net)
    cluster.wait_until(10, lambda: "PEER_UNKNOWN" in log.read_text(), "refusal in its log")
    assert ask(net, "/v1/status")["sessions"] == 0


def fact_key_with_purpose_peer_admits_it_without_a_restart(net):
    proof = net.work / "obs.proof"
    net.tool("key", "proof", net.work / "obs/keys/node.key", "--org", net.org_id, "--purposes",
             "peer", "--out", proof).ok()
    net.tool("key", "add", net.org_id, proof, key="validator-1").ok()
    net.tool("motion", "approve", 1, key="validator-2").ok()
    cluster.wait_until(15, lambda: ask(net, "/v1/status")["sessions"] == 2, "two sessions")
    level(net)


def fact_it_serves_what_the_validators_serve(net):
    top = height(net)
    for at in range(top + 1):
        ours, theirs = ask(net, f"/v1/blocks/{at}"), net.get(1, f"/v1/blocks/{at}")
        assert ours["header"] == theirs["header"], at
    assert ask(net, "/v1/policy") == net.get(1, "/v1/policy")


def fact_receipt_of_what_it_forwarded_verifies(net):
    paper = net.file("by-way-of-the-observer")
    net.tool("anchor", paper, "--node", url(net), key="anchorer-1").ok()
    net.tool("verify", paper, "--trust", net.dir / "net.genesis").ok()


def forwarded_load(net, name, count):
    """Load that knows the observer alone, until count records are acknowledged."""
    path = net.work / name
    keys = ",".join(str(net.dir / f"keys/anchorer-{i}.key") for i in (1, 2))
    process = subprocess.run([sys.executable, cluster.HERE / "load.py", "send", "--nodes", url(net),
                              "--keys", keys, "--passphrase-file", net.dir / "keys/passphrase",
                              "--out", path, "--count", str(count), "--seconds", "20",
                              "--connections", "16"], capture_output=True, text=True, check=False,
                             timeout=60)
    assert cluster.acknowledged(path) >= count, process.stdout + process.stderr
    return path


def fact_clients_of_the_observer_lose_nothing(net):
    net.compare(forwarded_load(net, "observer.acks", 100))


def fact_it_forwards_past_a_validator_that_is_down(net):
    net.kill(1)  # one of the two that it knows
    forwarded_load(net, "without-one.acks", 40)
    net.start(1)
    net.wait_ready()


def fact_it_never_votes(net):
    status = ask(net, "/v1/status")
    assert status["validator"] is None and status["signing"] is False, status
    net.kill(3)
    net.kill(4)
    time.sleep(0.5)
    before = net.height(1)
    answer = net.tool("anchor", net.file("without-a-quorum"), "--timeout", "1", key="anchorer-1")
    assert answer.code == 5, f"{answer.code}: {answer.out}{answer.err}"
    assert net.height(1) == before == height(net), "two validators and an observer are no quorum"
    net.start(3)
    net.start(4)


def fact_it_gets_all_of_the_chain_again(net):
    stop(net)
    for part in ("chain", "journal"):
        shutil.rmtree(net.work / "obs" / part)
    start(net)
    level(net)
    net.tool("anchor", net.file("afterwards"), "--node", url(net), key="anchorer-2").ok()


def held_wire(port):
    """Leads to that port, and holds what comes back after the first 16 KiB until it is opened."""
    door, is_open = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def carry(source, sink, room):
        with contextlib.suppress(OSError), source, sink:
            while data := source.recv(4096):
                room -= len(data)
                if room < 0:
                    is_open.wait()
                sink.sendall(data)

    def serve():
        while True:
            near, far = door.accept()[0], socket.create_connection(("127.0.0.1", port))
            for way in ((near, far, float("inf")), (far, near, 1 << 14)):
                threading.Thread(target=carry, args=way, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return door.getsockname()[1], is_open


def fact_it_gets_level_by_way_of_one_validator(net):
    """Whose claims are fewer than f + 1; the heights it lacks are more than one range has."""
    process, _ = net.load("many-heights.acks", connections=1)
    cluster.wait_until(60, lambda: net.height(1) > 100, "more than 100 heights")
    net.stop(process)
    stop(net)
    for part in ("chain", "journal"):
        shutil.rmtree(net.work / "obs" / part)
    port, is_open = held_wire(net.port)
    config = net.work / "obs/steled.conf"
    config.write_text(re.sub(r"peers = {[^}]*}", f'peers = {{"127.0.0.1:{port}"}}',
                             config.read_text()))
    start(net)
    cluster.wait_until(15, lambda: ask(net, "/v1/status").get("syncing"), "it knows that it lags")
    assert height(net) == 0 and ask(net, "/v1/status")["sessions"] == 1
    is_open.set()
    level(net)
    cluster.wait_until(5, lambda: ask(net, "/v1/status")["syncing"] is False, "it says so")


def fact_its_ledger_is_sound(net):
    stop(net)
    net.tool("verify-ledger", net.work / "obs").ok()


def fact_nobody_was_punished(net):
    for node in range(1, 5):
        said = [line for line in net.log(node).splitlines() if "peer_refused" in line]
        assert all("PEER_UNKNOWN" in line for line in said), said


if __name__ == "__main__":
    cluster.main(__file__, globals())
