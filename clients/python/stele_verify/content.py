"""Is the file the one that the record speaks of?  docs/receipt.md section 5, finding content."""
from dataclasses import dataclass
from typing import Optional

from . import transaction
from .fault import CheckFailed
from .receipt import Receipt


@dataclass(frozen=True)
class FileFact:
    """What is known of a file: its SHA-256 and its size."""
    sha256: bytes
    size: int


def check(receipt: Receipt, file: Optional[FileFact]) -> bool:
    """True: the file is the one.  False: no file was given, and nothing is wrong.  Else CheckFailed."""
    subject = receipt.subject
    if subject is None:
        if file is not None:
            raise CheckFailed("the record speaks of no file")
        return False
    record = receipt.record.transaction
    if receipt.entry is not None:
        content, size = receipt.entry.content, receipt.entry.size
    else:
        content, size = transaction.anchored_content(record)
    has_size = size > 0 or record.operation != transaction.ROLLUP
    if subject.sha256 != content or (has_size and subject.size != size):
        raise CheckFailed("the subject is not what the signed record says")
    if file is None:
        return False
    if file.sha256 != subject.sha256 or (has_size and file.size != subject.size):
        raise CheckFailed("the file is another than the one recorded")
    return True
