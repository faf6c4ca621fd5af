#!/usr/bin/env python3
"""Disks that run full, at one node and at all: a node neither signs nor takes records then, answers
from what it has committed, and goes on by itself once there is room.
Every home lies on a tmpfs of its own, so this needs the right to mount: without it the test fails."""
import atexit
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request

import cluster

MIB = 1 << 20
DISK_MIB = 96
FREE_MIN = 16 * MIB  # disk-free-min of these nodes
ALL = range(1, 5)


def home(net, node):
    return net.dir / f"node-{node}"


def mount(path):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=0700", "tmpfs", path],
                   check=True)
    atexit.register(subprocess.run, ["umount", "-q", path], capture_output=True, check=False)


def room(net, node):
    stat = os.statvfs(home(net, node))
    return stat.f_bavail * stat.f_frsize


def fill(net, node, leave):
    """A file that leaves so many bytes; a node that writes meanwhile may take some of them."""
    with open(home(net, node) / "ballast", "ab", buffering=0) as ballast:
        while room(net, node) > leave:
            try:
                ballast.write(bytes(min(room(net, node) - leave, MIB)))
            except OSError:
                return


def make_room(net, node):
    (home(net, node) / "ballast").unlink()


def is_full(net, node):
    return net.status(node).get("disk_full") is True


def is_signing(net, node):
    return net.status(node).get("signing") is True


def ask(url, body=None):
    """Status, headers and text, whatever the status."""
    request = urllib.request.Request(url, data=body,
                                     headers={"Content-Type": "application/protobuf"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def watch(net, node, path):
    """The same of its metrics port."""
    return ask(f"http://127.0.0.1:{net.port + 39 + node}{path}")


def is_reading(net, node):
    """Whether it answers from its committed state."""
    tip = net.height(node)
    return tip > 0 and net.get(node, f"/v1/blocks/{tip}") is not None


def assert_takes_nothing(net, node):
    status, headers, text = ask(net.nodes[node - 1] + "/v1/transactions", b"\x0a\x00")
    assert status == 503 and int(headers["Retry-After"]) > 0, (status, text)
    assert json.loads(text)["code"] == "E6012" and json.loads(text)["submitted"] is False, text


def fact_homes_move_to_small_disks(net):
    net.tool("anchor", net.file("before"), key="anchorer-1").ok()
    net.tool("localnet", "kill", "all", "--signal", "TERM").ok()
    cluster.wait_until(20, lambda: all(net.pid(k) is None for k in ALL), "all end")
    for node in ALL:
        kept = net.work / f"node-{node}"
        shutil.move(home(net, node), kept)
        home(net, node).mkdir()
        mount(home(net, node))
        shutil.copytree(kept, home(net, node), dirs_exist_ok=True)
        config = home(net, node) / "steled.conf"
        text = config.read_text()
        assert "disk-free-min = 67108864\n" in text
        config.write_text(text.replace("disk-free-min = 67108864", f"disk-free-min = {FREE_MIN}"))
    net.start("all")
    net.wait_ready()


def fact_full_disk_of_one_pauses_it_by_name(net):
    load, _ = net.load("one.acks", connections=4)
    cluster.wait_until(20, lambda: cluster.acknowledged(net.work / "one.acks") > 50, "load")
    fill(net, 4, FREE_MIN - 4 * MIB)
    cluster.wait_until(20, lambda: is_full(net, 4), "node 4 says that it is full")
    assert not is_signing(net, 4)
    metrics = watch(net, 4, "/metrics")[2].splitlines()
    assert "stele_disk_full 1" in metrics and "stele_signing 0" in metrics
    status, _, text = watch(net, 4, "/readyz?verbose")
    assert status == 503 and "[-] the disk has room" in text, text
    assert '"disk_full"' in net.log(4) and "DISK_LOW" in net.log(4)
    net.stop(load)


def fact_it_takes_no_record_and_answers_reads(net):
    assert_takes_nothing(net, 4)
    assert is_reading(net, 4)


def fact_others_go_on_meanwhile(net):
    before, there = net.height(1), net.height(4)
    for name in ("a", "b", "c"):
        net.tool("anchor", net.file(f"meanwhile-{name}"), key="anchorer-1").ok()
    assert net.height(1) > before and net.height(4) == there


def fact_started_on_a_full_disk_it_answers_reads(net):
    net.kill(4)
    fill(net, 4, 0)
    net.start(4)
    cluster.wait_until(20, lambda: is_full(net, 4), "node 4 is there again, and full")
    assert is_reading(net, 4) and not is_signing(net, 4)


def fact_with_room_again_it_goes_on_by_itself(net):
    pid = net.pid(4)
    make_room(net, 4)
    net.wait_ready()
    cluster.wait_until(30, net.is_level, "node 4 catches up")
    cluster.wait_until(5, lambda: is_signing(net, 4), "node 4 signs")
    assert net.pid(4) == pid and '"disk_has_room"' in net.log(4)
    net.tool("anchor", net.file("after"), key="anchorer-1").ok()
    net.compare(net.work / "one.acks")


def fact_disk_filled_to_the_last_byte_under_load_loses_nothing(net):
    """It pauses, or a write in the making ends the process; either way a start heals it."""
    load, acks = net.load("last.acks", connections=8)
    cluster.wait_until(20, lambda: cluster.acknowledged(acks) > 50, "load")
    fill(net, 3, 0)
    cluster.wait_until(20, lambda: net.pid(3) is None or is_full(net, 3), "node 3 stops signing")
    net.stop(load)
    if net.pid(3) is None:
        assert "DISK_FULL" in net.log(3), net.log(3)[-2000:]
        net.start(3)
        cluster.wait_until(20, lambda: is_full(net, 3), "node 3 is there again, and full")
    assert is_reading(net, 3)
    make_room(net, 3)
    net.wait_ready()
    cluster.wait_until(30, net.is_level, "node 3 catches up")
    net.compare(acks)


def fact_full_disks_of_all_stop_the_network_and_room_wakes_it(net):
    load, acks = net.load("all.acks", connections=8)
    cluster.wait_until(20, lambda: cluster.acknowledged(acks) > 50, "load")
    for node in ALL:
        fill(net, node, FREE_MIN - 4 * MIB)
    cluster.wait_until(20, lambda: all(is_full(net, k) for k in ALL), "all say so")
    net.stop(load)
    assert all(is_reading(net, k) for k in ALL)
    heights = [net.height(k) for k in ALL]
    for node in ALL:
        assert_takes_nothing(net, node)
    assert heights == [net.height(k) for k in ALL]
    pids = [net.pid(k) for k in ALL]
    for node in ALL:
        make_room(net, node)
    net.wait_ready()
    cluster.wait_until(30, lambda: net.tool("anchor", net.file("room"), key="anchorer-1").code == 0,
                       "a record is taken again")
    cluster.wait_until(30, net.is_level, "the same height at all")
    assert pids == [net.pid(k) for k in ALL] and None not in pids
    net.compare(acks)


def fact_ledgers_are_sound(net):
    net.tool("localnet", "down").ok()
    for node in (3, 4):
        net.tool("verify-ledger", home(net, node)).ok()
    for node in ALL:
        subprocess.run(["umount", home(net, node)], check=False)


if __name__ == "__main__":
    cluster.main(__file__, globals())
