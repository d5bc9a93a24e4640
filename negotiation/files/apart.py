"""Holds the child process in which a deposited file is opened; refuses to let one hurt the web process.

Nothing inside a process bounds the memory and time of a decoder: the system does. The child gets the bytes
on its standard input and no environment, hence no secret; its answer is believed only if it ends well.
"""

import base64
import json
import logging
import os
import re
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from .refusals import SENTENCES, Refused

MEMORY = 512 * 1024 * 1024
# A table is read in constant memory, save for its cells, which are counted.
TABLE_MEMORY = 160 * 1024 * 1024
CPU_SECONDS = 5
WALL_SECONDS = 15
# Loaded by name, in the child, so that the web process never carries qpdf nor the image decoders.
CHECKS = {"pdf": "pdf", "png": "images", "jpeg": "images", "package": "package",
          "table.xlsx": "table_xlsx", "table.csv": "table_text", "table.json": "table_text"}
# What else is done with a file that opens apart: the module that does it.
TASKS = {"codes": "codes", "emblem": "emblems"}
# How the text of a worksheet code begins, and what that of an edition holds, with its code: any other code on a page is
# nobody's business here.
CODE_PREFIX = "CPER1."
EDITION_PATH = re.compile(r"https?://[^\s?#]{1,70}/verification/([0-9A-Za-z-]{12,20})/?")
# Pages of a file that are looked at; all those that follow count as one, not read.
CODE_PAGES = 20
# How its squares begin in the PDF of a worksheet; a row of dark ones on each line that follows.
CODE_DRAWN = b"/Artifact BMC\nq 0 g\n"
# Looking for a code on a poor photo is more work than judging it.
READING_SECONDS, READING_WALL_SECONDS = 10, 30
ROOT = str(Path(__file__).resolve().parents[2])
BOOT = f"import sys; sys.path.insert(0, {ROOT!r}); from {__name__} import answer; answer(*sys.argv[1:])"

logger = logging.getLogger(__name__)


def check_apart(kind, data):
    """What the child found (a kind, or the cells of a table); Refused if it refuses, dies, or takes too much."""
    return _ask(data, WALL_SECONDS, kind)["kind"]


def read_codes_apart(kind, data):
    """The texts of the codes of ours on each page of a file already checked, as codes.read says. Refused too."""
    return [list(map(str, page)) for page in _ask(data, READING_WALL_SECONDS, kind, "codes").get("pages", [])]


def redraw_apart(kind, data):
    """The bytes of a small PNG that holds the picture of a PNG or JPEG and nothing else of it. Refused too."""
    return base64.b64decode(_ask(data, READING_WALL_SECONDS, kind, "emblem")["png"], validate=True)


def _ask(data, seconds, *arguments):
    command = [sys.executable, "-I", "-c", BOOT, *arguments]
    try:
        child = subprocess.run(  # noqa: S603 (our interpreter, our code: only the input is untrusted)
            command, input=data, capture_output=True, timeout=seconds, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused("heavy") from None
    except OSError:
        logger.exception("the file check could not start")
        raise Refused("unchecked") from None
    return _conclude(child)


def _conclude(child):
    try:
        verdict = json.loads(child.stdout)
        _, reason, words = verdict["kind"], verdict["reason"], verdict["words"]
        whole = reason is None or reason in SENTENCES
    except (ValueError, TypeError, KeyError):
        whole = False
    if child.returncode or not whole:
        # Killed by a limit, or by a decoder that crashed: both are the file's doing.
        logger.warning("the file check died with status %s", child.returncode)
        raise Refused("heavy")
    if reason:
        raise Refused(reason, **words)
    return verdict


def answer(kind, task="check"):
    """Child side: check the bytes of standard input, read their codes or redraw them; print the verdict."""
    _limit(resource.RLIMIT_AS, TABLE_MEMORY if kind.startswith("table.") else MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS if task == "check" else READING_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    module = import_module(f"{__package__}.{CHECKS[kind] if task == 'check' else TASKS[task]}")
    _limit(resource.RLIMIT_FSIZE, 0)  # nothing more to write, now that Python has kept its own cache
    verdict = {"kind": None, "reason": None, "words": {}}
    try:
        if task == "check":
            verdict["kind"] = module.check(sys.stdin.buffer.read(), kind)
        elif task == "emblem":
            verdict["png"] = module.redraw(sys.stdin.buffer.read(), kind)
        else:
            verdict["pages"] = module.read(sys.stdin.buffer.read(), kind)
    except Refused as refusal:
        verdict |= {"reason": refusal.reason, "words": refusal.words}
    except MemoryError:
        verdict["reason"] = "heavy"
    sys.stdout.write(json.dumps(verdict))
    sys.stdout.flush()
    # Freeing a big graph of objects can take seconds and nobody waits for it.
    os._exit(0)


def _limit(what, most):
    resource.setrlimit(what, (most, most))
