"""The scenes: what happens to the wires, and what has to hold meanwhile.

A scene is a function of a lab whose nodes run under load; it returns once the wires are as they
were, and run.py judges what is left.  `goes_on` says that the others are not held up,
`stands` that nothing is final without a quorum."""
import shutil
import signal
import time

from cluster import acknowledged, wait_until
from lab import HUB, PORT, address, pause
from proxy import Proxy

DARK_S = 12


def goes_on(lab, seconds, nodes):
    """All of these nodes finalize, and clients get answers, within so many seconds."""
    before = max(lab.heights().values())
    count = acknowledged(lab.acks)
    wait_until(seconds, lambda: min(lab.height(k) for k in nodes) > before + 1
               and acknowledged(lab.acks) > count, f"nodes {list(nodes)} go on")


def stands(lab, seconds):
    """What was under way may still end; then no height changes."""
    pause(1)
    before = lab.heights()
    pause(seconds)
    after = lab.heights()
    assert before == after, f"final without a quorum: {before}, {after}"


def quorum_patience(lab):
    """For those that are left to lose sight of the others and time out their views."""
    return 10 * lab.view_seconds() + 10


def split_2_2(lab):
    for one in (1, 2):
        for other in (3, 4):
            lab.cut(one, other)
    stands(lab, lab.dark)
    lab.heal()


def split_3_1(lab):
    for one in (1, 2, 3):
        lab.cut(one, 4)
    goes_on(lab, quorum_patience(lab), (1, 2, 3))
    pause(lab.dark)
    lab.heal()


def deaf_leader(lab):
    """One way only: node 2 leads every fourth view, speaks, and hears nobody."""
    for other in (1, 3, 4):
        lab.rule(2, other, "drop")
    goes_on(lab, quorum_patience(lab), (1, 3, 4))
    pause(lab.dark)
    lab.heal()


def deaf_to_leader(lab):
    """One way only, and lossy: half of what the others send to node 2 is lost."""
    for other in (1, 3, 4):
        lab.rule(2, other, "numgen random mod 100 < 50 drop")
    goes_on(lab, quorum_patience(lab), (1, 3, 4))
    pause(lab.dark)
    lab.heal()


def leader_seen_by_two(lab):
    """Node 1 is in session with f + 1 others only; all four go on."""
    lab.cut(1, 4)
    goes_on(lab, quorum_patience(lab), (1, 2, 3))
    goes_on(lab, quorum_patience(lab), lab.every)
    lab.heal()


def ring(lab):
    """Each sees its two neighbours; all four go on."""
    lab.cut(1, 3)
    lab.cut(2, 4)
    goes_on(lab, 2 * quorum_patience(lab), lab.every)
    pause(lab.dark / 2)
    lab.heal()


def flapping(lab):
    """Cables out and in again, each time another node's, twice a second."""
    end = time.monotonic() + 2 * lab.dark
    node = 0
    while time.monotonic() < end:
        node = node % lab.validators + 1
        lab.plug(node, False)
        pause(0.3)
        lab.plug(node, True)
        pause(0.2)
    lab.heal()


def loss_20(lab):
    lab.lose(20)
    goes_on(lab, 60, lab.every)
    pause(lab.dark)
    lab.heal()


def narrow(lab):
    """2 Mbit/s out of every node, answers to clients included."""
    for node in lab.every:
        lab.narrow(node, "2mbit")
    goes_on(lab, 60, lab.every)
    pause(lab.dark)
    lab.heal()


def reset_storm(lab):
    """Every packet between nodes is answered by a reset, for moments, again and again."""
    end = time.monotonic() + 2 * lab.dark
    while time.monotonic() < end:
        for one in lab.every:
            for other in range(one + 1, lab.validators + 1):
                lab.reset(one, other)
        pause(0.3)
        lab.heal()
        pause(1.5)


def frozen(lab):
    """One process stands still for 30 s, then two for a while."""
    lab.signal(3, signal.SIGSTOP)
    goes_on(lab, quorum_patience(lab), (1, 2, 4))
    pause(30)
    lab.signal(4, signal.SIGSTOP)
    pause(3)
    lab.signal(3, signal.SIGCONT)
    lab.signal(4, signal.SIGCONT)


def wiped(lab):
    """A disk is lost; the operator makes the home again from the backup: keys, settings, genesis.
    The node follows, has its right to vote back from the others, and is a vote that counts."""
    lab.kill(4)
    for part in ("chain", "journal"):
        shutil.rmtree(lab.dir / f"node-4/{part}")
    goes_on(lab, quorum_patience(lab), (1, 2, 3))
    lab.start(4)
    wait_until(60, lambda: lab.height(4) >= lab.height(1) - 5 > 0, "the wiped node follows")
    wait_until(60, lambda: lab.status(4).get("signing"), "it signs again")
    lab.kill(3)
    goes_on(lab, quorum_patience(lab), (1, 2, 4))
    lab.start(3)


def far_behind(lab):
    """Node 4 misses much and has to catch up while the others go on at full rate."""
    for other in (1, 2, 3):
        lab.cut(4, other)
    before = lab.height(1)
    wait_until(90, lambda: lab.height(1) > before + lab.far, "the others go ahead")
    lab.heal()
    wait_until(60, lambda: lab.height(4) >= lab.height(1) - 5, "caught up under load")


def far_behind_narrow(lab):
    """Over 400 kbit/s an answer takes longer than the patience of who asked for it."""
    for other in (1, 2, 3):
        lab.cut(4, other)
    before = lab.height(1)
    wait_until(90, lambda: lab.height(1) > before + lab.far / 2, "the others go ahead")
    lab.stop(lab.sender)
    for node in (1, 2, 3):
        lab.narrow(node, "400kbit")
    lab.let_through()
    wait_until(90, lambda: lab.height(4) >= lab.height(1) - 5 > 0, "caught up over a narrow wire")
    lab.heal()
    lab.sender, _ = lab.load("acks", connections=8)


def wan(lab):
    """Every session goes through a proxy: 40 ms each way, 8 ms of jitter, 20 Mbit/s."""
    proxies = Proxy(delay_s=0.040, jitter_s=0.008, bytes_s=2_500_000)
    for node in lab.every:
        lab.kill(node)
    for node in lab.every:
        others = [k for k in lab.every if k != node]
        ports = [30000 + 100 * node + k for k in others]
        for port, other in zip(ports, others):
            proxies.add((HUB, port), (address(other), PORT))
        lab.connect(node, [f"{HUB}:{port}" for port in ports])
    proxies.start()
    lab.processes.append(proxies)
    lab.start_all()
    goes_on(lab, 60, lab.every)
    pause(lab.dark)


SCENES = {function.__name__: function for function in (
    split_2_2, split_3_1, deaf_leader, deaf_to_leader, leader_seen_by_two, ring, flapping, loss_20,
    narrow, reset_storm, frozen, wiped, far_behind,
    far_behind_narrow, wan)}
