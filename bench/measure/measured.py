"""Runs a command to its end and writes what it used, all its processes together, as JSON: `measured.py REPORT COMMAND…`.

Processor time and the largest process come from wait4, which counts every descendant that was waited for. The sum of several processes'
memory is sampled if the system has /proc.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

SAMPLE_S = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")
# Linux counts in KiB, macOS in bytes.
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def family(pid: int) -> list[int]:
    members = [pid]
    for member in members:
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            try:
                members += map(int, children.read_text().split())
            except OSError:
                pass
    return members


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def main() -> int:
    report, *command = sys.argv[1:]
    begin = time.monotonic()
    pid = os.posix_spawnp(command[0], command, os.environ)
    done = threading.Event()
    peak = [0]

    def sample() -> None:
        while not done.wait(SAMPLE_S):
            peak[0] = max(peak[0], sum(map(resident, family(pid))))

    sampler = threading.Thread(target=sample)
    sampler.start()
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - begin
    done.set()
    sampler.join()
    code = os.waitstatus_to_exitcode(status)
    Path(report).write_text(
        json.dumps(
            {
                "exitCode": code,
                "wallSeconds": wall,
                "userSeconds": used.ru_utime,
                "systemSeconds": used.ru_stime,
                "peakBytes": max(used.ru_maxrss * MAXRSS_UNIT, peak[0]),
            }
        )
    )
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
