"""Who ends what a run of the matrix has started, when the run is interrupted, or killed and can end nothing any more?

A process of its own, in a session of its own, is told which process groups there are. When the pipe to it closes and some
are left, it ends them and removes the folder of their files. Without it, workers of a program that has died already, as
some hazards want it, would stay for ever.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator

import psutil

from study import launch

ROOT = launch.BARE.parents[2]
SWEEP_S = 2.0  # after SIGTERM, before SIGKILL
POLL_S = 0.01


class Warden:
    """Made for one run; to be closed at its end, when nothing is left."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="study-")  #: for the files of what is started
        self._groups: set[int] = set()
        self._stopped = False
        self._lock = threading.Lock()
        read, self._told = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "study.warden", self.folder],
                stdin=read,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                start_new_session=True,
            )
        finally:
            os.close(read)

    @contextlib.contextmanager
    def minding(self, group: int) -> Iterator[None]:
        """While the process group may have members."""
        with self._lock:
            self._groups.add(group)
            self._tell(f"+{group}\n")
            if self._stopped:
                kill([group])
        try:
            yield
        finally:
            with self._lock:
                self._groups.discard(group)
                self._tell(f"-{group}\n")

    def stop(self) -> None:
        """End all groups, and each that is begun from now on, so that nobody waits for what nobody wants to know any more."""
        with self._lock:
            self._stopped = True
            kill(self._groups)

    def close(self) -> None:
        """At the end of the run. Removes the folder."""
        os.close(self._told)
        self._process.wait()

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # it was killed; then nobody can help after us
            os.write(self._told, line.encode())


def groups_left(lines: Iterable[str]) -> set[int]:
    """The groups that were begun and not ended."""
    groups: set[int] = set()
    for line in lines:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    return groups


def kill(groups: Iterable[int], *, mildly: bool = False) -> None:
    """End their members; not the resource trackers, which unlink what the others leave and end by themselves."""
    for process in _living(groups):
        with contextlib.suppress(psutil.Error):
            if not launch.is_resource_tracker(process):
                process.terminate() if mildly else process.kill()


def end(groups: Iterable[int]) -> None:
    """Leave nothing of them."""
    kill(groups, mildly=True)
    if not _gone(groups, SWEEP_S):
        kill(groups)
    if not _gone(groups, launch.TRACKER_S):
        for process in _living(groups):
            with contextlib.suppress(psutil.Error):
                process.kill()


def _gone(groups: Iterable[int], patience_s: float) -> bool:
    until = time.monotonic() + patience_s
    while _living(groups):
        if time.monotonic() > until:
            return False
        time.sleep(POLL_S)
    return True


def _living(groups: Iterable[int]) -> list[psutil.Process]:
    found = []
    for process in (member for group in groups for member in launch.members(group)):
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


if __name__ == "__main__":
    end(groups_left(sys.stdin))
    shutil.rmtree(sys.argv[1], ignore_errors=True)
