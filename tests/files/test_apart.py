"""The child that runs the decoders is bounded, blind, and believed only when it says yes."""

import io
import os
import subprocess
import sys

import pytest

from negotiation.files import apart, pdf
from negotiation.files.inspection import Refused, inspect

from . import corpus


def refusal(data, name="a.pdf"):
    with pytest.raises(Refused) as caught:
        inspect(io.BytesIO(data), name)
    return caught.value.reason


def test_child_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(apart, "WALL_SECONDS", 0.01)
    assert refusal(corpus.pdf()) == "heavy"


def test_child_that_cannot_start_refuses(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert refusal(corpus.pdf()) == "unchecked"


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "null", "{}", '{"kind": "pdf", "reason": "mine", "words": {}}']
)
def test_child_that_does_not_say_yes_refuses(monkeypatch, answer):
    monkeypatch.setattr(apart, "BOOT", f"print({answer!r})")
    assert refusal(corpus.pdf()) == "heavy"


def test_child_killed_after_its_answer_refuses(monkeypatch):
    yes = '{"kind": "pdf", "reason": null, "words": {}}'
    monkeypatch.setattr(apart, "BOOT", f"import os; print({yes!r}, flush=True); os.kill(os.getpid(), 9)")
    assert refusal(corpus.pdf()) == "heavy"


def test_child_gets_no_secret_and_its_limits(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    seen = []
    run = subprocess.run
    monkeypatch.setattr(apart.subprocess, "run", lambda *a, **k: seen.append(k) or run(*a, **k))
    inspect(io.BytesIO(corpus.pdf()), "a.pdf")
    assert seen[0]["env"] == {}
    assert seen[0]["timeout"] == apart.WALL_SECONDS


def test_web_process_never_loads_the_decoders():
    code = (
        "import sys, negotiation.files.inspection; print({'pikepdf', 'PIL', 'defusedxml'} & {*sys.modules})"
    )
    child = subprocess.run(
        [sys.executable, "-c", code],
        cwd=apart.ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout == "set()\n"


GREED = {
    "memory": "bytearray(2**31)",
    "time": "[None for n in iter(int, 1)]",
    "disk": "FILE.write(b'x')",
}


@pytest.mark.parametrize("greed", GREED)
def test_child_that_takes_too_much_is_stopped(monkeypatch, greed):
    """Memory, processor time and writing are bounded by the system, whatever the decoder does."""
    decoder = "import tempfile, negotiation.files.images as i; FILE = tempfile.TemporaryFile(buffering=0)"
    decoder += f"; i.check = lambda data, kind: {GREED[greed]}; "
    shorter = "import negotiation.files.apart as a; a.CPU_SECONDS = 1; "
    monkeypatch.setattr(apart, "BOOT", apart.BOOT.replace("from ", shorter + decoder + "from ", 1))
    assert refusal(corpus.image(), "a.png") == "heavy"


@pytest.mark.usefixtures("in_process")
def test_objects_of_a_pdf_are_counted(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_OBJECTS", 3)
    assert refusal(corpus.pdf()) == "pdf.too_many"
