#!/usr/bin/env python3
"""SIGKILL to one node and to all, under load: nothing that was acknowledged is lost."""
import json
import os
import random
import re
import select
import shutil
import subprocess
import time

import cluster

ROUNDS = 3  # all nodes killed; the places in time come from the clock, no two runs are alike


def fact_one_killed_the_others_go_on_and_it_catches_up(net):
    load, acks = net.load("one.acks")
    cluster.wait_until(10, lambda: cluster.acknowledged(acks) > 50, "load")
    net.kill(4)
    before = net.height(1)
    cluster.wait_until(40, lambda: net.height(1) >= before + 40, "40 blocks without node 4")
    net.start(4)
    cluster.wait_until(30, lambda: net.height(4) >= net.height(1) > 0, "node 4 catches up")
    net.stop(load)
    net.wait_ready()
    cluster.wait_until(20, net.is_level, "the same height at all")
    net.compare(acks)


def fact_all_killed_at_once_keep_every_acknowledged_record(net):
    for number in range(ROUNDS):
        load, acks = net.load(f"all-{number}.acks")
        cluster.wait_until(20, lambda: cluster.acknowledged(acks) > 30, "load")
        time.sleep(random.random() / 2)
        net.kill("all")
        net.stop(load)
        net.start("all")
        net.wait_ready()
        cluster.wait_until(20, net.is_level, "the same height at all")
        net.compare(acks)


def fact_killed_while_starting_and_catching_up_comes_back(net):
    for _ in range(3):
        net.kill(2)
        net.start(2)
        time.sleep(random.random() / 5)
    net.wait_ready()


def fact_node_keeps_nothing_open_of_who_started_it(net):
    reading, writing = os.pipe()
    net.kill(4)
    subprocess.run([cluster.STELE, "localnet", "start", "4", "--dir", net.dir], pass_fds=[writing],
                   stdout=subprocess.DEVNULL, check=True)
    os.close(writing)
    assert select.select([reading], [], [], 5)[0], "the node holds the pipe"
    os.close(reading)
    net.wait_ready()


def fact_headers_are_the_same_everywhere(net):
    cluster.wait_until(10, net.is_level, "the same height at all")
    for height in {1, net.height(1) // 2, net.height(1)}:
        blocks = {net.get(k, f"/v1/blocks/{height}")["block"] for k in range(1, 5)}
        assert len(blocks) == 1, blocks


def fact_node_that_lost_its_disk_signs_again_after_asking_the_others(net):
    net.kill(4)
    shutil.rmtree(net.dir / "node-4/journal")
    shutil.rmtree(net.dir / "node-4/chain")
    net.start(4)
    net.wait_ready()
    cluster.wait_until(20, net.is_level, "the wiped node has caught up")
    assert "SIGN_STATE_LOST" in net.log(4)
    net.tool("anchor", net.file("with-three"), "--title", "with-three", key="anchorer-1").ok()
    cluster.wait_until(20, lambda: net.status(4)["signing"], "node 4 signs again")


def fact_ledger_of_every_node_is_sound(net):
    net.tool("localnet", "down").ok()
    for node in range(1, 5):
        net.tool("verify-ledger", net.dir / f"node-{node}").ok()


def fact_one_changed_byte_in_the_chain_is_found(net):
    """In the leaf and in the parcel; pages that were written anew leave stale bytes behind, which count
    for nothing."""
    copy = net.work / "tampered"
    shutil.copytree(net.dir / "node-1", copy)
    data = (copy / "chain/data.mdb").read_bytes()
    found = 0
    for at in (m.start() for m in re.finditer(b"with-three", data)):
        (copy / "chain/data.mdb").write_bytes(data[:at] + b"W" + data[at + 1:])
        answer = net.tool("verify-ledger", copy, "--json")
        assert answer.code in (0, 12), f"{answer.code}: {answer.out}{answer.err}"
        if answer.code == 12:
            assert json.loads(answer.err.splitlines()[-1])["error"]["exit"] == 12, answer.err
            found += 1
    assert found == 2, found


if __name__ == "__main__":
    cluster.main(__file__, globals())
