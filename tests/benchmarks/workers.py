"""A night by real Celery workers: how much faster it is with more of them."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from celery import current_app
from django.db import connection
from django.utils import timezone

from coderpath_site.embedded import server_command
from coderpath_site.environment import BASE_DIR
from tracker.models import SweepRun
from tracker.services.sweeps import start_nightly

WORKER = "-m celery --app coderpath_site worker --concurrency 1 --loglevel warning --without-gossip --without-mingle -Q sweep"


def night(workers: int) -> tuple[float, float]:
    """Seconds from the first message to the last window, and the megabytes of the largest worker at its peak."""
    SweepRun.objects.all().delete()
    with tempfile.TemporaryDirectory() as directory:
        socket = Path(directory) / "broker.sock"
        url = f"redis+socket://{socket}"
        environment = os.environ | {"REDIS_URL": f"unix://{socket}", "CELERY_SKIP_CHECKS": "true"}
        current_app.conf.broker_url = url
        running = [subprocess.Popen(server_command(socket))]
        while not socket.exists():
            time.sleep(0.05)
        try:
            for i in range(workers):
                command = [sys.executable, *WORKER.split(), "-n", f"bench{i}"]
                quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
                running.append(subprocess.Popen(command, cwd=BASE_DIR, env=environment, **quiet))
            current_app.control.ping(timeout=20, limit=workers)  # until all of them answer
            started = time.perf_counter()
            run = start_nightly(timezone.now().date())
            while run.windows.filter(done_at=None).exists():
                time.sleep(0.05)
            seconds = time.perf_counter() - started
            memory = max(peak(process.pid) for process in running[1:])
        finally:
            for process in reversed(running):
                process.kill()
                process.wait()
            current_app.close()
            connection.close()
    return seconds, memory


def peak(pid: int) -> float:
    """The megabytes that a process, or one of its children, had at its peak (Linux)."""
    proc = Path(f"/proc/{pid}")
    children = (proc / f"task/{pid}/children").read_text().split()
    own = next(line for line in (proc / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return max([int(own.split()[1]) / 1024, *(peak(int(child)) for child in children)])
