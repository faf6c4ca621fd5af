"""A network of real nodes, each in a network namespace of its own, joined by one bridge.

    hub (the tests, the clients, the bridge br0, 10.77.0.254)
     ├─ veth w1 ── eth0 10.77.0.1 (namespace n1, steled of node-1)
     ├─ veth w2 ── eth0 10.77.0.2 (namespace n2, …)
     …
The hub is itself a namespace, of network, mounts and processes, that `enter` makes by starting
the program again under unshare(1): nothing of it is seen outside, and everything in it ends
with the program, however that ends.  Needs root.

What happens to a wire is said in terms of nodes: cut(1, 2), lose(...), reset(...), narrow(...).
Rules stand where packets arrive, so each direction can be treated by itself; clients' traffic
is never touched.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cluster"))
import cluster  # noqa: E402

HUB = "10.77.0.254"
HUB_TOO = "10.77.0.253"  # for who must not be taken for the other
INSIDE = "STELE_LAB"
PORT, API_PORT, METRICS_PORT = 26600, 26620, 26640


def enter():
    """Goes on inside of a fresh hub; does nothing where that is the case already."""
    if os.environ.get(INSIDE):
        run("ip", "link", "set", "lo", "up")
        run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
        return
    if os.geteuid() != 0:
        sys.exit("network namespaces need root")
    os.makedirs("/run/netns", exist_ok=True)
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child",
                          "--mount-proc", sys.executable, *sys.argv])


def run(*words, text=None):
    done = subprocess.run(list(map(str, words)), input=text, text=True, capture_output=True,
                          check=False, timeout=30)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


def address(node):
    return f"10.77.0.{node}"


class Lab(cluster.Network):
    def __init__(self, folder, validators=4, found=()):
        self.running = {}
        super().__init__(folder, validators, found=found)
        self.tool("localnet", "down").ok()
        self.env["STELE_NODE"] = ",".join(self.nodes)
        self.peers = {}
        try:
            run("ip", "link", "add", "br0", "type", "bridge")
            for own in (HUB, HUB_TOO):
                run("ip", "addr", "add", own + "/24", "dev", "br0")
            run("ip", "link", "set", "br0", "up")
            for node in self.every:
                self.add_wire(node)
                self.connect(node, [f"{address(k)}:{PORT}" for k in self.every if k != node])
        except OSError:
            self.remove_wires()  # or the next laboratory finds them
            raise

    @property
    def every(self):
        return range(1, self.validators + 1)

    @property
    def nodes(self):
        return [f"http://{address(node)}:{API_PORT}" for node in self.every]

    # ---- wires --------------------------------------------------------------------------------

    def add_wire(self, node):
        run("ip", "netns", "add", f"n{node}")
        run("ip", "link", "add", f"w{node}", "type", "veth", "peer", "name", "eth0", "netns",
            f"n{node}")
        run("ip", "link", "set", f"w{node}", "master", "br0", "up")
        for words in (["addr", "add", address(node) + "/24", "dev", "eth0"],
                      ["link", "set", "eth0", "up"], ["link", "set", "lo", "up"]):
            run("ip", "-n", f"n{node}", *words)

    def rule(self, at, sender, action):
        """What is done at one node with the packets of another."""
        run("ip", "netns", "exec", f"n{at}", "nft", "-f", "-", text=f"""
            add table inet lab
            add chain inet lab in {{ type filter hook input priority 0; }}
            add rule inet lab in ip saddr {address(sender)} {action}
        """)

    def both(self, one, other, action):
        self.rule(one, other, action)
        self.rule(other, one, action)

    def cut(self, one, other):
        self.both(one, other, "drop")

    def lose(self, percent):
        for one in self.every:
            for other in self.every:
                if one != other:
                    self.rule(one, other, f"numgen random mod 100 < {percent} drop")

    def reset(self, one, other):
        self.both(one, other, "meta l4proto tcp reject with tcp reset")

    def narrow(self, node, rate):
        run("tc", "-n", f"n{node}", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", rate,
            "burst", "16kb", "latency", "200ms")

    def plug(self, node, is_in):
        run("ip", "link", "set", f"w{node}", "up" if is_in else "down")

    def let_through(self):
        """No packet is dropped or refused any more; wires are as narrow as they were."""
        for node in self.every:
            run("ip", "netns", "exec", f"n{node}", "nft", "flush", "ruleset")

    def heal(self):
        self.let_through()
        for node in self.every:
            self.plug(node, True)
            if "tbf" in run("tc", "-n", f"n{node}", "qdisc", "show", "dev", "eth0"):
                run("tc", "-n", f"n{node}", "qdisc", "del", "dev", "eth0", "root")

    # ---- nodes --------------------------------------------------------------------------------

    def connect(self, node, peers):
        """Writes where a node listens and whom it dials."""
        conf = self.dir / f"node-{node}/steled.conf"
        text = conf.read_text()
        for key, port in (("listen", PORT), ("api-listen", API_PORT),
                          ("metrics-listen", METRICS_PORT)):
            text = re.sub(rf'^{key} = .*$', f'{key} = "{address(node)}:{port}"', text, flags=re.M)
        listed = ", ".join(f'"{peer}"' for peer in peers)
        conf.write_text(re.sub(r"^peers = \{.*?\}", f"peers = {{ {listed} }}", text,
                               flags=re.M | re.S))

    def start(self, node):
        with open(self.dir / f"node-{node}.log", "a", encoding="utf-8") as log:
            self.running[node] = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/n{node}", cluster.STELED, "--home",
                 self.dir / f"node-{node}"], stderr=log, stdin=subprocess.DEVNULL)

    def start_all(self):
        for node in self.every:
            self.start(node)
        self.wait_ready()

    def get(self, node, path):
        """The JSON of one node, or None where it does not answer soon: it may be frozen."""
        try:
            with urllib.request.urlopen(self.nodes[node - 1] + path, timeout=2) as answer:
                return json.load(answer)
        except OSError:
            return None

    def signal(self, node, number):
        self.running[node].send_signal(number)

    def kill(self, node):
        self.signal(node, signal.SIGKILL)
        self.running.pop(node).wait()

    def heights(self):
        """Final heights of those that answer; -1 of the others."""
        return {node: self.status(node).get("final_height", -1) for node in self.every}

    def close(self):
        for process in list(self.running.values()) + self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.remove_wires()

    def remove_wires(self):
        """A link that is deleted is gone at once; one in a deleted namespace goes when the kernel
        finds the time, and its other end stands in the way of the next laboratory."""
        for name in [f"w{node}" for node in self.every] + ["br0"]:
            subprocess.run(["ip", "link", "del", name], capture_output=True, check=False)
        for node in self.every:
            subprocess.run(["ip", "netns", "del", f"n{node}"], capture_output=True, check=False)

    # ---- the chain's own pace -----------------------------------------------------------------

    def timer(self, name):
        genesis = (self.dir / "net.genesis").read_text()
        return int(re.search(rf"^timer {name}-us (\d+)$", genesis, re.M)[1]) / 1e6

    def view_seconds(self):
        """t_view of docs/protocol.md section 5, as long as timers have not grown."""
        return (5 * self.timer("delta") + 2 * self.timer("fetch") + self.timer("build")
                + self.timer("validate") + 2 * self.timer("disk"))

    def events(self, node, name):
        """What a node has logged under this name."""
        found = []
        for line in self.log(node).splitlines():
            entry = json.loads(line)
            if entry.get("event") == name:
                found.append(entry)
        return found


def pause(seconds):
    time.sleep(seconds)
