"""What the long benchmarks share: the programs of the release build, a local network in a folder
of its own, and the tool `stele bench run` on it.  Whatever was started is ended by its process id."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("STELE_BUILD", ROOT / "build/release")).resolve()
OUT = pathlib.Path(os.environ.get("STELE_BENCH_OUT", ROOT / "build/bench")).resolve()
PORT = int(os.environ.get("STELE_BENCH_PORT", 26800))
PASSED = ROOT / "build/release/passed"  # written by scripts/check


# so that a network ends with the program that runs it
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tested():
    """Which program is measured, and whether it is the one that passed all tests."""
    digest = sha256(BUILD / "steled")
    passed = PASSED.exists() and digest in PASSED.read_text().split()
    return {"program": str(BUILD / "steled"), "sha256": digest, "passed_check": passed}


class Network:
    """Founded and started on entry; ended and removed on exit."""

    def __init__(self, name, validators=4):
        self.dir = OUT / f"net-{name}"
        self.validators = validators

    def __enter__(self):
        OUT.mkdir(parents=True, exist_ok=True)
        if self.dir.exists():
            self.tool("localnet", "down", check=False)
            shutil.rmtree(self.dir)
        try:
            self.tool("localnet", "up", "--validators", self.validators, "--port", PORT, "--quiet")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.tool("localnet", "down", check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def tool(self, *words, check=True, one_node=False):
        """What the tool printed; its remarks go where ours go."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("STELE_")}
        if one_node:
            env["STELE_NODE"] = f"http://127.0.0.1:{PORT + 21}"
        command = [str(BUILD / "stele"), *map(str, words), "--dir", str(self.dir)]
        done = subprocess.run(command, env=env, text=True, stdout=subprocess.PIPE, check=False,
                              stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")
        return done.stdout

    def load(self, *words, **options):
        """The report of a `stele bench run`, with its table in "text"."""
        file = OUT / "load.json"
        text = self.tool("bench", "run", "--out", file, *words, **options)
        report = json.loads(file.read_text())
        file.unlink()
        report["text"] = text
        return report

    def pids(self):
        listed = json.loads(self.tool("localnet", "status", "--json"))["items"]
        return [item["pid"] for item in listed]


def median(point, figure):
    """Of a point of a report, over its repetitions."""
    return point["summary"].get(figure, {}).get("median", 0.0)


def write(name, data):
    """Whole or not at all: an interrupted run leaves what it had."""
    path = OUT / name
    partial = path.with_name(path.name + ".new")
    partial.write_text(data if isinstance(data, str) else json.dumps(data, indent=1) + "\n")
    partial.replace(path)
    say(f"bench: {path}")
