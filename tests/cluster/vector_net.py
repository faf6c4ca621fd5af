"""A network of real nodes made of the frozen test vectors: the genesis document
of tests/vectors and its keys, four validators on loopback, homes in a folder of
their own.  For functional tests; the keys are public.

    with VectorNet("build/release/steled") as net:
        net.api[0], net.metrics[0]      (host, port) of each node
        net.key("grant 4")              a cryptography private key
"""
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

import ports

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PASSPHRASE = b"open sesame"


def vectors(name):
    with open(os.path.join(ROOT, "tests/vectors", name), encoding="utf-8") as source:
        return json.load(source)


def write_private(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w",
              encoding="utf-8") as out:
        out.write(text)


def key_file(secret_hex, public_hex):
    """A key file as docs/ledger.md describes it."""
    salt, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
    wrapping = Scrypt(salt=salt, length=32, n=32768, r=8, p=1).derive(PASSPHRASE)
    bound = b"stele/v1 key file\n" + bytes.fromhex(public_hex) + b"test"
    sealed = AESGCM(wrapping).encrypt(nonce, bytes.fromhex(secret_hex), bound)
    return json.dumps({
        "type": "stele key", "version": 1, "suite": "secp256k1-sha256", "label": "test",
        "public_key": public_hex, "kdf": "scrypt n=32768 r=8 p=1", "salt": salt.hex(),
        "cipher": "aes-256-gcm", "nonce": nonce.hex(), "secret": sealed[:-16].hex(),
        "tag": sealed[-16:].hex()}, indent=2) + "\n"


class VectorNet:
    def __init__(self, steled, nodes=4, extra_config=""):
        self.steled, self.nodes, self.extra = steled, nodes, extra_config
        self.keys = {k["name"]: k for k in vectors("keys.json")["keys"]}
        self.genesis = vectors("genesis.json")["sealed"]
        self.folder = tempfile.mkdtemp(prefix="stele-vector-net-")
        first = ports.free_ports()
        self.peer_ports = [first + i for i in range(nodes)]
        self.api = [("127.0.0.1", first + 20 + i) for i in range(nodes)]
        self.metrics = [("127.0.0.1", first + 40 + i) for i in range(nodes)]
        self.running = {}
        for i in range(nodes):
            self.make_home(i)

    def home(self, i):
        return os.path.join(self.folder, f"v{i}")

    def make_home(self, i):
        home = self.home(i)
        os.makedirs(os.path.join(home, "keys"), mode=0o700)
        os.chmod(home, 0o700)
        write_private(os.path.join(home, "format"), "stele-home 1\n")
        write_private(os.path.join(home, "never-signed"), "")
        write_private(os.path.join(home, "genesis.txt"), self.genesis)
        write_private(os.path.join(home, "passphrase"), PASSPHRASE.decode() + "\n")
        for kind in ("node", "consensus"):
            key = self.keys[f"{kind} {i}"]
            write_private(os.path.join(home, "keys", kind + ".key"),
                          key_file(key["secret"], key["public"]))
        peers = ", ".join(f'"127.0.0.1:{p}"' for k, p in enumerate(self.peer_ports) if k != i)
        write_private(os.path.join(home, "steled.conf"), "\n".join([
            f'name = "v{i}"', f'listen = "127.0.0.1:{self.peer_ports[i]}"',
            f"peers = {{{peers}}}", f'api-listen = "127.0.0.1:{self.api[i][1]}"',
            'api-hosts = {"stele.example"}',
            f'metrics-listen = "127.0.0.1:{self.metrics[i][1]}"',
            'passphrase-file = "passphrase"', self.extra, "end = true", ""]))

    def start(self, i):
        with open(os.path.join(self.home(i), "log"), "ab") as log:
            self.running[i] = subprocess.Popen([self.steled, "--home", self.home(i)],
                                               stderr=log, stdin=subprocess.DEVNULL)

    def stop(self, i, number=signal.SIGTERM, timeout=20):
        """The exit code of the node."""
        process = self.running.pop(i)
        process.send_signal(number)
        return process.wait(timeout)

    def log(self, i):
        with open(os.path.join(self.home(i), "log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def key(self, name):
        return ec.derive_private_key(int(self.keys[name]["secret"], 16), ec.SECP256K1())

    def await_ready(self, seconds=30):
        end = time.monotonic() + seconds
        for host, port in self.metrics[:len(self.running)]:
            while not self.is_ready(host, port):
                dead = [i for i, p in self.running.items() if p.poll() is not None]
                if dead or time.monotonic() > end:
                    raise RuntimeError(f"not ready; ended: {dead}\n"
                                       + "\n".join(self.log(i)[-1500:] for i in self.running))
                time.sleep(0.1)

    @staticmethod
    def is_ready(host, port):
        try:
            with socket.create_connection((host, port), 2) as s:
                s.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return s.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def __enter__(self):
        for i in range(self.nodes):
            self.start(i)
        try:
            self.await_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for i in list(self.running):
            self.running[i].terminate()
        for i in list(self.running):
            try:
                self.running.pop(i).wait(20)
            except subprocess.TimeoutExpired:
                print(f"node {i} did not end by itself")
        if not os.environ.get("STELE_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)
