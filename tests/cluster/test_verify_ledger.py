#!/usr/bin/env python3
"""stele verify-ledger: of a node that runs under load, of copies, with heads got elsewhere; when it is
interrupted, and when a process of its own dies or stands still."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import urllib.request

import cluster

SILENCE = 2  # s


def scratch(net):
    path = net.work / "scratch"
    path.mkdir(exist_ok=True)
    return path


def verify(net, home, *words):
    answer = net.tool("verify-ledger", home, "--scratch", scratch(net), *words)
    assert not list(scratch(net).iterdir()), "it leaves its scratch folder behind"
    return answer


def header(net, node, height):
    with urllib.request.urlopen(f"{net.nodes[node - 1]}/v1/blocks/{height}/header", timeout=5) as answer:
        return net.file(f"header-{height}", answer.read())


def copy(net):
    """A copy of node 1's home, made by verify-ledger's own means: the node is stopped meanwhile."""
    path = net.work / "copy"
    if not path.exists():
        net.tool("localnet", "down").ok()
        shutil.copytree(net.dir / "node-1", path)
        net.start("all")
        net.wait_ready()
    return path


def children(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Held:
    """A run whose second process is stopped as soon as it is there."""

    def __init__(self, net, *words):
        self.tool = subprocess.Popen(
            [cluster.STELE, "verify-ledger", copy(net), "--scratch", scratch(net), "--jobs", "2", *words],
            env=net.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        net.processes.append(self.tool)
        self.child = None
        while self.child is None and self.tool.poll() is None:
            self.child = next(iter(children(self.tool.pid)[1:]), None)
        assert self.child, self.tool.communicate()
        os.kill(self.child, signal.SIGSTOP)

    def end(self):
        out, err = self.tool.communicate(timeout=60)
        return cluster.Answer(subprocess.CompletedProcess([], self.tool.returncode, out, err))


def fact_ledger_of_a_running_node_is_verified(net):
    load, acks = net.load("one.acks")
    cluster.wait_until(20, lambda: cluster.acknowledged(acks) > 200, "load")
    before = net.height(1)
    answer = verify(net, net.dir / "node-1", "--json").ok().json
    assert answer["sound"] and answer["of_copy"], answer
    assert answer["heights"] >= before and answer["executed"] == answer["heights"], answer
    assert answer["leaves"] > 200 and answer["signatures"] > answer["leaves"], answer
    after = net.height(1)
    cluster.wait_until(10, lambda: net.height(1) > after, "the node goes on")
    net.stop(load)
    cluster.wait_until(20, net.is_level, "the same height at all")
    net.compare(acks)


def fact_head_below_the_tip_is_in_the_ledger(net):
    for height in (1, net.height(2) // 2, net.height(2)):
        verify(net, net.dir / "node-1", "--head", header(net, 2, height)).ok()


def fact_another_head_is_an_alarm(net):
    text = header(net, 2, 3).read_text()
    other = net.file("other", text.replace("\nproposer ", "\nproposer 1", 1)
                     if "\nproposer 0" not in text else text.replace("\nproposer 0", "\nproposer 1"))
    verify(net, net.dir / "node-1", "--head", other).ends(12, "another block")


def fact_ledger_that_ends_below_the_head_is_named(net):
    home = copy(net)
    net.tool("anchor", net.file("later"), "--title", "later", key="anchorer-1").ok()
    head = header(net, 2, net.height(2))
    answer = verify(net, home, "--head", head)
    answer.ends(3, "rolled back", f"height {net.height(2)}")


def fact_verdict_does_not_depend_on_the_number_of_processes(net):
    answers = [verify(net, copy(net), "--json", "--jobs", n).ok().json for n in (1, 2, 3, 7)]
    assert all(a == answers[0] for a in answers), answers
    assert not answers[0]["of_copy"]


def fact_copy_is_not_touched(net):
    home = copy(net)
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in home.rglob("*")}
    verify(net, home).ok()
    assert before == {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in home.rglob("*")}


def fact_interrupted_it_ends_at_once_and_leaves_nothing(net):
    for number in (signal.SIGINT, signal.SIGTERM):
        held = Held(net)
        began = time.monotonic()
        held.tool.send_signal(number)
        held.end().ends(130, "interrupted")
        assert time.monotonic() - began < 2
        assert not pathlib.Path(f"/proc/{held.child}").exists(), "a process is left"
        assert not list(scratch(net).iterdir()), "it leaves its scratch folder behind"


def fact_process_that_stands_still_is_named(net):
    held = Held(net, "--silence", str(SILENCE))
    held.end().ends(12, "stood still at this height")
    assert not list(scratch(net).iterdir())


def fact_process_that_dies_is_named(net):
    held = Held(net)
    os.kill(held.child, signal.SIGBUS)
    os.kill(held.child, signal.SIGCONT)
    held.end().ends(12, "brought down the process that read it", "first bad height")


def fact_process_that_is_killed_decides_nothing(net):
    held = Held(net, "--json")
    os.kill(held.child, signal.SIGKILL)
    answer = held.end()
    assert answer.code not in (0, 12), f"{answer.code}: {answer.out}{answer.err}"
    assert "a process was killed" in answer.err, answer.err


def fact_changed_record_is_named_with_its_height(net):
    tampered = net.work / "tampered"
    shutil.copytree(copy(net), tampered)
    data = tampered / "chain/data.mdb"
    content = data.read_bytes()
    word = b"\nheight 5\n"  # of a header, also on pages that are no longer in use
    assert word in content
    data.write_bytes(content.replace(word, b"\nheight 6\n"))
    for jobs in (1, 2):
        answer = verify(net, tampered, "--json", "--jobs", jobs).ends(12)
        said = json.loads(answer.out)
        assert not said["sound"] and said["what"] and said["bad_height"] == 5, said


def fact_export_of_a_running_node_is_executed_anew(net):
    load, acks = net.load("export.acks")
    cluster.wait_until(20, lambda: cluster.acknowledged(acks) > 50, "load")
    out, genesis = net.work / "ledger.blocks", net.dir / "node-2/genesis.txt"
    before = net.height(2)
    said = net.tool("export", "blocks", net.dir / "node-2", out, "--scratch", scratch(net),
                    "--json").ok().json
    net.stop(load)
    assert said["of_copy"] and said["heights"] >= before, said
    assert said["bytes"] == out.stat().st_size
    assert not list(scratch(net).iterdir()), "it leaves its scratch folder behind"
    answer = verify(net, out, "--genesis", genesis, "--json").ok().json
    assert answer["heights"] == answer["executed"] == said["heights"], answer
    verify(net, out, "--genesis", genesis, "--head", header(net, 1, before)).ok()
    net.tool("export", "blocks", net.dir / "node-2", out).ends(10)  # nothing is overwritten
    verify(net, out).ends(2)  # whose it is, has to be said


def fact_changed_or_broken_export_is_named_with_its_height(net):
    genesis = net.dir / "node-2/genesis.txt"
    whole = (net.work / "ledger.blocks").read_bytes()
    at = whole.index(b"\nheight 5\n")
    for name, content in (("changed", whole.replace(b"\nheight 5\n", b"\nheight 6\n")),
                          ("broken", whole[:at])):
        answer = verify(net, net.file(name, content), "--genesis", genesis, "--json").ends(12).json
        assert not answer["sound"] and answer["bad_height"] == 5, answer
    verify(net, net.file("without-end", whole[:-13]), "--genesis", genesis).ends(12, "breaks off")
    verify(net, net.file("other", b"x" * 100), "--genesis", genesis).ends(12)


if __name__ == "__main__":
    cluster.main(__file__, globals())
