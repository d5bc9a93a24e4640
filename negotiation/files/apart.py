"""Holds the child process in which risky decoders run; refuses to let one of them hurt the web process.

16 KB of PDF can ask 1.2 GB and 3 s of qpdf (measured): nothing inside a process bounds that, the system can.
The child gets the bytes on its standard input, no environment (so no secret), and answers one JSON line.
"""

import json
import logging
import os
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from .refusals import SENTENCES, Refused

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 5
WALL_SECONDS = 15
CHECKS = {"pdf": "pdf", "png": "images", "jpeg": "images"}
ROOT = str(Path(__file__).resolve().parents[2])
BOOT = f"import sys; sys.path.insert(0, {ROOT!r}); from {__name__} import answer; answer(sys.argv[1])"

logger = logging.getLogger(__name__)


def check_apart(kind, data):
    """Raise Refused if the child refuses `data`, dies, or takes more than its share."""
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-c", BOOT, kind],
            input=data, capture_output=True, timeout=WALL_SECONDS, env={}, cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Refused("heavy") from None
    except OSError:
        logger.exception("the file check could not start")
        raise Refused("unchecked") from None
    _conclude(child)


def _conclude(child):
    try:
        verdict = json.loads(child.stdout)
        reason, words = verdict["reason"], verdict["words"]
        whole = reason is None or reason in SENTENCES
    except (ValueError, TypeError, KeyError):
        whole = False
    if child.returncode or not whole:
        # Killed by a limit, or by a decoder that crashed: both are the file's doing.
        logger.warning("the file check died with status %s", child.returncode)
        raise Refused("heavy")
    if reason:
        raise Refused(reason, **words)


def answer(kind):
    """Child side: check the bytes of standard input, print the verdict."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Loaded here, by name, so that the web process never carries qpdf nor the image decoders.
    check = import_module(f"{__package__}.{CHECKS[kind]}").check
    try:
        check(sys.stdin.buffer.read(), kind)
        verdict = {"reason": None, "words": {}}
    except Refused as refusal:
        verdict = {"reason": refusal.reason, "words": refusal.words}
    except MemoryError:
        verdict = {"reason": "heavy", "words": {}}
    sys.stdout.write(json.dumps(verdict))
    sys.stdout.flush()
    # Freeing a big object graph can take seconds and nobody waits for it.
    os._exit(0)
