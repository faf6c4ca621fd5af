#!/usr/bin/env python3
"""Pins that follow a real network: trust pin, update, show, diff."""
import fcntl
import json
import os
import shutil
import subprocess
import time

import cluster


def home(net, name="reader"):
    return {"STELE_HOME": str(net.work / name)}


def networks(net, name="reader"):
    return net.work / name / "networks"


def pin_of(net, name="reader"):
    found = list(networks(net, name).glob("*.pin"))
    return found[0] if found else None


def anchor(net, name):
    path = net.file(name, f"content of {name}\n")
    net.tool("anchor", path, key="anchorer-1").ok()
    return path


def fact_update_needs_a_pinned_genesis(net):
    anchor(net, "first.txt")
    net.tool("trust", "update", env=home(net)).ends(5, "E7016")
    net.tool("trust", "pin", net.dir / "net.genesis", env=home(net)).ok()
    assert pin_of(net) is None


def fact_update_moves_the_pin_to_the_newest_header(net):
    told = net.tool("trust", "update", "--json", env=home(net)).ok().json
    text = pin_of(net).read_text()
    assert text.startswith("stele/v1 pin\n") and f"head {told['height']} {told['block']} " in text, text
    shown = net.tool("trust", "show", "--json", env=home(net)).ok().json["items"][0]
    assert shown["height"] == told["height"] and shown["epoch"] == 0, shown
    anchor(net, "second.txt")
    again = net.tool("trust", "update", "--json", env=home(net)).ok().json
    assert again["height"] > told["height"] and again["from_height"] == told["height"], again


def fact_receipts_and_proofs_pass_under_a_pin_with_a_head(net):
    path = net.work / "second.txt"
    item = net.tool("verify", path, "--json", env=home(net)).ok().json["items"][0]
    assert item["signer"]["result"] == "pass" and item["former_sets"] == 0, item
    net.tool("verify", path, "--trust", pin_of(net)).ok()
    proof = net.work / "state.json"
    net.tool("proof", "get", "state", "count/org", "-o", proof).ok()
    net.tool("proof", "check", proof, env=home(net)).ok()


def fact_a_proof_from_elsewhere_moves_it_without_a_network(net):
    anchor(net, "third.txt")
    size = pin_of(net).read_text().splitlines()[-1].split()[3]
    proof = net.work / "consistency.json"
    net.tool("proof", "get", "consistency", size, "-o", proof).ok()
    before = pin_of(net).read_text()
    done = subprocess.run(["unshare", "-rn", cluster.STELE, "trust", "update", proof], text=True,
                          env={"PATH": os.environ["PATH"], **home(net)}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert pin_of(net).read_text() != before
    # the same proof begins below the pin now
    net.tool("trust", "update", proof, env=home(net)).ends(3, "E7006")


def fact_of_two_updates_at_once_the_newer_head_stays(net):
    shutil.copytree(net.work / "reader", net.work / "two")
    pin, proof = pin_of(net, "two"), net.work / "older.json"
    anchor(net, "older.txt")
    net.tool("proof", "get", "consistency", pin.read_text().split()[-2], "-o", proof).ok()
    anchor(net, "newer.txt")
    net.tool("trust", "update", env=home(net)).ok()
    newer = pin_of(net).read_text()
    with open(f"{pin}.lock", "w", encoding="utf-8") as lock:  # as the other one holds it
        fcntl.flock(lock, fcntl.LOCK_EX)
        slow = subprocess.Popen([cluster.STELE, "trust", "update", proof], text=True,
                                env={**net.env, **home(net, "two")},
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        net.processes.append(slow)
        time.sleep(1)
        pin.write_text(newer)
    said = slow.communicate(timeout=30)[1]
    assert slow.returncode == 3 and "E7006" in said, (slow.returncode, said)
    assert pin.read_text() == newer, "the older head was left"


def changed_pin(net, name, change):
    """A reader whose pin says something else."""
    shutil.copytree(net.work / "reader", net.work / name)
    pin = pin_of(net, name)
    *lines, head = pin.read_text().splitlines()
    pin.write_text("\n".join([*lines, " ".join(change(head.split()))]) + "\n")


def other_digit(text):
    return ("0" if text[0] != "0" else "1") + text[1:]


def fact_another_root_at_the_pinned_size_is_a_fork_with_evidence(net):
    changed_pin(net, "forked", lambda head: [*head[:4], other_digit(head[4])])
    before = pin_of(net, "forked").read_text()
    net.tool("trust", "update", env=home(net, "forked")).ends(12, "E7019")
    assert pin_of(net, "forked").read_text() == before
    evidence = json.loads(next(networks(net, "forked").glob("*.E9001-*.json")).read_text())
    assert evidence["pin"] == before and evidence["proof"]["stele_proof"] == 1, evidence


def fact_another_block_at_the_pinned_height_is_told_by_verify(net):
    changed_pin(net, "other", lambda head: [*head[:2], other_digit(head[2]), *head[3:]])
    path = net.work / "third.txt"
    height = net.tool("verify", path, "--json", env=home(net)).ok().json["items"][0]["height"]
    pin = pin_of(net, "other")
    *lines, head = pin.read_text().splitlines()
    head = head.split()
    head[1] = str(height)
    pin.write_text("\n".join([*lines, " ".join(head)]) + "\n")
    net.tool("verify", path, env=home(net, "other")).ends(3, "E7019")


def fact_diff_compares_a_genesis_a_pin_and_a_node(net):
    pin, genesis = pin_of(net), net.dir / "net.genesis"
    told = net.tool("trust", "diff", genesis, pin, "--json", env=home(net)).ok().json
    assert told["relation"] == "the second is newer" and told["joined"] == told["left"] == [], told
    told = net.tool("trust", "diff", pin, "node", "--json", env=home(net)).ok().json
    assert told["epochs_in_common"] == 1 and told["epochs_that_differ"] == 0, told
    assert net.tool("trust", "diff", pin, pin, "--json").ok().json["relation"] == "the same"
    other = pin_of(net, "forked").with_name("theirs.pin")
    *lines, head = pin.read_text().splitlines()
    head = head.split()
    head[2] = other_digit(head[2])
    other.write_text("\n".join([*lines, " ".join(head)]) + "\n")
    net.tool("trust", "diff", pin, other).ends(12, "E7019")


def fact_a_network_of_its_own_is_another_one(net):
    forged = cluster.Network(net.work / "own", validators=1)
    try:
        net.tool("trust", "diff", pin_of(net), forged.dir / "net.genesis").ends(3, "other networks")
        proof = net.work / "own.json"
        forged.tool("anchor", forged.file("own.txt"), key="anchorer-1").ok()
        forged.tool("proof", "get", "consistency", "1", "-o", proof).ok()
        net.tool("trust", "update", proof, env=home(net)).ends(5, "E7016")
    finally:
        forged.close()


def fact_a_node_that_is_behind_moves_nothing(net):
    def ahead(head):
        return [head[0], str(int(head[1]) + 1000), head[2], str(int(head[3]) + 1000), head[4]]

    changed_pin(net, "ahead", ahead)
    before = pin_of(net, "ahead").read_text()
    assert net.tool("trust", "update", env=home(net, "ahead")).code != 0
    assert pin_of(net, "ahead").read_text() == before
    assert json.loads(net.tool("trust", "show", "--json", env=home(net, "ahead")).ok().out)


if __name__ == "__main__":
    cluster.main(__file__, globals())
