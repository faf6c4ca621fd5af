"""Files of this computer: read within a bound, hashed in flat memory."""
import hashlib
import os
import time

from .content import FileFact

CHUNK = 1 << 20
QUIET_SECONDS = 1.0
REDRAW_SECONDS = 0.2


def read(path: str, bytes_max: int) -> bytes:
    """At most one byte more than the bound, which a parser then refuses.  OSError."""
    with open(path, "rb") as file:
        return file.read(bytes_max + 1)


def fact(path: str, tell) -> FileFact:
    """SHA-256 and size.  OSError.  `tell` is a terminal that shows progress after a second, or None."""
    digest, done = hashlib.sha256(), 0
    with open(path, "rb") as file:
        progress = _Progress(path, os.fstat(file.fileno()).st_size, tell)
        while True:
            chunk = file.read(CHUNK)
            if not chunk:
                break
            digest.update(chunk)
            done += len(chunk)
            progress.show(done)
        progress.clear()
    return FileFact(digest.digest(), done)


class _Progress:
    def __init__(self, path: str, size: int, tell):
        self.name, self.size, self.tell = os.path.basename(path), size, tell
        self.next, self.is_shown = time.monotonic() + QUIET_SECONDS, False

    def show(self, done: int):
        if self.tell is None or time.monotonic() < self.next:
            return
        share = f"{100 * done // self.size} %" if self.size else f"{done >> 20} MiB"
        self.tell.write(f"\r\x1b[Khashing {ascii(self.name)} {share}")
        self.tell.flush()
        self.next, self.is_shown = time.monotonic() + REDRAW_SECONDS, True

    def clear(self):
        if self.is_shown:
            self.tell.write("\r\x1b[K")
            self.tell.flush()
