"""The protocol between nodes as somebody may speak it who wishes a node ill: TLS by pyOpenSSL
(Python's own ssl module cannot export keying material), hellos that lie in any part, frames of
any bytes.  From docs/protocol.md and proto/peer.proto; shares no code with the node."""
import datetime
import functools
import os
import pathlib
import select
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "clients/python"), str(ROOT / "tests/net"), str(ROOT / "tests/cluster")]

from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils  # noqa: E402
try:
    from OpenSSL import SSL, crypto  # noqa: E402
except ImportError:
    print(f"hostile: {sys.executable} has no pyOpenSSL: run it by /usr/bin/python3, with Debian's "
          "python3-openssl", file=sys.stderr)
    sys.exit(2)
import anchor_example as stele  # noqa: E402

(HELLO, VOTE, PROPOSAL, CERTIFICATE, STATUS, CERTIFICATE_REQUEST, VOTES_REQUEST, VOTES,
 BLOCK_REQUEST, PARCEL, PARCEL_REQUEST, RANGE_REQUEST, RANGE, TRANSACTIONS, EVIDENCE,
 REFUSE, ANNOUNCEMENT) = range(1, 18)
NOTARIZE, NULLIFY, FINALIZE = 1, 2, 3
LABEL = b"EXPORTER-stele-v1"
number, data = stele.number, stele.data


def frame(kind, payload=b"", length=None):
    return struct.pack(">IB", len(payload) if length is None else length, kind) + payload


def sign(key, text):
    """r||s over SHA-256 of a text, low s."""
    r, s = utils.decode_dss_signature(key.sign(stele.sha256(text), stele.PREHASHED))
    s = min(s, stele.CURVE_ORDER - s)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def public(key):
    return key.public_key().public_bytes(serialization.Encoding.X962,
                                         serialization.PublicFormat.CompressedPoint)


# ---- TLS ------------------------------------------------------------------------------------

@functools.cache
def certificate(kind="good"):
    """(key, certificate): good, expired, early (not valid yet) or rsa."""
    key = (rsa.generate_private_key(65537, 2048) if kind == "rsa"
           else ec.generate_private_key(ec.SECP256R1()))
    days = {"expired": (-20, -10), "early": (10, 20)}.get(kind, (-1, 10))
    now = datetime.datetime.utcnow()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hostile")])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(1)
            .not_valid_before(now + datetime.timedelta(days=days[0]))
            .not_valid_after(now + datetime.timedelta(days=days[1])).sign(key, hashes.SHA256()))
    return crypto.PKey.from_cryptography_key(key), crypto.X509.from_cryptography(made)


@functools.cache
def context(kind="good", version=SSL.TLS1_3_VERSION):
    """kind "none": no certificate at all."""
    made = SSL.Context(SSL.TLS_METHOD)
    made.set_min_proto_version(version)
    made.set_max_proto_version(version)
    made.set_verify(SSL.VERIFY_NONE, lambda *_: True)
    if kind != "none":
        key, cert = certificate(kind)
        made.use_privatekey(key)
        made.use_certificate(cert)
    return made


class Ended(Exception):
    """The node ended the session, or did not let it come to be."""


