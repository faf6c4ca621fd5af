#!/usr/bin/env python3
"""A disk that runs full: the node stops by itself, in order, and goes on once there is room.
Needs the right to mount a small tmpfs; without it the facts are skipped, saying so."""
import atexit
import os
import shutil
import subprocess
import time

import cluster

DISK_MIB = 64
NO_MOUNT = "this system permits no mount"


def mount(path):
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=0700", "tmpfs",
                           path], capture_output=True, check=False)
    atexit.register(subprocess.run, ["umount", "-q", path], capture_output=True, check=False)
    return done.returncode == 0


def home(net):
    return net.dir / "node-4"


def is_mounted(net):
    return os.path.ismount(home(net))


def fill(net):
    """A file that leaves one MiB."""
    stat = os.statvfs(home(net))
    room = stat.f_bavail * stat.f_frsize - (1 << 20)
    with open(home(net) / "ballast", "wb") as ballast:
        ballast.write(bytes(room))


def fact_node_moves_to_a_small_disk(net):
    net.tool("localnet", "kill", 4, "--signal", "TERM").ok()
    cluster.wait_until(10, lambda: net.pid(4) is None, "node 4 ends")
    kept = net.work / "node-4"
    shutil.move(home(net), kept)
    home(net).mkdir()
    if not mount(home(net)):
        home(net).rmdir()
        shutil.move(kept, home(net))
        net.start(4)
        return NO_MOUNT
    shutil.copytree(kept, home(net), dirs_exist_ok=True)
    net.start(4)
    net.wait_ready()
    net.tool("anchor", net.file("before"), key="anchorer-1").ok()
    return None


def fact_full_disk_stops_the_node_by_name(net):
    if not is_mounted(net):
        return NO_MOUNT
    load, _ = net.load("disk.acks", connections=4)
    fill(net)
    cluster.wait_until(20, lambda: net.pid(4) is None, "node 4 stops")
    net.stop(load)
    assert "DISK_FULL" in net.log(4), net.log(4)[-2000:]
    return None


def fact_others_go_on_meanwhile(net):
    if not is_mounted(net):
        return NO_MOUNT
    before = net.height(1)
    net.tool("anchor", net.file("meanwhile"), key="anchorer-1").ok()
    assert net.height(1) > before
    return None


def fact_it_does_not_start_while_the_disk_is_full(net):
    if not is_mounted(net):
        return NO_MOUNT
    net.start(4)
    cluster.wait_until(20, lambda: net.pid(4) is None, "node 4 stops again")
    return None


def fact_with_room_again_it_goes_on_and_signs(net):
    if not is_mounted(net):
        return NO_MOUNT
    (home(net) / "ballast").unlink()
    net.start(4)
    net.wait_ready()
    cluster.wait_until(20, net.is_level, "node 4 catches up")
    assert net.status(4)["signing"] is True
    net.tool("anchor", net.file("after"), key="anchorer-1").ok()
    net.compare(net.work / "disk.acks")
    return None


def fact_its_ledger_is_sound(net):
    net.tool("localnet", "down").ok()
    try:
        net.tool("verify-ledger", home(net)).ok()
    finally:
        if is_mounted(net):
            time.sleep(0.2)
            subprocess.run(["umount", home(net)], check=False)


if __name__ == "__main__":
    cluster.main(__file__, globals())
