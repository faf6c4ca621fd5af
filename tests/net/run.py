#!/usr/bin/env python3
"""Plays scenes on real nodes in network namespaces; each has a network of its own.

    run.py SCENE…                    these
    run.py --all                     all of them
    run.py --rotate TURN --count N   N of them, which ones depends on TURN
    run.py --list                    their names
    --dark S   seconds that a fault lasts (12)      --far N   heights missed in far_behind (300)

The last line is "net: N passed, M failed".  A failed scene keeps its folder.  Needs root."""
import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback

import lab
import cluster
import judge
from scenes import DARK_S, SCENES

CONNECTIONS = 8


def play(name, options):
    work = tempfile.mkdtemp(prefix=f"stele-net-{name}.")
    net = None
    started = time.monotonic()
    try:
        net = lab.Lab(os.path.join(work, "net"))
        net.dark, net.far = options.dark, options.far
        net.start_all()
        net.sender, net.acks = net.load("acks", connections=options.connections)
        cluster.wait_until(20, lambda: cluster.acknowledged(net.acks) > 20, "load")
        SCENES[name](net)
        said = judge.everything(net)
    except Exception:  # whatever it is, the scene did not hold
        print(f"net/{name}: FAILED after {time.monotonic() - started:.0f} s; all of it is in {work}")
        traceback.print_exc(limit=4, file=sys.stdout)
        return False
    finally:
        if net is not None:
            net.close()
    shutil.rmtree(work, ignore_errors=True)
    print(f"net/{name}: {said} ({time.monotonic() - started:.0f} s)", flush=True)
    return True


def chosen(options):
    names = list(SCENES)
    if options.all:
        return names
    if options.rotate is not None:
        return [names[(options.rotate * options.count + k) % len(names)]
                for k in range(options.count)]
    return options.scenes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--rotate", type=int)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--dark", type=float, default=DARK_S)
    parser.add_argument("--far", type=int, default=300)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    options = parser.parse_args()
    if options.list:
        print("\n".join(SCENES))
        return 0
    names = chosen(options)
    unknown = [name for name in names if name not in SCENES]
    if unknown or not names:
        parser.error(f"no scene {' '.join(unknown)}; see --list")
    lab.enter()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results = [play(name, options) for name in names]
    print(f"net: {results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
