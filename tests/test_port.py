"""`make demo` says at once, in one line, that its port is taken; what it prints and sends names that port."""
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / ".ci" / "port.py"


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


@pytest.mark.parametrize(("given", "address"), [
    ({}, "http://localhost:8000"), ({"PORT": "8415"}, "http://localhost:8415"),
    ({"PORT": "8415", "SITE_URL": "https://cper.example"}, "https://cper.example"),
    ({"PORT": "8415", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "cper.example"}, "https://cper.example")])
def test_the_addresses_of_the_site_follow_the_port_unless_the_site_has_one(tmp_path, given, address):
    env = {name: value for name, value in os.environ.items()
           if name not in ("PORT", "SITE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG")}
    done = subprocess.run([sys.executable, "-c", "from cper.settings import SITE_URL; print(SITE_URL)"], cwd=ROOT,
                          env=env | {"VAR_DIR": str(tmp_path)} | given, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == address
