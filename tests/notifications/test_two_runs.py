"""Two schedulers at the same moment, on a real database and a real mail server: every mail leaves exactly once."""
import os
import re
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

from ..live import ROOT

pytestmark = pytest.mark.xdist_group("live")
HOW_MANY = 40
WRITE = f"""
from negotiation.models import Notification, User
from negotiation.workflow.notices import tell
Notification.objects.all().delete()
user = User.objects.get(email="responsable@kayes.example")
for number in range({HOW_MANY}):
    tell([user], "turn", f"essai:{{number}}", f"Envoi numero {{number}}.", "Un texte.", "/equipe/")
"""
LEFT = "from negotiation.models import Notification as N; " \
       "print(N.objects.filter(mailed_at=None).count(), N.objects.exclude(claimed_at=None).count())"


class Mailbox(socketserver.StreamRequestHandler):
    """The few words of SMTP that a client says; slow enough for two runs to meet."""

    def handle(self):
        self.say("220 essai")
        while line := self.rfile.readline().strip().upper():
            if line == b"DATA":
                self.say("354 allez")
                lines = list(iter(lambda: self.rfile.readline().rstrip(b"\r\n"), b"."))
                time.sleep(0.02)
                self.server.received.append(b"\n".join(lines).decode())
            self.say("221 fin" if line == b"QUIT" else "250 oui")
            if line == b"QUIT":
                return

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mailbox():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.daemon_threads, server.received = True, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_two_runs_at_once_send_each_mail_once(server, mailbox):
    server.manage("shell", "--no-imports", "-c", WRITE)
    env = server.env | {"EMAIL_URL": f"smtp://127.0.0.1:{mailbox.server_address[1]}"}
    runs = [subprocess.Popen([sys.executable, "manage.py", "send_notifications"], cwd=ROOT, env=os.environ | env,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    sent = [int(re.search(r"envoyés : (\d+)", out).group(1)) for out, _ in said]
    assert sum(sent) == HOW_MANY
    titles = Counter(re.search(r"Envoi numero \d+\.", text).group() for text in mailbox.received)
    assert titles == {f"Envoi numero {number}.": 1 for number in range(HOW_MANY)}
    assert server.manage("shell", "--no-imports", "-c", LEFT).split() == ["0", "0"]
