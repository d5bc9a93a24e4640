"""A process and its children, from its start to its end: time, processor, memory."""
import subprocess
import sys
import time
from dataclasses import dataclass

from django.conf import settings

# A child is counted the peak of whoever starts it: so a small process does, between this one and it.
APART = """import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:])
_, status, used = os.wait4(child.pid, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))"""


@dataclass(frozen=True)
class Run:
    """A process and its children, from its start to its end: seconds that pass, seconds of processor, peak in MiB."""
    wall: float
    processor: float
    peak: float
    output: str


def run(*command):
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-S", "-c", APART, sys.executable, *command], cwd=settings.BASE_DIR,
                          stdout=subprocess.PIPE, text=True, check=True)
    output, _, used = done.stdout.rstrip().rpartition("\n")
    processor, peak = used.split()
    return Run(time.perf_counter() - start, float(processor), int(peak) / 1024, output)
