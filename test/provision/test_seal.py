"""The seal's care for cloud-init: provision/90-seal/provision.sh, one of its functions in a root folder of its own."""

import subprocess
from pathlib import Path

import pytest

SEAL = Path(__file__).parents[2] / 'provision/90-seal/provision.sh'

# What an earlier instance, or an installer, leaves.
LEFT = [
    'var/lib/cloud/instances/i-1/user-data.txt',
    'var/lib/cloud/seed/nocloud/user-data',
    'var/lib/cloud/data/previous-instance-id',
    'var/log/cloud-init.log',
    'var/log/cloud-init-output.log',
    'run/cloud-init/instance-data-sensitive.json',
    'etc/cloud/cloud-init.disabled',
    'etc/cloud/cloud.cfg.d/99-installer.cfg',
    'etc/cloud/cloud.cfg.d/90-installer-network.cfg',
    'etc/cloud/cloud.cfg.d/subiquity-disable-cloudinit-networking.cfg',
    'etc/netplan/50-cloud-init.yaml',
    'etc/network/interfaces.d/50-cloud-init.cfg',
    'etc/systemd/network/10-cloud-init-ens3.network',
    'etc/NetworkManager/system-connections/cloud-init-ens3.nmconnection',
    'etc/ssh/sshd_config.d/50-cloud-init.conf',
    'etc/sudoers.d/90-cloud-init-users',
    'etc/udev/rules.d/70-persistent-net.rules',
]
# What the image's maker chose: where a cloud is looked for, and the machine's own network.
STAYS = [
    'etc/cloud/cloud.cfg',
    'etc/cloud/ds-identify.cfg',
    'etc/cloud/cloud.cfg.d/90_dpkg.cfg',
    'etc/cloud/cloud.cfg.d/90-boxhound.cfg',
    'etc/netplan/90-default.yaml',
    'etc/ssh/sshd_config.d/60-cloudimg-settings.conf',
    'etc/systemd/network/80-dhcp.network',
    'etc/sudoers.d/README',
    'var/log/README',
]


@pytest.fixture
def root(tmp_path):
    for name in LEFT + STAYS:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('planted\n')
    (tmp_path / 'usr').mkdir()
    (tmp_path / 'dev').mkdir()
    (tmp_path / 'dev/null').touch()
    for name in ('bin', 'lib', 'lib64'):
        (tmp_path / name).symlink_to(f'usr/{name}')
    return tmp_path


def seal(root: Path) -> None:
    """Runs the function alone, as root of a namespace, in that folder as its /; the host's /usr lends the programs."""
    function = SEAL.read_text().rsplit('\nmain\n', 1)[0] + '\nidentity_of_cloud_init\n'
    (root / 'seal.sh').write_text(function)
    inside = 'mount --bind /usr usr && PATH=/own:/usr/bin exec /usr/sbin/chroot . bash /seal.sh'
    subprocess.run(['unshare', '--map-root-user', '--mount', 'sh', '-c', inside], cwd=root, check=True, timeout=60)


def test_nothing_of_an_instance_is_left_and_the_makers_choice_is(root):
    seal(root)
    assert [name for name in LEFT if (root / name).exists()] == []
    assert [name for name in STAYS if not (root / name).exists()] == []
    assert list((root / 'var/lib/cloud').iterdir()) == []


def test_a_second_time_does_no_harm(root):
    seal(root)
    seal(root)
    assert [name for name in STAYS if not (root / name).exists()] == []


def test_cloud_init_cleans_itself_without_asking_for_a_factory_reset(root):
    program = root / 'own/cloud-init'
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$*" >>/said\n')
    program.chmod(0o755)
    seal(root)
    assert (root / 'said').read_text() == 'clean --logs --seed\n'
