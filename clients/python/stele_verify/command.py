"""The command stele-verify: receipts beside files, or alone, checked without a socket; "proof": proofs;
"step": a pin that a proof moves on.

Exit: 0 all hold, 2 usage, 3 a check failed, 5 nobody vouches for the signers, 10 a file can't be read
or the trust does not parse.  Of several files the gravest: 3, then 10, then 5.
"""
import argparse
import json
import os
import sys
from typing import Optional

from . import command_proof, command_step, files, receipt, report
from .command_common import LocalFault, add_common, complain, gravest, load_trust, read_file
from .judge import verify

SUFFIX = ".stele.json"


def main(argv: Optional[list] = None) -> int:
    """Entry point; the words of argv, or those of the process."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["proof"]:
        return command_proof.main(argv[1:])
    if argv[:1] == ["step"]:
        return command_step.main(argv[1:])
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
        prog="stele-verify", usage="%(prog)s [OPTION...] FILE... | %(prog)s proof [OPTION...] PROOF... | "
                                   "%(prog)s step --trust PIN PROOF",
        description="Checks receipts of a Stele ledger, without a network.",
        epilog=f"The receipt of FILE is FILE{SUFFIX}; a receipt may be named itself.  "
               "Exit: 0 all hold, 3 a check failed, 5 nobody vouches for the signers.")
    parser.add_argument("paths", nargs="+", metavar="FILE",
                        help="a file with its receipt beside, or a receipt")
    parser.add_argument("--receipt", metavar="RECEIPT", help="the receipt of the one FILE")
    add_common(parser)
    return parser


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
        raise LocalFault(f"{report.printable(path)}: {fault.strerror or fault}") from None
