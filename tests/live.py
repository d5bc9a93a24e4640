"""The application as it is served: its own database with the demonstration, gunicorn, a free port."""
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server. `manage` runs a command on its database; `python` runs a module of tests/ on it."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = os.environ | {"VAR_DIR": str(folder / "var"), "PYTHONPATH": str(ROOT)}
        self.env.pop("SECRET_KEY", None)
        self.database = self.own_database()
        self.process = None

    def own_database(self):
        """On PostgreSQL, a database of its own beside the tests' one."""
        url = os.environ.get("DATABASE_URL", "")
        if not url.startswith("postgres"):
            return None
        name = f"cper_live_{os.getpid()}_{self.port}"
        self.administer(f'CREATE DATABASE "{name}"')
        self.env["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        return name

    def administer(self, statement):
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres"))
        connection = psycopg2.connect(url)
        connection.autocommit = True
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)

    def ask(self, statement):
        """What one statement finds (or changes) in the database, without the start of a process."""
        if self.database:
            connection = psycopg2.connect(self.env["DATABASE_URL"])
        else:
            connection = sqlite3.connect(self.folder / "var" / "cper.sqlite3", timeout=20)
        with closing(connection), connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def run(self, *command, timeout=300):
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=self.env, capture_output=True, text=True,
                              timeout=timeout)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def manage(self, *command):
        return self.run("manage.py", *command)

    def start(self):
        self.log = (self.folder / "gunicorn.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "cper.wsgi", "--config", ".ci/gunicorn.py", "--bind",
             f"127.0.0.1:{self.port}"], cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log,
            start_new_session=True)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/sante/", timeout=5)
                return self
            except OSError:
                assert self.process.poll() is None, (self.folder / "gunicorn.log").read_text()
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def worker(self):
        """One more process that makes what is queued (TASKS=database in `env`); whoever starts it stops it."""
        with (self.folder / "workers.log").open("a") as log:
            return subprocess.Popen([sys.executable, "manage.py", "run_tasks"], cwd=ROOT, env=self.env, stdout=log,
                                    stderr=log, start_new_session=True)

    def kill(self):
        """The power goes off: every process of the server at once, in the middle of what it does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        self.log.close()
        self.process = None

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.log.close()
        if self.database:
            self.administer(f'DROP DATABASE "{self.database}" WITH (FORCE)')
