"""The server's CPU time from /proc, which every user may read."""

import os
from pathlib import Path

_NAMES = {'mariadbd', 'mysqld'}
LOCAL = {'localhost', '127.0.0.1', '::1', ''}


def cpu_seconds(host: str, proc: Path = Path('/proc')) -> tuple[float, float] | None:
    """User and kernel seconds of the server on this machine; None if there is none or more than one."""
    if host not in LOCAL:
        return None
    found = []
    for entry in proc.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (entry / 'comm').read_text(encoding='utf-8').strip() in _NAMES:
                found.append((entry / 'stat').read_text(encoding='utf-8'))
        except OSError:
            continue
    if len(found) != 1:
        return None
    # The name, in parentheses, may contain spaces, so count from its end. proc(5): utime 14, stime 15.
    fields = found[0].rpartition(')')[2].split()
    ticks = os.sysconf('SC_CLK_TCK')
    return int(fields[11]) / ticks, int(fields[12]) / ticks
