"""Ports for a network on loopback, also while other tests choose theirs."""
import os
import socket
import sys

PORT_OFFSETS = [i + j for i in (0, 20, 40) for j in range(8)]
held = []  # one socket for each block chosen: its name is taken while this process lives


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def hold(base):
    """Nobody else may have the block before its nodes have come to listen."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0stele-test-ports-{base}")
    except OSError:
        name.close()
        return False
    held.append(name)
    return True


def free_ports():
    """The first port of a block of a hundred."""
    first = 20000 + os.getpid() % 60 * 100  # two tests at once begin at different places
    for base in list(range(first, 32000, 100)):
        if hold(base) and all(is_free(base + offset) for offset in PORT_OFFSETS):
            return base
    sys.exit("no free ports")
