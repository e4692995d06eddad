"""A piece of work in a process of its own: how long it takes, and how much memory it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
WEIGHED_EVERY = 0.2  # seconds: looking costs the looked at
Job = Callable[[Path, int], float]


@dataclass(frozen=True)
class Measured:
    """`seconds` are those that the job says, `whole` those of its process from start to end, loading included.

    `peak_mb` is the most that the process and its children held together; 0 when it was not weighed.
    """

    seconds: float
    whole: float
    peak_mb: float


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def answer(jobs: Sequence[Job], name: str, folder: str, rows: str) -> None:
    """In the job's process: does it, and prints its seconds."""
    job = {job.__name__: job for job in jobs}[name]
    print(job(Path(folder), int(rows)))


def measure(module: str, name: str, folder: Path, rows: int, *, weigh: bool = False) -> Measured:
    """Runs a job of `tests.benchmarks.MODULE`, and says on standard error what is behind the ratios."""
    started = time.perf_counter()
    seconds, peak_mb = _run([f"tests.benchmarks.{module}", name, str(folder), str(rows)], weigh=weigh)
    measured = Measured(float(seconds), time.perf_counter() - started, peak_mb)
    weight = f", {peak_mb:.0f} MB" if weigh else ""
    print(f"  {name}: {measured.seconds:.3f} s{weight}", file=sys.stderr, flush=True)
    return measured


def seconds_of_command(arguments: Sequence[str], data_dir: Path) -> float:
    """How long the command line takes, from its start to its end; rows may be rejected."""
    seconds = seconds_of(
        lambda: _run(["komet_import", *arguments], {"KOMET_DATA_DIR": str(data_dir)}, good=(0, 1))
    )
    print(f"  {arguments[0]}: {seconds:.3f} s", file=sys.stderr, flush=True)
    return seconds


def _run(
    module: Sequence[str],
    environment: Mapping[str, str] | None = None,
    good: Sequence[int] = (0,),
    *,
    weigh: bool = False,
) -> tuple[str, float]:
    """What `python -m MODULE …` prints, and the peak of its memory in MB if it is weighed."""
    peak = 0.0
    with tempfile.TemporaryFile("w+") as output:
        command = [sys.executable, "-m", *module]
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=output
        )
        while weigh and process.poll() is None:
            peak = max(peak, _resident_mb(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(WEIGHED_EVERY)
        if process.wait() not in good:
            raise SystemExit(f"{' '.join(module)} ended with {process.returncode}.")
        output.seek(0)
        return output.read(), peak


def _resident_mb(pid: int) -> float:
    """What a process and its children hold now, memory that they share counted once."""
    held = 0
    with suppress(psutil.NoSuchProcess):
        job = psutil.Process(pid)
        for process in (job, *job.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                held += process.memory_full_info().pss
    return held / (1 << 20)
