"""Where the CPU time of a running node goes, by stage, and which system calls it makes.

perf samples the process's clock; each sample is put to a stage by the library it lies in, or by the
source file of the function, and where that says nothing (the C library, the kernel) by the thread.
strace counts system calls.  Either is left out where the tool is not there or may not look.
"""
import collections
import pathlib
import re
import shutil
import subprocess

# library -> stage, whatever the thread
LIBRARIES = {"libsecp256k1": "signatures", "liblmdb": "LMDB", "libssl": "TLS", "libprotobuf-c": "decoding",
             "libjansson": "HTTP and JSON"}
# source file -> stage; the first that fits
SOURCES = [("crypto/sign", "signatures"), ("crypto/", "hashing"), ("proto/", "decoding"),
           ("build/gen/", "decoding"), ("ledger/store", "LMDB"), ("node/journal", "LMDB"),
           ("ledger/", "execution"), ("node/execution", "execution"), ("node/api/", "HTTP and JSON"),
           ("llhttp", "HTTP and JSON"), ("p2p/", "TLS"), ("consensus/", "consensus"),
           ("node/", "node's loop")]
# thread -> stage of libcrypto, of the kernel, of the rest
THREADS = {"steled": ("TLS", "sockets", "node's loop"), "api": ("hashing", "sockets", "HTTP and JSON"),
           "journal": ("hashing", "LMDB", "LMDB"), "ledger": ("hashing", "LMDB", "execution"),
           "parcels": ("hashing", "waiting, waking", "decoding"),
           "clients": ("hashing", "waiting, waking", "decoding"),
           "votes": ("hashing", "waiting, waking", "decoding")}
SAMPLE = re.compile(r"^\s*(?P<comm>\S+)\s+(?P<ip>[0-9a-f]+)\s+(?P<sym>.*?)\s+\((?P<dso>[^)]*)\)\s*$")


def sources_of(program):
    """Function name -> source file, from the program's debugging information."""
    done = subprocess.run(["nm", "-l", "--defined-only", program], capture_output=True, text=True,
                          check=True)
    found = {}
    for line in done.stdout.splitlines():
        words = line.split("\t")
        if len(words) == 2:
            found[words[0].split()[-1]] = words[1].rsplit(":", 1)[0]
    return found


def stage_of(sample, sources, root):
    dso = pathlib.Path(sample["dso"]).name
    crypto, kernel, rest = THREADS.get(sample["comm"], ("other", "other", "other"))
    for library, stage in LIBRARIES.items():
        if dso.startswith(library):
            return stage
    if dso.startswith("libcrypto"):
        return crypto
    if dso.startswith("[") and dso != "[vdso]":
        return kernel
    source = sources.get(sample["sym"], "").removeprefix(root + "/")
    for word, stage in SOURCES:
        if source.startswith(word) or (word == "llhttp" and word in source):
            return stage
    return rest


def shares(pid, program, root, seconds, work):
    """Stage -> share of the CPU time; None: perf cannot sample here."""
    if shutil.which("perf") is None:
        return None
    data = work / "perf.data"
    record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "-p", str(pid), "-o", str(data),
              "--", "sleep", str(seconds)]
    if subprocess.run(record, capture_output=True, check=False).returncode != 0:
        return None
    script = subprocess.run(["perf", "script", "-i", str(data), "-F", "comm,ip,sym,dso"],
                            capture_output=True, text=True, check=False)
    data.unlink()
    sources = sources_of(program)
    counted = collections.Counter()
    for line in script.stdout.splitlines():
        sample = SAMPLE.match(line)
        if sample:
            counted[stage_of(sample, sources, str(root))] += 1
    total = sum(counted.values())
    return {stage: count / total for stage, count in counted.most_common()} if total > 100 else None


def calls(pid, seconds):
    """System call -> how many in that time; None: strace cannot look."""
    if shutil.which("strace") is None:
        return None
    done = subprocess.run(["timeout", "-s", "INT", str(seconds), "strace", "-c", "-f", "-p", str(pid)],
                          capture_output=True, text=True, check=False)
    found = {}
    for line in done.stderr.splitlines():
        words = line.split()
        if len(words) >= 5 and words[0].replace(".", "").isdigit() and words[-1] != "total":
            found[words[-1]] = int(words[3])
    return found or None
