"""Runs a command and measures what its whole process tree costs: wall time, CPU time, memory."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.25
"""Time between two looks at the tree: a peak of memory that is shorter goes unseen."""


@dataclass(frozen=True)
class Sample:
    """One look at a process tree: when (seconds since 1970), its CPU seconds so far, its resident bytes."""

    at: float
    cpu: float
    tree_bytes: int
    process_bytes: int


@dataclass
class Cost:
    """What a command cost. CPU is user plus system time of the whole tree, in seconds.

    `tree_bytes` is the largest sum of resident memory (pages that processes share count in each),
    `process_bytes` the largest resident memory of any one process.
    """

    wall: float
    samples: list[Sample] = field(repr=False)

    @property
    def cpu(self) -> float:
        """CPU seconds of the whole tree."""
        return self.samples[-1].cpu

    @property
    def tree_bytes(self) -> int:
        """Peak of the tree's resident memory."""
        return max(sample.tree_bytes for sample in self.samples)

    @property
    def process_bytes(self) -> int:
        """Peak of the largest process."""
        return max(sample.process_bytes for sample in self.samples)

    def as_json(self) -> dict[str, float]:
        """Return the figures, without the samples."""
        return {
            "wall_seconds": round(self.wall, 2),
            "cpu_seconds": round(self.cpu, 2),
            "peak_tree_bytes": self.tree_bytes,
            "peak_process_bytes": self.process_bytes,
        }


class CommandFailed(RuntimeError):
    """A measured command did not succeed; its figures would mean nothing."""


def measure(command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path | None = None) -> Cost:
    """Run a command to its end, its output going to `log`, and return what it cost.

    Raises CommandFailed with the end of the log if the command does not succeed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        began = time.monotonic()
        process = subprocess.Popen(command, env=dict(env), stdout=output, stderr=subprocess.STDOUT, cwd=cwd)
        watch = _Watch(process.pid)
        watch.start()
        status = watch.wait(process)
        wall = time.monotonic() - began
    if status != 0:
        end = log.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise CommandFailed(f"{' '.join(command)} ended with status {status}:\n{end}\nRemedy: see {log}.")
    return Cost(wall, watch.samples)


class _Watch(threading.Thread):
    """Looks at a process and all its descendants, again and again."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self._ended = threading.Event()
        self.samples = [Sample(time.time(), 0.0, 0, 0)]

    def run(self) -> None:
        while not self._ended.is_set():
            sample = self._look()
            if sample is None:
                return
            self.samples.append(sample)
            self._ended.wait(SAMPLE_SECONDS)

    def wait(self, process: subprocess.Popen) -> int:
        """Wait until the process has ended; take its last CPU time before it is gone."""
        # A zombie still tells its times and those of its children; after wait() nobody can ask any more.
        while self._root.is_running() and self._root.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.02)
        self._ended.set()
        self.join()
        last = self._root.cpu_times()
        cpu = last.user + last.system + last.children_user + last.children_system
        status = process.wait()
        self.samples.append(Sample(time.time(), max(cpu, self.samples[-1].cpu), 0, 0))
        return status

    def _look(self) -> Sample | None:
        cpu, sizes = 0.0, []
        try:
            processes = [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return None
        for process in processes:
            try:
                times, size = process.cpu_times(), process.memory_info().rss
            except psutil.NoSuchProcess:
                continue  # ended between the two questions; its parent tells its time from now on
            cpu += times.user + times.system + times.children_user + times.children_system
            sizes.append(size)
        # A child that was just waited for may be missing for one look.
        return Sample(time.time(), max(cpu, self.samples[-1].cpu), sum(sizes), max(sizes, default=0))
