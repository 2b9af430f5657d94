"""API and application keys in the Agent's files. Reports the place and the length, never the value."""

import contextlib
import glob
import os
import re

SETTING = re.compile(r'^[ \t]*(?:-[ \t]*)?["\']?((?:dd_)?(?:api|app|application)_key)["\']?[ \t]*[:=][ \t]*["\']?([^"\'\s#]+)', re.I | re.M)
# A key outside of a setting: its digits right after a word such as api_key.
LOOSE = re.compile(r'((?:api|app|application)_?key)\W{1,5}(ddapp_[0-9a-z]{34}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-f])', re.I)


def findings(path: str) -> list[dict[str, object]]:
    with open(path, encoding='utf-8', errors='replace') as stream:
        text = stream.read()
    lines = '\n'.join(line for line in text.splitlines() if not line.lstrip().startswith('#'))
    # ENC[handle] is a reference to a secret, not the secret.
    settings = [(name, value) for name, value in SETTING.findall(lines) if not value.startswith('ENC[')]
    found = settings or LOOSE.findall(text)
    return [{'file': path, 'setting': name, 'length': len(value)} for name, value in found]


def files() -> list[str]:
    """The Agent's own files, and those in which Datadog's installer and the units' defaults keep variables."""
    walked = [os.path.join(folder, name) for folder, _, names in os.walk('/etc/datadog-agent') for name in names]
    return walked + glob.glob('/opt/datadog-packages/run/environment') + glob.glob('/etc/default/datadog*')


def main() -> None:
    found: list[dict[str, object]] = []
    for path in files():
        # A file may have been renamed since the folder was listed, because it is written under a temporary name first.
        with contextlib.suppress(FileNotFoundError):
            if os.path.isfile(path) and os.path.getsize(path) < 1_000_000 and not path.endswith('.example'):
                found += findings(path)
    print(json.dumps(found))  # noqa: F821


main()
