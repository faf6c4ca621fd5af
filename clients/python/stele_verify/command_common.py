"""What both commands share: options, exit codes, files that are read, and how they complain."""
import argparse
import sys
from typing import Optional

from . import files, report, trust
from .fault import FormError

TRUST_MAX = 1 << 20
HOLDS, FAILED, NOBODY_VOUCHES, LOCAL = 0, 3, 5, 10
_GRAVEST_FIRST = (FAILED, LOCAL, NOBODY_VOUCHES, HOLDS)


class LocalFault(Exception):
    """Something on this computer is in the way; nothing was judged."""


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
        raise LocalFault(f"{report.printable(path)}: {getattr(fault, 'strerror', None) or fault}") from None


def gravest(codes: list) -> int:
    return next(code for code in _GRAVEST_FIRST if code in codes)


def complain(fault: LocalFault) -> int:
    print(f"stele-verify: {fault}", file=sys.stderr)
    return LOCAL
