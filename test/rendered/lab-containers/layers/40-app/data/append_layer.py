"""Adds a layer to an OCI image layout: append_layer.py LAYOUT NEW_LAYOUT PATH…

The layer holds these files and folders of this machine. Times are clamped, so that the same content gives the same
digest. Prints the digest of the new manifest.
"""

import gzip
import hashlib
import io
import json
import shutil
import sys
import tarfile
from pathlib import Path

EPOCH = 1_767_225_600
LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
CONFIG = 'application/vnd.oci.image.config.v1+json'
# The same bytes in OCI's words.
TRANSLATED = {
    'application/vnd.docker.image.rootfs.diff.tar.gzip': LAYER,
    'application/vnd.docker.image.rootfs.diff.tar': 'application/vnd.oci.image.layer.v1.tar',
}


def blob(layout: Path, digest: str) -> Path:
    return layout / 'blobs' / 'sha256' / digest.removeprefix('sha256:')


def document(layout: Path, digest: str) -> dict[str, object]:
    return json.loads(blob(layout, digest).read_text(encoding='utf-8'))


def store(layout: Path, content: bytes, media_type: str) -> dict[str, object]:
    digest = f'sha256:{hashlib.sha256(content).hexdigest()}'
    blob(layout, digest).write_bytes(content)
    return {'mediaType': media_type, 'digest': digest, 'size': len(content)}


def clamped(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime = EPOCH
    entry.uname = entry.gname = ''
    return entry


def parents(path: str) -> list[str]:
    """The folders above a path, from the top."""
    parts = path.strip('/').split('/')[:-1]
    return ['/'.join(parts[: index + 1]) for index in range(len(parts))]


def archive(paths: list[str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w', format=tarfile.PAX_FORMAT) as tar:
        for folder in sorted({parent for path in paths for parent in parents(path)}):
            tar.add(f'/{folder}', folder, recursive=False, filter=clamped)
        for path in paths:
            tar.add(path, path.strip('/'), filter=clamped)
    return buffer.getvalue()


def main(layout: Path, new: Path, paths: list[str]) -> None:
    shutil.copytree(layout, new)
    [entry] = json.loads((layout / 'index.json').read_text(encoding='utf-8'))['manifests']
    manifest = document(layout, entry['digest'])
    config = document(layout, manifest['config']['digest'])
    content = archive(paths)
    layer = store(new, gzip.compress(content, 6, mtime=0), LAYER)
    config['rootfs']['diff_ids'].append(f'sha256:{hashlib.sha256(content).hexdigest()}')
    config['history'] = [*(config.get('history') or []), {'created_by': f'boxhound: {" ".join(paths)}'}]
    below = [{**one, 'mediaType': TRANSLATED.get(one['mediaType'], one['mediaType'])} for one in manifest['layers']]
    described = store(new, json.dumps(config).encode(), CONFIG)
    whole = {'schemaVersion': 2, 'mediaType': MANIFEST, 'config': described, 'layers': [*below, layer]}
    top = store(new, json.dumps(whole).encode(), MANIFEST)
    index = {'schemaVersion': 2, 'manifests': [{**top, 'platform': {'os': 'linux', 'architecture': 'amd64'}}]}
    (new / 'index.json').write_text(json.dumps(index), encoding='utf-8')
    print(top['digest'])


if __name__ == '__main__':
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
