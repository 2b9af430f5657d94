"""Finds bytes on a disk that come from distribution packages: known.py DISK KIND:OFFSET:MOUNTPOINT…, the root first.

Reads offsets from stdin, one per line, and prints those that lie in a file exactly as its package shipped it. Such
bytes are public: libraries contain keys for their own tests, and dictionaries words that look like tokens. The disk is
read with debugfs; nothing is mounted.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# This many bytes must match the file's content. Slack space after the end of a file does not count.
LENGTH = 48


def debugfs(device: str, requests: list[str], folder: Path) -> str:
    script = folder / 'requests'
    script.write_text('\n'.join(requests) + '\n', encoding='latin-1')
    result = subprocess.run(['debugfs', '-f', str(script), device], capture_output=True, check=True)
    return result.stdout.decode('latin-1')


def merged(path: str) -> str:
    """Strips the prefix: since the merge of / and /usr, packages list as /lib/X what is in /usr/lib/X."""
    return path.lstrip('/').removeprefix('usr/')


def recorded(device: str, folder: Path) -> dict[str, set[str]]:
    """The checksums that packages recorded for their files: path to MD5."""
    # Not with rdump, which creates files and links under whatever names the disk has (survey.py).
    listing = debugfs(device, ['ls -p "/var/lib/dpkg/info"'], folder)
    names = re.findall(r'^/\d+/10\d{4}/\d+/\d+/([A-Za-z0-9.+:_~-]+\.md5sums)/', listing, re.MULTILINE)
    copies = [folder / f'sums-{number}' for number in range(len(names))]
    requests = [f'dump /var/lib/dpkg/info/{name} {copy}' for name, copy in zip(names, copies, strict=True)]
    debugfs(device, requests, folder)
    sums: dict[str, set[str]] = {}
    for file in (copy for copy in copies if copy.exists()):
        for line in file.read_text(encoding='latin-1').splitlines():
            digest, _, path = line.partition('  ')
            sums.setdefault(merged(path), set()).add(digest)
    return sums


def block_size(device: str) -> int:
    header = subprocess.run(['tune2fs', '-l', device], capture_output=True, check=True).stdout.decode('latin-1')
    return int(re.findall(r'^Block size: +(\d+)$', header, re.MULTILINE)[0])


def pairs(output: str) -> dict[int, str]:
    """Parses rows of a number and a word, as icheck and ncheck print them."""
    return {int(number): word for number, word in re.findall(r'^(\d+)\t(.+)$', output, re.MULTILINE)}


def files(device: str, start: int, offsets: list[int], folder: Path) -> dict[int, str]:
    """The path of the file that contains each offset."""
    size = block_size(device)
    blocks = {offset: (offset - start) // size for offset in offsets}
    inodes = pairs(debugfs(device, [f'icheck {" ".join(map(str, sorted(set(blocks.values()))))}'], folder))
    numbers = {int(word) for word in inodes.values() if word.isdigit()}
    if not numbers:
        return {}
    names = pairs(debugfs(device, [f'ncheck {" ".join(map(str, sorted(numbers)))}'], folder))
    found = {}
    for offset, block in blocks.items():
        inode = inodes.get(block, '')
        if inode.isdigit() and int(inode) in names:
            found[offset] = names[int(inode)]
    return found


def known(disk: str, word: str, offsets: list[int], sums: dict[str, set[str]], folder: Path) -> list[int]:
    _, start, point = word.split(':', 2)
    device = f'{disk}?offset={start}'
    contents: dict[str, bytes] = {}
    owned = []
    for offset, path in files(device, int(start), offsets, folder).items():
        if path not in contents:
            copy = folder / 'copy'
            copy.unlink(missing_ok=True)
            quoted = path.replace('"', '""')
            debugfs(device, [f'dump "{quoted}" {copy}'], folder)
            content = copy.read_bytes() if copy.exists() else b''
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            contents[path] = content if digest in sums.get(merged(f'{point.rstrip("/")}{path}'), ()) else b''
        with Path(disk).open('rb') as raw:
            raw.seek(offset)
            if raw.read(LENGTH) in contents[path]:
                owned.append(offset)
    return owned


def main() -> None:
    disk, *words = sys.argv[1:]
    offsets = [int(line) for line in sys.stdin]
    parts = [word for word in words if word.startswith('ext')]
    starts = sorted((int(word.split(':')[1]) for word in parts), reverse=True)
    with tempfile.TemporaryDirectory(prefix='boxhound-known-') as name:
        sums = recorded(f'{disk}?offset={parts[0].split(":")[1]}', Path(name))
        for word in parts:
            start = int(word.split(':')[1])
            inside = [offset for offset in offsets if next((one for one in starts if one <= offset), -1) == start]
            if inside:
                print('\n'.join(map(str, known(disk, word, inside, sums, Path(name)))))


main()
