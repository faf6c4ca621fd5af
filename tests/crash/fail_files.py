#!/usr/bin/env python3
"""The n-th call on files fails in the programs themselves: `stele init`, and a node that starts.

    fail_files.py [--each N] [--turn T]

It must end with a named error or as if nothing were, never by a signal and never hang.  A home that `stele
init` calls made is whole; where it refused, a second try in another folder is not disturbed.  A node whose
start failed starts from the same home afterwards.  --each N: at most N calls of a kind, shifted by T;
0 (default): all.  STELE_BUILD as in tests/cluster/cluster.py; the shim is of that build.
"""
import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cluster"))
import cluster  # noqa: E402

SHIM = cluster.BUILD / "tests/crash/fail_shim.so"
EIO, ENOMEM, EMFILE, ENOSPC = "5", "12", "24", "28"
INIT_WAYS = [("open", EMFILE), ("open", EIO), ("write", ENOSPC), ("write", "short"), ("fsync", EIO),
             ("rename", EIO), ("unlink", EIO), ("mkdir", ENOSPC)]
START_WAYS = [("open", EMFILE), ("open", EIO), ("pwrite", ENOSPC), ("fdatasync", EIO), ("fsync", EIO),
              ("ftruncate", EIO), ("fallocate", ENOSPC), ("mmap", ENOMEM), ("unlink", EIO)]
NAMED = (1, 2, 8, 10, 12)  # exit codes of errors


class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def say(self, objection, what):
        if objection is None:
            self.passed += 1
        else:
            self.failed += 1
            print(f"fail in files: FAILED {what}: {objection}", flush=True)


def environment(root, call, number, at, count):
    return {**os.environ, "LD_PRELOAD": str(SHIM), "STELE_FAIL_ROOT": str(root),
            "STELE_FAIL_CALL": call, "STELE_FAIL_ERRNO": number, "STELE_FAIL_AT": str(at),
            "STELE_FAIL_COUNT": str(count)}


def chosen(count, options):
    step = 1 if options.each == 0 or count <= options.each else count // options.each
    return range(1 + options.turn % step, count + 1, step)


# ---- stele init ----------------------------------------------------------------------------------------

def files_of(home):
    """But those that could not be removed."""
    return sorted(str(p.relative_to(home)) for p in home.rglob("*") if p.suffix != ".tmp")


def init(work, name, env=None):
    home = work / name / "home"
    home.parent.mkdir()
    return home, subprocess.run([cluster.STELE, "init", home, "--passphrase-file", work / "passphrase"],
                                capture_output=True, text=True, timeout=60, check=False, env=env,
                                stdin=subprocess.DEVNULL)


def judge_init(home, done, whole):
    if done.returncode == 0:
        if files_of(home) != whole:
            return f"a home is called made, and has only {files_of(home)}"
        config = home / "steled.conf"
        good = subprocess.run([cluster.STELED, "--check-config", "--home", home], capture_output=True,
                              check=False)
        return None if good.returncode == 0 else f"{config} is not good"
    if done.returncode not in NAMED:
        return f"exit code {done.returncode}: {done.stderr[-300:]}"
    return None if "E8" in done.stderr or "E1" in done.stderr else f"no name: {done.stderr[-300:]}"


def run_init(count, work, options):
    (work / "passphrase").write_text("correct horse battery staple\n")
    home, done = init(work, "whole")
    assert done.returncode == 0, done.stderr
    whole = files_of(home)
    for call, number in INIT_WAYS:
        counted = work / "count"
        home, done = init(work, "counted", environment(work, call, number, 0, counted))
        calls = int(counted.read_text())
        shutil.rmtree(home.parent)
        for at in chosen(calls, options):
            home, done = init(work, "failing", environment(work, call, number, at, counted))
            count.say(judge_init(home, done, whole), f"stele init, {call} {number} at {at}")
            shutil.rmtree(home.parent)
        print(f"stele init    {call:10} {number:5} {calls:4} calls", flush=True)


# ---- a node that starts -----------------------------------------------------------------------------------

def start(home, env=None):
    """Until it has started (then it is asked to end) or ended: the exit code, whether it had, the log."""
    log = home.parent / "log"
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen([cluster.STELED, "--home", home], stderr=out, env=env)
    end, has_started = time.monotonic() + 60, False
    while process.poll() is None and time.monotonic() < end:
        if not has_started and '"started"' in log.read_text():
            has_started = True
            time.sleep(0.1)
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        time.sleep(0.02)
    if process.poll() is None:
        process.kill()
        process.wait()
        return None, has_started, log.read_text()
    return process.returncode, has_started, log.read_text()


def judge_start(code, log):
    if code is None:
        return "it hangs"
    if code == 0 or (code in NAMED and "[E" in log):
        return None
    return f"exit code {code}: {log[-400:]}"


def fresh(work, source):
    shutil.rmtree(work / "node", ignore_errors=True)
    (work / "node").mkdir()
    shutil.copytree(source, work / "node/home")
    return work / "node/home"


def run_start(count, work, options):
    net = cluster.Network(work / "net", validators=1)
    net.tool("localnet", "down").ok()
    source = work / "net/node-1"
    for folder in ("chain", "journal"):  # its first start, of a network that has recorded nothing
        shutil.rmtree(source / folder)
    (source / "never-signed").touch()
    (source / "passphrase").write_text((work / "net/keys/passphrase").read_text())
    config = source / "steled.conf"
    config.write_text("\n".join('passphrase-file = "passphrase"' if line.startswith("passphrase-file")
                                else line for line in config.read_text().split("\n")))
    for call, number in START_WAYS:
        counted = work / "count"
        code, has_started, log = start(fresh(work, source),
                                       environment(work / "node/home", call, number, 0, counted))
        assert code == 0 and has_started, log
        calls = int(counted.read_text())
        for at in chosen(calls, options):
            home = fresh(work, source)
            code, _, log = start(home, environment(home, call, number, at, counted))
            objection = judge_start(code, log)
            if objection is None:
                code, has_started, log = start(home)
                if code != 0 or not has_started:
                    objection = f"it does not start again: {log[-400:]}"
            count.say(objection, f"steled, {call} {number} at {at}")
        print(f"steled        {call:10} {number:5} {calls:4} calls", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--each", type=int, default=0)
    parser.add_argument("--turn", type=int, default=0)
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="stele-fail."))
    count = Count()
    try:
        run_init(count, work, options)
        run_start(count, work, options)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"fail in files: {count.passed} passed, {count.failed} failed")
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main())
