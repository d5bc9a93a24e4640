"""How many heavy pieces of work run at once on this machine. A file lock ends with its process, even killed."""
import fcntl
import time
from contextlib import contextmanager

PAUSE = 0.2


class Busy(Exception):
    """Every slot is taken; str() says so in French."""


@contextmanager
def slot(folder, *, count, wait, name="", beat=None):
    """Hold one of the `count` slots of this name, waiting at most `wait` seconds. Raises Busy.

    beat: called now and then while this waits.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = [open(folder / f"{name}{number}.lock", "w") for number in range(count)]  # noqa: SIM115 — closed below
    try:
        until = time.monotonic() + wait
        while not any(taken(file) for file in files):
            if time.monotonic() >= until:
                raise Busy("Ce livret, ou d’autres, sont en préparation sur cette machine. Réessayez dans une minute.")
            if beat:
                beat()
            time.sleep(PAUSE)
        yield
    finally:
        for file in files:
            file.close()


def taken(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
