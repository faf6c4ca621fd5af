"""What the tests with real processes share: a local network in a folder of its own, the
tool called as a person would, and the count of facts that held.

A test file names its facts as functions `fact_...(net)`, in order, and ends with
`cluster.main(__file__, globals())`.  A fact holds if it returns without an exception.
Everything that was started is ended by its process id, also after a failure.
Environment: STELE_BUILD, the folder of the programs (default build/release, else build/debug).
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
from ports import free_ports  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/cluster"


def build():
    if "STELE_BUILD" in os.environ:
        return pathlib.Path(os.environ["STELE_BUILD"]).resolve()
    for name in ("release", "debug"):
        if (ROOT / "build" / name / "stele").exists():
            return ROOT / "build" / name
    sys.exit("no programs under build/: make first")


BUILD = build()
STELE = BUILD / "stele"
STELED = BUILD / "steled"


def wait_until(seconds, claim, what=None):
    end = time.monotonic() + seconds
    while True:
        if claim():
            return
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what or claim.__name__}")
        time.sleep(0.1)


class Answer:
    """What a run of the tool gave."""

    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    @property
    def json(self):
        return json.loads(self.out)

    def ok(self):
        assert self.code == 0, f"exit code {self.code}: {self.out}{self.err}"
        return self

    def ends(self, code, *words):
        assert self.code == code, f"exit code {self.code}, not {code}: {self.out}{self.err}"
        for word in words:
            assert word in self.out + self.err, f"no {word} in: {self.out}{self.err}"
        return self


class Network:
    def __init__(self, folder, validators=4, name="test.example", found=()):
        self.dir = pathlib.Path(folder)
        self.validators, self.port = validators, free_ports()
        self.work = self.dir.parent
        self.env = dict(os.environ)
        self.processes = []
        self.tool("localnet", "up", "--dir", self.dir, "--validators", validators, "--port",
                  self.port, "--name", name, *found).ok()
        for line in self.tool("localnet", "env", "--dir", self.dir).ok().out.splitlines():
            key, value = line.removeprefix("export ").split("=", 1)
            self.env[key] = value.strip("'")
        listed = json.loads((self.dir / "organisations.json").read_text())
        self.org = {o["name"]: o["id"] for o in listed}

    # ---- the tool -----------------------------------------------------------------------------

    def tool(self, *words, key=None, env=None, cwd=None):
        command = [str(STELE), *map(str, words)]
        if key is not None:
            command += ["--key", str(key)]
        return Answer(subprocess.run(command, env={**self.env, **(env or {})}, text=True,
                                     capture_output=True, timeout=120, check=False,
                                     cwd=cwd or self.work, stdin=subprocess.DEVNULL))

    def file(self, name, content=None):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((content or name).encode() if isinstance(content or name, str) else content)
        return path

    # ---- its nodes ----------------------------------------------------------------------------

    @property
    def nodes(self):
        return [f"http://127.0.0.1:{self.port + 20 + i}" for i in range(self.validators)]

    def get(self, node, path):
        """The JSON of one node, or None where it does not answer."""
        try:
            with urllib.request.urlopen(self.nodes[node - 1] + path, timeout=5) as answer:
                return json.load(answer)
        except (OSError, urllib.error.URLError):
            return None

    def status(self, node):
        return self.get(node, "/v1/status") or {}

    def height(self, node):
        return self.status(node).get("height", -1)

    def pid(self, node):
        listed = self.tool("localnet", "status", "--json").ok().json["items"]
        return listed[node - 1].get("pid")

    def kill(self, node):
        self.tool("localnet", "kill", node, "--signal", "KILL").ok()

    def start(self, node):
        self.tool("localnet", "start", node).ok()

    def all_ready(self):
        return all(self.status(k).get("validators_connected") == self.validators - 1
                   and not self.status(k)["syncing"] for k in range(1, self.validators + 1))

    def wait_ready(self):
        wait_until(30, self.all_ready, "all nodes in session and up to date")

    def is_level(self):
        heights = [self.height(k) for k in range(1, self.validators + 1)]
        return min(heights) == max(heights) >= 0

    def log(self, node):
        return (self.dir / f"node-{node}.log").read_text()

    # ---- load -----------------------------------------------------------------------------------

    def load(self, name, **options):
        """Starts load; the list of what was acknowledged is work/name."""
        path = self.work / name
        keys = ",".join(str(self.dir / f"keys/anchorer-{i}.key") for i in (1, 2))
        command = [sys.executable, HERE / "load.py", "send", "--nodes", ",".join(self.nodes),
                   "--keys", keys, "--passphrase-file", self.dir / "keys/passphrase", "--out", path]
        for key, value in options.items():
            command += [f"--{key}", str(value)]
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process, path

    def stop(self, process):
        process.terminate()
        process.wait(20)

    def compare(self, path):
        done = subprocess.run([sys.executable, HERE / "load.py", "compare", "--nodes",
                               ",".join(self.nodes), "--list", path], text=True,
                              capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    # ---- other nodes ------------------------------------------------------------------------------

    def steled(self, home, seconds=5, until=None):
        """Runs steled on a home until it ends, says the word, or time is up: (code, log)."""
        path = self.work / "steled.log"
        with open(path, "w", encoding="utf-8") as out:
            process = subprocess.Popen([STELED, "--home", home], stderr=out)
        self.processes.append(process)
        end = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < end:
            if until is not None and until in path.read_text():
                break
            time.sleep(0.05)
        if process.poll() is None:
            process.terminate()
        return process.wait(10), path.read_text()

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.tool("localnet", "down")


def acknowledged(path):
    return path.read_text().count("\n") if path.exists() else 0


def main(file, names, **options):
    title = pathlib.Path(file).stem.removeprefix("test_")
    facts = [(n, f) for n, f in names.items() if n.startswith("fact_")]
    work = tempfile.mkdtemp(prefix=f"stele-{title}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    passed = failed = skipped = 0
    net = None
    started = time.monotonic()
    try:
        net = Network(os.path.join(work, "net"), **options)
        for name, fact in facts:
            before = time.monotonic()
            try:
                said = fact(net)
            except Exception:  # a fact that does not hold, whatever the way
                failed += 1
                print(f"cluster/{title}: FAILED {name}")
                traceback.print_exc(limit=4, file=sys.stdout)
                continue
            if said is not None:
                skipped += 1
                print(f"cluster/{title}: skipped {name}: {said}")
            else:
                passed += 1
            if "-v" in sys.argv:
                print(f"cluster/{title}: {time.monotonic() - before:5.1f} s {name}", flush=True)
    finally:
        if net is not None:
            net.close()
        if failed:
            print(f"cluster/{title}: data and logs are in {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
    left = f", {skipped} skipped" if skipped else ""
    print(f"cluster/{title}: {passed} passed, {failed} failed{left} ({time.monotonic() - started:.0f} s)")
    sys.exit(1 if failed else 0)
