"""A process and its children, from its start to its end: time, processor, memory."""
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Run:
    """A process and its children, from its start to its end: seconds that pass, seconds of processor, peak in MiB."""
    wall: float
    processor: float
    peak: float
    output: str


def run(*command):
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, *command], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True,
                             env=os.environ)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, command
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)
