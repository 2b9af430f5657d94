"""Makes wheels, and prints their digests: _index.py FOLDER NAME VERSION [REQUIREMENT…]"""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path


def main() -> None:
    folder, name, version, *requirements = sys.argv[1:]
    info = f'{name}-{version}.dist-info'
    needs = ''.join(f'Requires-Dist: {one}\n' for one in requirements)
    files = {
        f'{name}.py': f'VERSION = {version!r}\n',
        f'{info}/METADATA': f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}',
        f'{info}/WHEEL': 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    }
    record = ''.join(
        f'{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()},{len(text)}\n'
        for path, text in files.items()
    )
    wheel = Path(folder) / f'{name}-{version}-py3-none-any.whl'
    with zipfile.ZipFile(wheel, 'w') as archive:
        for path, text in {**files, f'{info}/RECORD': f'{record}{info}/RECORD,,\n'}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    print(hashlib.sha256(wheel.read_bytes()).hexdigest())


if __name__ == '__main__':
    main()
