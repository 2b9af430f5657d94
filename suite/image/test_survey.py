"""Surveys a disk crafted to be followed: nothing on this machine is written or read."""

import json
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).parent / 'survey.py'
OFFSET = 1 << 20
CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'


@pytest.fixture
def survey(tmp_path):
    """Makes an ext4 of files (text) and links (Path), changes its bytes, and returns what the survey reports."""

    def run(files, change=None):
        for path, content in {'var/lib/dpkg/status': '', **files}.items():
            target = tmp_path / 'tree' / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                target.symlink_to(content)
            else:
                target.write_text(content, encoding='utf-8')
        image = tmp_path / 'disk'
        features = ['-O', '^metadata_csum,^dir_index', '-E', f'offset={OFFSET}']
        command = ['mke2fs', '-q', '-F', '-t', 'ext4', '-d', tmp_path / 'tree', *features, image, '8M']
        subprocess.run([str(word) for word in command], check=True)
        if change:
            data = image.read_bytes()
            assert data.count(change[0]) == 1
            image.write_bytes(data.replace(*change))
        asked = json.dumps({'account': 'datadog', 'tables': ['/var/lib/tiny/*']}).encode()
        command = ['python3', '-IB', TOOL, image, f'ext4:{OFFSET}:/']
        done = subprocess.run(command, input=asked, capture_output=True, check=True)
        return json.loads(done.stdout)

    return run


def test_a_link_and_a_file_of_one_name_write_nowhere(survey, tmp_path):
    victim = tmp_path / 'victim'
    victim.write_text('of this machine', encoding='utf-8')
    # Name and type of the file's entry: from here on it has the link's name.
    survey({'etc/aa': victim, 'etc/bb': 'of the disk'}, (b'\x02\x01bb', b'\x02\x01aa'))
    assert victim.read_text(encoding='utf-8') == 'of this machine'


def test_no_link_of_the_disk_is_followed_to_this_machine(survey, tmp_path):
    own = tmp_path / 'own'
    (own / 'certs').mkdir(parents=True)
    (own / 'certs' / 'a.pem').write_text(CERTIFICATE, encoding='utf-8')
    (own / 'sshd').write_text('secret', encoding='utf-8')
    status = f'Conffiles:\n /etc/ssh/x {"0" * 32}\n /etc/ssh/../../{"../" * 20}{own}/sshd {"0" * 32}\n'
    found = survey({'etc/ssl': own, 'etc/ssh/x': own / 'sshd', 'var/lib/dpkg/status': status})
    assert found['certificates'] == []
    assert set(found['digests'].values()) == {'absent'}


def test_odd_names_and_long_links(survey):
    long = Path('/' + 'x' * 200)
    found = survey({'etc/a "quoted" name': 'text', 'etc/long': long, 'etc/short': Path('a "b"'), 'root/ü': 'text'})
    targets = {entry[0]: entry[6] for entry in found['entries'] if entry[1] == 'l'}
    assert targets == {'/etc/long': str(long), '/etc/short': 'a "b"'}
    assert found['texts'] == {'/etc/a "quoted" name': 'text', '/root/Ã¼': 'text'}


def test_a_table_that_names_the_account_is_told(survey):
    files = {'var/lib/tiny/users': 'id datadog', 'var/lib/tiny/more/users': 'datadog', 'var/lib/tiny/other': 'nobody'}
    assert survey(files)['accounts'] == ['/var/lib/tiny/users']
