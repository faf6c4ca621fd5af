"""The command stele-verify: receipts beside files, or alone, checked without a socket.

Exit: 0 all hold, 2 usage, 3 a check failed, 5 nobody vouches for the signers, 10 a file can't be read
or the trust does not parse.  Of several files the gravest: 3, then 10, then 5.
"""
import argparse
import json
import os
import sys
from typing import Optional

from . import files, receipt, report, trust
from .fault import FormError
from .judge import verify

SUFFIX = ".stele.json"
TRUST_MAX = 1 << 20
HOLDS, USAGE, FAILED, NOBODY_VOUCHES, LOCAL = 0, 2, 3, 5, 10
_GRAVEST_FIRST = (FAILED, LOCAL, NOBODY_VOUCHES, HOLDS)


class LocalFault(Exception):
    """Something on this computer is in the way; nothing was judged."""


def main(argv: Optional[list] = None) -> int:
    """Entry point; the words of argv, or those of the process."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = _receipt_parser().parse_args(argv)
    if arguments.receipt is not None and len(arguments.paths) != 1:
        _receipt_parser().error("--receipt goes with one file")
    try:
        relied_on = load_trust(arguments.trust)
    except LocalFault as fault:
        return complain(fault)
    codes = [_one(path, arguments, relied_on) for path in arguments.paths]
    return gravest(codes)


def _receipt_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stele-verify", description="Checks receipts of a Stele ledger, without a network.",
        epilog=f"The receipt of FILE is FILE{SUFFIX}; a receipt may be named itself.  "
               "Exit: 0 all hold, 3 a check failed, 5 nobody vouches for the signers.")
    parser.add_argument("paths", nargs="+", metavar="FILE",
                        help="a file with its receipt beside, or a receipt")
    parser.add_argument("--receipt", metavar="RECEIPT", help="the receipt of the one FILE")
    add_common(parser)
    return parser


def add_common(parser: argparse.ArgumentParser):
    parser.add_argument("--trust", metavar="TRUST", help="a sealed genesis file or a pin to rely on")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="one JSON object for each, on a line")
    output.add_argument("--line", action="store_true", help="the verdict line for machines alone")


def load_trust(path: Optional[str]) -> Optional[trust.Trust]:
    if path is None:
        return None
    data = read_file(path, TRUST_MAX)
    try:
        return trust.parse(data)
    except FormError as fault:
        raise LocalFault(f"{report.printable(path)}: {fault}") from None


def read_file(path: str, bytes_max: int) -> bytes:
    try:
        return files.read(path, bytes_max)
    except (OSError, ValueError) as fault:
        raise LocalFault(f"{report.printable(path)}: {fault}") from None


def gravest(codes: list) -> int:
    return next(code for code in _GRAVEST_FIRST if code in codes)


def complain(fault: LocalFault) -> int:
    print(f"stele-verify: {fault}", file=sys.stderr)
    return LOCAL


def _one(path: str, arguments, relied_on) -> int:
    try:
        receipt_path, file_path = _pair(path, arguments.receipt)
        data = read_file(receipt_path, receipt.BYTES_MAX)
        fact = _fact(file_path) if file_path else None
    except LocalFault as fault:
        return complain(fault)
    verdict = verify(data, relied_on, fact)
    if arguments.line:
        print(verdict.line())
    elif arguments.json:
        print(json.dumps({"file": path, **verdict.as_object()}, sort_keys=True))
    else:
        print(report.words(path, verdict))
    return verdict.exit_code()


def _pair(path: str, receipt_path: Optional[str]) -> tuple:
    """The receipt's path, and the file's if there is one."""
    if receipt_path is not None:
        return receipt_path, path
    if path.endswith(SUFFIX):
        file_path = path[:-len(SUFFIX)]
        return path, file_path if os.path.isfile(file_path) else None
    if os.path.isfile(path + SUFFIX):
        return path + SUFFIX, path
    if read_file(path, 0) == b"{":
        return path, None
    raise LocalFault(f"{report.printable(path)}: no receipt {SUFFIX} lies beside it, and it is none itself")


def _fact(path: str):
    try:
        return files.fact(path, sys.stderr if sys.stderr.isatty() else None)
    except OSError as fault:
        raise LocalFault(f"{report.printable(path)}: {fault}") from None
