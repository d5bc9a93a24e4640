"""`make demo` says at once, in one line, that its port is taken."""
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / ".ci" / "port.py"


def said(port):
    done = subprocess.run([sys.executable, SCRIPT, str(port)], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_free_port_is_taken_and_a_taken_one_is_refused():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        port = one.getsockname()[1]
        code, words = said(port)
        assert (code, words.startswith(f"Le port {port} est déjà pris"), words.count("\n")) == (1, True, 1)
    assert said(port) == (0, "")


@pytest.mark.parametrize("port", ["", "abc", "0", "65536", "-1"])
def test_what_is_no_port_is_refused(port):
    code, words = said(port)
    assert (code, words.startswith(f"« {port} » n'est pas un port")) == (1, True)
