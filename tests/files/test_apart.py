"""The child that runs the decoders is bounded, blind, and believed only when it says yes."""

import io
import os
import subprocess
import sys

import pytest

from negotiation.files import apart, pdf
from negotiation.files.inspection import Refused, inspect

from . import corpus
from .corpus import pdf_with_object_stream


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


@pytest.mark.parametrize("answer", ["", "{", "[]", "null", '{"accepted": 1}', '{"reason": "of my own"}'])
def test_child_that_does_not_say_yes_refuses(monkeypatch, answer):
    monkeypatch.setattr(apart, "BOOT", f"print({answer!r})")
    assert refusal(corpus.pdf()) == "heavy"


def test_child_killed_after_its_answer_refuses(monkeypatch):
    code = """print('{"accepted": true}', flush=True); import os; os.kill(os.getpid(), 9)"""
    monkeypatch.setattr(apart, "BOOT", code)
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
    code = "import sys, negotiation.files.inspection; print({'pikepdf', 'PIL'} & set(sys.modules))"
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=apart.ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    assert child.stdout == "set()\n"


def test_memory_of_the_child_is_bounded(monkeypatch):
    # Without the limit on streams, this file of 16 KB asks 1.2 GB of qpdf.
    monkeypatch.setattr(
        apart, "BOOT", apart.BOOT.replace("answer(sys", f"MEMORY; {__name__.split('.')[0]!r}; answer(sys")
    )
    data = pdf_with_object_stream(b"[" + b"0 " * 8_000_000 + b"]")
    assert refusal(data) in {"heavy", "pdf.damaged"}


def test_objects_of_a_pdf_are_counted(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_OBJECTS", 3)
    with pytest.raises(Refused) as caught:
        pdf.check(corpus.pdf())
    assert caught.value.reason == "pdf.too_many"
