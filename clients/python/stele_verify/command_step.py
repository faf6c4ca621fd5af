"""The command stele-verify step: the pin that a proof moves on, on standard output.

Exit: 0 here it is, 3 the proof does not hold or shows a fork, 5 nobody vouches for its signers, 10 a file
can't be read or the trust is no pin.  The pin that was given is left as it is.
"""
import argparse
import sys

from . import light, proof, report, signer
from .command_common import FAILED, HOLDS, NOBODY_VOUCHES, LocalFault, complain, load_trust, read_file
from .fault import CheckFailed


def main(argv: list) -> int:
    parser = argparse.ArgumentParser(
        prog="stele-verify step", description="Prints the pin that a proof of consistency moves on.")
    parser.add_argument("--trust", metavar="PIN", required=True, help="the pin so far")
    parser.add_argument("proof", metavar="PROOF", help="one with a fact of consistency from the pinned log")
    arguments = parser.parse_args(argv)
    try:
        pin = load_trust(arguments.trust)
        if pin.head is None:
            raise LocalFault(f"{report.printable(arguments.trust)}: a genesis has no head to step from")
        data = read_file(arguments.proof, proof.BYTES_MAX)
    except LocalFault as fault:
        return complain(fault)
    try:
        moved = light.step(pin, data)
    except CheckFailed as fault:
        print(f"stele-verify: {report.printable(arguments.proof)}: {fault} [{fault.code}]", file=sys.stderr)
        return NOBODY_VOUCHES if fault.code == signer.NO_COMMON_EPOCH else FAILED
    print(light.render(moved).decode("ascii"), end="")
    return HOLDS
