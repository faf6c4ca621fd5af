"""The command stele-verify proof: proofs alone, and the lists that several of them show together."""
import argparse
import json

from . import facts, proof, report
from .command_common import FAILED, LocalFault, add_common, complain, gravest, load_trust, read_file
from .fault import CheckFailed
from .judge_proof import verify_proof
from .verdict import PASS


def main(argv: list) -> int:
    arguments = _parser().parse_args(argv)
    try:
        relied_on = load_trust(arguments.trust)
    except LocalFault as fault:
        return complain(fault)
    codes, parts = [], []
    for path in arguments.paths:
        codes.append(_one(path, arguments, relied_on, parts))
    if len(arguments.paths) > 1 and parts and not arguments.line:
        codes.append(_join(parts, arguments.json))
    return gravest(codes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stele-verify proof", description="Checks proofs of a Stele ledger, without a network.",
        epilog="Of several files it says whether the parts of a list are together complete; if not, "
               "the exit code is 3.")
    parser.add_argument("paths", nargs="+", metavar="PROOF", help="a proof")
    add_common(parser)
    return parser


def _one(path: str, arguments, relied_on, parts: list) -> int:
    try:
        data = read_file(path, proof.BYTES_MAX)
    except LocalFault as fault:
        return complain(fault)
    verdict = verify_proof(data, relied_on)
    if arguments.line:
        print(verdict.line())
    elif arguments.json:
        print(json.dumps({"file": path, **verdict.as_object()}, sort_keys=True))
    else:
        print(report.proof_words(path, verdict))
    if verdict.findings and verdict.findings["finality"].result == PASS:
        parts += verdict.parts
    return verdict.exit_code()


def _join(parts: list, is_json: bool) -> int:
    try:
        joined = facts.join(parts)
    except CheckFailed as fault:
        said = {"joined": [], "code": fault.code, "words": str(fault)}
        print(json.dumps(said, sort_keys=True) if is_json else f"together: FAILED: {fault} [{fault.code}]")
        return FAILED
    if is_json:
        lists = [{"is_complete": is_complete, "words": words} for words, is_complete in joined]
        print(json.dumps({"joined": lists}, sort_keys=True))
    else:
        print("\n".join(f"together: {words}" for words, _ in joined))
    return 0 if all(is_complete for _, is_complete in joined) else FAILED
