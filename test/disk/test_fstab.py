"""What of an image's own fstab must be on its disk (fault 48)."""

import subprocess

import pytest
from disks import DISK

UUID = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'
PARTUUID = '01234567-89ab-cdef-0123-456789abcdef'
# A disk as partitions_read leaves it: the root is 1, a file system with a space in its names 16, an encrypted one 3.
SCRIPT = f"""set -Eeuo pipefail
. {DISK}/partitions.sh
. {DISK}/fstab.sh
partition_root=1 partition_numbers=(1 3 4 5 16)
for number in "${{partition_numbers[@]}}"; do
  partition_start[number]=$((number << 20)) partition_bytes[number]=1048576 partition_fs[number]=ext4
  partition_label[number]=l$number partition_uuid[number]=u$number
  partition_name[number]='' partition_partuuid[number]=p$number
done
partition_fs[3]=crypto_LUKS partition_label[4]=twice partition_label[5]=twice
partition_label[16]='A boot' partition_uuid[16]={UUID} partition_partuuid[16]={PARTUUID} partition_name[16]='the boot'
fstab_plan "$1"
for point in "${{mount_points[@]}}"; do echo "$point ${{mount_partition[$point]}}"; done
"""


@pytest.fixture
def plan(tmp_path):
    """The mount points and partitions that an fstab makes, or what is said against it."""

    def run(text):
        (tmp_path / 'fstab').write_text(text, encoding='utf-8')
        command = ['bash', '-c', SCRIPT, 'bash', tmp_path / 'fstab']
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == (done.stderr == ''), done.stderr
        return done.stderr or done.stdout.splitlines()

    return run


@pytest.mark.parametrize(
    'spec',
    [
        'LABEL=A\\040boot',
        'LABEL="A\\040boot"',
        f'UUID={UUID}',
        f'UUID={UUID.upper()}',
        f'PARTUUID={PARTUUID.upper()}',
        'PARTLABEL=the\\040boot',
        '/dev/disk/by-label/A\\x20boot',
        f'/dev/disk/by-uuid/{UUID}',
        f'/dev/disk/by-partuuid/{PARTUUID}',
        '/dev/disk/by-partlabel/the\\x20boot',
        '/dev/sda16',
        '/dev/vda16',
        '/dev/xvda16',
        '/dev/nvme0n1p16',
    ],
)
def test_every_way_to_name_a_partition(plan, spec):
    # No newline at the end: the last line counts, too.
    assert plan(f'# a comment\n\nLABEL=l1 / ext4 defaults 0 1\n{spec} /boot ext4 defaults 0 2') == ['/boot 16']


def test_folders_come_before_what_is_in_them(plan):
    fstab = 'LABEL=l1 /boot/efi/ vfat rw 0 1\n/dev/vda16 /boot ext4 rw 0 2\nUUID=u4 /a\\040b ext4 rw 0 0\n'
    assert plan(fstab) == ['/a b 4', '/boot 16', '/boot/efi 1']


@pytest.mark.parametrize(
    'line',
    [
        'tmpfs /tmp tmpfs defaults 0 0',
        'server:/data /data nfs defaults 0 0',
        '//server/share /share cifs defaults 0 0',
        'LABEL=swap none swap sw 0 0',
        '/dev/vdb1 swap swap sw 0 0',
        '/swapfile none swap sw 0 0',
        '/dev/vdb /mnt auto defaults,nofail 0 2',
        'LABEL=gone /mnt ext4 noauto 0 0',
        '/dev/sr0 /media/cdrom udf,iso9660 user,noauto 0 0',
        '/srv /data none bind 0 0',
        'proc /proc proc defaults 0 0',
        '/dev/root / ext4 defaults 0 1',
    ],
)
def test_what_may_be_missing(plan, line):
    assert plan(f'{line}\n') == []


@pytest.mark.parametrize(
    ('line', 'said'),
    [
        ('LABEL=BOOT /boot ext4 defaults 0 2', 'line 2: LABEL=BOOT, to be mounted at /boot, is not on the disk'),
        ('/dev/vdb1 /data ext4 defaults 0 2', 'line 2: /dev/vdb1, to be mounted at /data, is not on the disk'),
        ('/dev/mapper/vg-var /var ext4 defaults 0 2', 'line 2: /dev/mapper/vg-var, to be mounted at /var, is not on'),
        ('/dev/vda7 /var ext4 nofailover 0 2', 'line 2: /dev/vda7, to be mounted at /var, is not on the disk'),
        ('LABEL=twice /data ext4 defaults 0 2', 'line 2: LABEL=twice, to be mounted at /data, stands for several'),
        (f'UUID={UUID} / ext4 defaults 0 1', f'line 2: the root is UUID={UUID}, partition 16'),
        ('/dev/vda3 /home ext4 defaults 0 2', 'line 2: /home is of a kind that cannot be built in'),
    ],
)
def test_what_is_refused(plan, line, said):
    found = plan(f'# first\n{line}\n')
    assert said in found
    assert [word.split(':')[0] for word in found.splitlines()] == ['image', '  expected', '  found', '  next']