class Peer:
    """One connection, its bytes moved by hand so that reading never waits for writing."""

    def __init__(self, address, tls=None, patience=10.0, source=None):
        self.socket = socket.create_connection(address, 5, (source, 0) if source else None)
        self.socket.setblocking(False)
        self.tls = SSL.Connection(tls or context(), None)
        self.tls.set_connect_state()
        self.out, self.heard = b"", b""
        self.waiting = []  # whole frames that nobody took yet
        self.patience = patience
        self.is_over = False

    def close(self):
        self.socket.close()

    def flush(self):
        """What TLS has to say, as far as the kernel takes it; True: all of it."""
        while True:
            if not self.out:
                try:
                    self.out = self.tls.bio_read(1 << 18)
                except SSL.WantReadError:
                    return True
            try:
                self.out = self.out[self.socket.send(self.out):]
            except BlockingIOError:
                return False
            except OSError as lost:
                raise Ended("the connection was reset") from lost

    def feed(self):
        try:
            piece = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError as lost:
            raise Ended("the connection was reset") from lost
        if not piece:
            self.is_over = True
        else:
            self.tls.bio_write(piece)

    def move(self, wait_s=0.2):
        """One round of the wire."""
        is_flushed = self.flush()
        writable = [] if is_flushed else [self.socket]
        if select.select([self.socket], writable, [], wait_s)[0]:
            self.feed()

    def handshake(self):
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            try:
                self.tls.do_handshake()
                self.flush()
                return
            except SSL.WantReadError:
                if self.is_over:
                    raise Ended("during the handshake") from None
                self.move()
            except SSL.Error as refused:
                raise Ended(f"handshake: {refused}") from refused
        raise Ended("the handshake took too long")

    def exporter(self):
        return self.tls.export_keying_material(LABEL, 32, None)

    def say(self, blob):
        """Encrypts and sends; what the kernel does not take goes with the next move."""
        self.tls.sendall(blob)
        self.flush()

    def is_clogged(self):
        return bool(self.out) and not self.flush()

    def read(self):
        """Plaintext that is there."""
        got = b""
        try:
            while piece := self.tls.recv(1 << 18):
                got += piece
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.is_over = True
        except SSL.Error as refused:
            self.heard += got
            raise Ended(str(refused)) from refused
        self.heard += got
        return got

    def take_frames(self):
        """Whole frames out of what was heard."""
        self.read()
        while len(self.heard) >= 5:
            length, kind = struct.unpack(">IB", self.heard[:5])
            if len(self.heard) < 5 + length:
                break
            self.waiting.append((kind, self.heard[5:5 + length]))
            self.heard = self.heard[5 + length:]

    def wait_frame(self, *kinds, seconds=None):
        """The next frame of one of these types; others are dropped.  Ended if none comes."""
        end = time.monotonic() + (seconds or self.patience)
        while time.monotonic() < end:
            self.take_frames()
            while self.waiting:
                kind, payload = self.waiting.pop(0)
                if kind in kinds:
                    return kind, payload
            if self.is_over:
                break
            self.move()
        raise Ended(f"no frame of {kinds}")


# ---- hello ----------------------------------------------------------------------------------

class Liar:
    """Who somebody says he is; each part may be wrong."""

    def __init__(self, chain, key, name=None, role="client", epoch=0, exporter=None, signer=None,
                 said_chain=None, signed_chain=None, version=1, signature=None):
        self.chain, self.key = chain, key
        self.name = name or public(key)
        self.role, self.epoch, self.exporter = role, epoch, exporter
        self.signer = signer or key
        self.said_chain = said_chain or chain
        self.signed_chain = signed_chain or chain
        self.version, self.signature = version, signature

    def hello(self, exporter):
        text = (f"stele/v1 session\nchain {self.signed_chain.hex()}\nrole {self.role}\n"
                f"epoch {self.epoch}\nexporter {(self.exporter or exporter).hex()}\n").encode()
        return frame(HELLO, data(1, self.name)
                     + data(2, self.signature or sign(self.signer, text))
                     + number(3, self.epoch) + data(4, self.said_chain) + number(5, self.version)
                     + data(6, b"hostile"))


def fields(payload):
    """Top-level fields of a message: {number: [values]}."""
    found, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = payload[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
    while at < len(payload):
        key = varint()
        value = varint()
        if key & 7 == 2:
            value, at = payload[at:at + value], at + value
        found.setdefault(key >> 3, []).append(value)
    return found


def open_session(address, liar, tls=None, patience=10.0, source=None):
    """A session with a node, or Ended with the number of the error it gave as the reason."""
    peer = Peer(address, tls, patience, source)
    peer.handshake()
    peer.say(liar.hello(peer.exporter()))
    kind, payload = peer.wait_frame(HELLO, REFUSE)
    if kind == HELLO:
        try:
            kind, payload = peer.wait_frame(STATUS, REFUSE)
        except Ended:
            peer.close()
            raise
    if kind == REFUSE:
        peer.close()
        raise Ended(f"E{fields(payload)[1][0]:04d}")
    return peer


def random_hash():
    return os.urandom(32)
