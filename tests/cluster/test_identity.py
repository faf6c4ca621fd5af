#!/usr/bin/env python3
"""Who is not what he says is refused, and by name."""
import datetime
import shutil
import socket
import ssl
import struct

import cluster
import load  # noqa: F401  puts the example client on the path
import anchor_example as stele

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HELLO = 1


def home_like(net, name, node=4):
    """A copy of a node's home that does not run, listening elsewhere."""
    copy = net.work / name
    shutil.copytree(net.dir / f"node-{node}", copy)
    conf = copy / "steled.conf"
    text = conf.read_text().replace("../keys/passphrase", str(net.dir / "keys/passphrase"))
    for offset in (0, 20, 40):
        text = text.replace(f'listen = "127.0.0.1:{net.port + offset + node - 1}"',
                            f'listen = "127.0.0.1:{net.port + offset + 7}"')
    conf.write_text(text)
    return copy


def edit(home, old, new):
    conf = home / "steled.conf"
    text = conf.read_text()
    assert old in text, old
    conf.write_text(text.replace(old, new))


def fact_genesis_other_than_expected_is_refused_by_name(net):
    home = home_like(net, "other-chain")
    chain = net.get(1, "/v1/network")["chain"]
    edit(home, chain, "7" * 64)
    code, log = net.steled(home)
    assert code == 10, (code, log)
    for word in ("GENESIS_MISMATCH", chain, "7" * 64):
        assert word in log, log


def fact_genesis_without_a_founders_signature_is_refused(net):
    home = home_like(net, "unsealed")
    text = (home / "genesis.txt").read_text()
    head, _, signatures = text.partition("\n\n")
    fewer = signatures.splitlines(keepends=True)[:-1]
    (home / "genesis.txt").unlink()
    (home / "genesis.txt").write_text(head + "\n\n" + "".join(fewer))
    code, log = net.steled(home)
    assert code == 10 and "GENESIS_" in log, (code, log)


def fact_home_in_use_is_refused(net):
    code, log = net.steled(net.dir / "node-1")
    assert code == 10 and "STORE_LOCKED" in log, (code, log)


def fact_node_of_another_network_is_refused_by_both_sides(net):
    other = net.work / "other"
    net.tool("localnet", "up", "--dir", other, "--validators", 1, "--port",
             cluster.free_ports()).ok()
    net.tool("localnet", "down", "--dir", other).ok()
    theirs = net.tool("genesis", "check", other / "net.genesis", "--json").ok().json["chain"]
    ours = net.get(1, "/v1/network")["chain"]
    home = other / "node-1"
    edit(home, "peers = {", f'peers = {{ "127.0.0.1:{net.port}"')
    _, log = net.steled(home, until="PEER_CHAIN")
    assert "PEER_CHAIN" in log and theirs in log and ours in log, log
    cluster.wait_until(5, lambda: "PEER_CHAIN" in net.log(1) and theirs in net.log(1), "the refusal")


def fact_key_of_a_stranger_is_noticed_at_the_start(net):
    home = home_like(net, "stranger")
    net.tool("key", "new", "./stranger.key").ok()
    shutil.copy(net.work / "stranger.key", home / "keys/node.key")
    code, log = net.steled(home)
    assert code == 10 and "KEY_FILE" in log and "node-4" in log, (code, log)


def certificate():
    """A fresh self-signed P-256 certificate, as nodes use."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "impostor")])
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    return (key.private_bytes(serialization.Encoding.PEM,
                              serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption()) +
            made.public_bytes(serialization.Encoding.PEM))


def dial(net, version=ssl.TLSVersion.TLSv1_3, with_certificate=True):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    if with_certificate:
        context.load_cert_chain(net.file("impostor.pem", certificate()))
    return context.wrap_socket(socket.create_connection(("127.0.0.1", net.port), 5))


def hello(net, key_hex):
    """A hello that names a key, with a signature of another one."""
    chain = bytes.fromhex(net.get(1, "/v1/network")["chain"])
    liar = ec.generate_private_key(ec.SECP256K1())
    payload = (stele.data(1, bytes.fromhex(key_hex)) +
               stele.data(2, stele.sign(liar, b"not this session")) +
               stele.data(4, chain) + stele.number(5, 1) + stele.data(6, b"impostor"))
    return struct.pack(">IB", len(payload), HELLO) + payload


def everything(connection):
    """What the node still says before it ends the session."""
    said = b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except (OSError, ssl.SSLError):
        pass
    return said


def fact_impostor_who_names_a_validators_key_is_refused(net):
    before = net.log(1).count("PEER_PROOF")
    own = net.get(1, "/v1/status")["validator"]  # whoever names that one is taken for the node itself
    victim = net.get(1, "/v1/validators")["items"][(own + 1) % 4]
    connection = dial(net)
    connection.sendall(hello(net, victim["node_key"]))
    said = everything(connection)
    cluster.wait_until(5, lambda: net.log(1).count("PEER_PROOF") > before, "refusal in the log")
    assert said, "it was not told why"
    assert net.status(1)["validators_connected"] == 3, "a true session fell"


def fact_key_of_nobody_is_refused(net):
    key = ec.generate_private_key(ec.SECP256K1()).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    before = net.log(1).count("peer_refused")
    connection = dial(net)
    connection.sendall(hello(net, key.hex()))
    everything(connection)
    cluster.wait_until(5, lambda: net.log(1).count("peer_refused") > before, "refusal in the log")


def fact_old_tls_and_garbage_get_no_session(net):
    for attempt in (lambda: dial(net, ssl.TLSVersion.TLSv1_2), None):
        try:
            if attempt is None:
                connection = socket.create_connection(("127.0.0.1", net.port), 5)
                connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
                connection.settimeout(10)
                everything(connection)
            else:
                attempt()
                raise AssertionError("TLS 1.2 was taken")
        except (OSError, ssl.SSLError):
            pass
    assert net.status(1)["validators_connected"] == 3
    net.tool("anchor", net.file("afterwards"), key="anchorer-1").ok()


if __name__ == "__main__":
    cluster.main(__file__, globals())
