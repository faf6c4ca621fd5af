"""Every wrong certificate, hello and frame at the node's door, and what it answers: each refusal
is by name, and none costs an honest node its session."""
import time

import lab
import wire
from wire import Ended, Liar, SSL, data, frame, number

ADDRESS = (lab.address(1), lab.PORT)
CHAIN, PROOF, UNKNOWN, MALFORMED, SELF = "E5004", "E5005", "E5003", "E5002", "E5008"


def stranger():
    """From an address of its own: others have used up what the hub's may knock."""
    return wire.Peer(ADDRESS, source=lab.HUB_TOO)


def as_liar(liar, tls=None):
    return wire.open_session(ADDRESS, liar, tls, patience=8, source=lab.HUB_TOO)


def expect(reason, attempt):
    try:
        attempt()
    except Ended as ended:
        assert reason in str(ended), f"refused for {ended}, not {reason}"
        return
    raise AssertionError(f"let in, not refused for {reason}")


def session(siege, tls=None, **lies):
    return as_liar(Liar(siege.chain, lies.pop("key", siege.node_key), **lies), tls)


def certificates(siege):
    """TLS names nobody: any certificate over P-256 will do, but one there must be."""
    for kind in ("good", "expired", "early"):
        session(siege, wire.context(kind)).close()
    expect("", lambda: session(siege, wire.context("none")))
    expect("", lambda: session(siege, wire.context("rsa")))
    expect("handshake", lambda: session(siege, wire.context("good", SSL.TLS1_2_VERSION)))


def hellos(siege):
    """Wrong chain, role, epoch, key, signature, version: by name."""
    other = wire.ec.generate_private_key(wire.ec.SECP256K1())
    some = wire.random_hash()
    expect(CHAIN, lambda: session(siege, said_chain=some))
    expect(CHAIN, lambda: session(siege, said_chain=some, signed_chain=some))
    expect(PROOF, lambda: session(siege, signed_chain=some))
    expect(PROOF, lambda: session(siege, role="server"))
    expect(PROOF, lambda: session(siege, exporter=some))
    expect(PROOF, lambda: session(siege, signer=other))
    expect(PROOF, lambda: session(siege, signature=bytes(64)))
    expect(UNKNOWN, lambda: session(siege, key=other))
    expect(UNKNOWN, lambda: session(siege, name=b"\x02" + bytes(32)))
    expect(MALFORMED, lambda: session(siege, name=b"\x02"))
    expect(MALFORMED, lambda: session(siege, version=2))
    own = siege.net.get(1, "/v1/status")["validator"]
    listed = siege.net.get(1, "/v1/validators")["items"]
    expect(SELF, lambda: session(siege, name=bytes.fromhex(listed[own]["node_key"])))
    two = bytes.fromhex(listed[siege.net.get(2, "/v1/status")["validator"]]["node_key"])
    expect(PROOF, lambda: session(siege, name=two))


def high_s(siege):
    """The other s is a valid ECDSA signature, and refused."""
    peer = stranger()
    peer.handshake()
    exporter = peer.exporter()
    text = (f"stele/v1 session\nchain {siege.chain.hex()}\nrole client\nepoch 0\n"
            f"exporter {exporter.hex()}\n").encode()
    low = wire.sign(siege.node_key, text)
    high = wire.stele.CURVE_ORDER - int.from_bytes(low[32:], "big")
    liar = Liar(siege.chain, siege.node_key, signature=low[:32] + high.to_bytes(32, "big"))
    peer.say(liar.hello(exporter))
    while True:
        kind, payload = peer.wait_frame(wire.HELLO, wire.REFUSE)
        if kind == wire.REFUSE:
            break
    assert wire.fields(payload)[1] == [5005], payload


def epoch_unsigned(siege):
    """The epoch that is said is the one that was signed."""
    liar = Liar(siege.chain, siege.node_key, epoch=7)
    honest = liar.hello

    def hello(exporter):
        return honest(exporter).replace(number(3, 7), number(3, 8))
    liar.hello = hello
    expect(PROOF, lambda: as_liar(liar))


def replayed(siege):
    """A hello that was good in another session."""
    first = stranger()
    first.handshake()
    liar = Liar(siege.chain, siege.node_key)
    recorded = liar.hello(first.exporter())
    first.say(recorded)
    first.wait_frame(wire.STATUS)
    liar.hello = lambda exporter: recorded
    expect(PROOF, lambda: as_liar(liar))
    first.close()


def resumption(siege):
    """No ticket is given, and a session asked to be resumed is a new one."""
    peer = session(siege)
    first = peer.tls.get_session()
    again = stranger()
    if first is not None:
        again.tls.set_session(first)
    again.handshake()
    assert again.exporter() != peer.exporter(), "two sessions share their secrets"
    assert again.tls.get_finished() is not None
    peer.close()
    again.close()


def expect_end(siege, blob, reason=None, after_hello=True):
    """The session ends for it, by name where there is one, and the node goes on."""
    peer = session(siege) if after_hello else stranger()
    if not after_hello:
        peer.handshake()
    peer.say(blob)
    try:
        kind, payload = peer.wait_frame(wire.REFUSE, seconds=8)
    except Ended:
        assert reason is None, f"ended without a word, not for {reason}"
    else:
        assert reason is None or wire.fields(payload)[1] == [reason], (reason, payload)
    peer.close()


def wait_forgiven(siege):
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            session(siege).close()
            return
        except Ended:
            time.sleep(1)
    raise AssertionError("still kept out after 40 s")


def streams(siege):
    """Frames that end the stream, without any further consequence."""
    FRAME = 5001
    expect_end(siege, frame(99, b"x"), FRAME)
    expect_end(siege, frame(0), FRAME)
    expect_end(siege, frame(wire.VOTE, b"", length=257), FRAME)
    expect_end(siege, frame(wire.RANGE, b"", length=0xffffffff), FRAME)
    expect_end(siege, frame(wire.HELLO, b"x" * 20), 5002)
    expect_end(siege, frame(wire.VOTE, b"x"), 5002, after_hello=False)
    expect_end(siege, frame(wire.STATUS, b"", length=16384), FRAME, after_hello=False)
    session(siege).close()


def truncated(siege):
    """A frame whose rest never comes holds up nobody, and costs next to nothing."""
    before = siege.memory_mib(1)
    held = [session(siege) for _ in range(1)]
    held[0].say(frame(wire.RANGE, b"x" * 100, length=9_000_000))
    time.sleep(1)
    assert siege.memory_mib(1) - before < 8, "memory for an announcement"
    held[0].close()
    session(siege).close()


def malformed(siege):
    """What no honest node says costs the key its session, and it is kept out for a while."""
    expect_end(siege, frame(wire.VOTE, b"\xff" * 40), 5002)
    expect("E5006", lambda: session(siege))


def forgiven(siege):
    """Half a minute later it is heard again."""
    wait_forgiven(siege)


DOORS = {d.__name__: d for d in (certificates, hellos, high_s, epoch_unsigned, replayed, resumption,
                                 streams, truncated, malformed, forgiven)}
