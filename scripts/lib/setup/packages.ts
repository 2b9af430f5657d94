// Required packages, and why.

/** A Debian or Ubuntu package that some verb needs. */
export interface SystemPackage {
  readonly name: string
  /** Files of which one shows that it is there, whoever installed it; or a command that ends with 0 then. */
  readonly present: { readonly files: readonly string[] } | { readonly command: readonly [string, ...string[]] }
  /** What for, in the message before it is installed. */
  readonly why: string
  /** A service that its installation starts, and that nobody here asked for: it is stopped and stays off. */
  readonly unwanted?: string
}

const programs = (...names: string[]): string[] =>
  names.flatMap((name) =>
    ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin'].map((folder) => `${folder}/${name}`),
  )

/** Everything that start, bake, verify and the tests start, with the reason for it. */
export const systemPackages: readonly SystemPackage[] = [
  { name: 'packer', present: { files: programs('packer') }, why: 'drives a bake, one step per layer' },
  {
    name: 'qemu-utils',
    present: { files: programs('qemu-img') },
    why: 'makes overlays and writes the published image',
  },
  {
    name: 'qemu-system-common',
    present: { files: programs('qemu-storage-daemon') },
    why: 'exports an overlay over FUSE to build a layer in it',
  },
  {
    name: 'qemu-system-x86',
    present: { files: programs('qemu-system-x86_64') },
    why: 'boots the published image to verify it',
  },
  {
    name: 'systemd-container',
    present: { files: programs('systemd-nspawn') },
    why: 'boots a box’s userland at native speed: try, test:controls, contract',
  },
  { name: 'iproute2', present: { files: programs('ip') }, why: 'the network of such a container' },
  { name: 'fuse3', present: { files: programs('fusermount3') }, why: 'the exports of qemu-storage-daemon' },
  { name: 'mmdebstrap', present: { files: programs('mmdebstrap') }, why: 'makes the lab’s Debian base' },
  {
    name: 'debian-archive-keyring',
    present: { files: ['/usr/share/keyrings/debian-archive-keyring.gpg'] },
    why: 'checks the signatures of the lab’s base',
  },
  { name: 'extlinux', present: { files: ['/usr/lib/EXTLINUX/mbr.bin'] }, why: 'boot loader of the lab’s base' },
  { name: 'fdisk', present: { files: programs('sfdisk') }, why: 'makes and reads the disks of the tests' },
  { name: 'e2fsprogs', present: { files: programs('mke2fs') }, why: 'file system of the lab’s base' },
  { name: 'mtools', present: { files: programs('mcopy') }, why: 'fills the EFI partition of the lab’s cloud image' },
  { name: 'xz-utils', present: { files: programs('xz') }, why: 'unpacks disk images' },
  { name: 'zstd', present: { files: programs('zstd') }, why: 'unpacks disk images' },
  { name: 'apt-utils', present: { files: programs('apt-ftparchive') }, why: 'index of the lab Agent’s repository' },
  { name: 'dpkg-dev', present: { files: programs('dpkg-scanpackages') }, why: 'builds the lab Agent’s package' },
  { name: 'gpgv', present: { files: programs('gpgv') }, why: 'checks who signed a list of disk images' },
  {
    name: 'gnupg',
    present: { files: programs('gpg') },
    why: 'reads the keys of the Agent’s repository, signs the lab’s',
  },
  { name: 'openssh-client', present: { files: programs('ssh-keygen') }, why: 'keys for a trial machine, npm run ssh' },
  {
    name: 'python3-pip',
    present: { command: ['python3', '-m', 'pip', '--version'] },
    why: 'fetches Python packages by hash',
  },
  {
    name: 'python3-venv',
    present: { command: ['python3', '-c', 'import ensurepip, venv'] },
    why: 'the Python tests’ environment',
  },
  { name: 'xorriso', present: { files: programs('xorriso') }, why: 'hands keys to an instance with cloud-init' },
  { name: 'shellcheck', present: { files: programs('shellcheck') }, why: 'the tests of shell files' },
]

/** What `vagrant up` needs besides: Vagrant, its libvirt provider and libvirt itself. */
export const vagrantPackages: readonly SystemPackage[] = [
  { name: 'vagrant', present: { files: programs('vagrant') }, why: 'machines from the Vagrantfile' },
  {
    name: 'vagrant-libvirt',
    present: { command: ['sh', '-c', 'vagrant plugin list 2>/dev/null | grep -q ^vagrant-libvirt'] },
    why: 'lets Vagrant make machines of QEMU and KVM',
  },
  { name: 'libvirt-daemon-system', present: { files: programs('libvirtd') }, why: 'runs those machines' },
  { name: 'libvirt-clients', present: { files: programs('virsh') }, why: 'asks libvirt whether it answers' },
  { name: 'dnsmasq-base', present: { files: programs('dnsmasq') }, why: 'addresses for those machines' },
  { name: 'iptables', present: { files: programs('iptables') }, why: 'their way to package mirrors' },
]

/** What the tests of the Vagrantfile need besides. */
export const rubyPackages: readonly SystemPackage[] = [
  { name: 'rubocop', present: { files: programs('rubocop') }, why: 'the tests of the Vagrantfile’s style' },
]

/** The tools that `npm run bench` measures boxhound against; Packer itself is one of `systemPackages`. */
export const benchPackages: readonly SystemPackage[] = [
  { name: 'mkosi', present: { files: programs('mkosi') }, why: 'a peer: builds images without a machine' },
  { name: 'debootstrap', present: { files: programs('debootstrap') }, why: 'what mkosi installs Debian with' },
  {
    name: 'guestfs-tools',
    present: { files: programs('virt-customize') },
    why: 'a peer: virt-customize changes disks in a small machine of its own',
  },
  {
    name: 'linux-image-amd64',
    present: { command: ['sh', '-c', 'ls /boot/vmlinuz-* /lib/modules/*/vmlinuz 2>/dev/null | grep -q .'] },
    why: 'the kernel of that small machine',
  },
]

/** What the tests of push and pull need besides; they start it themselves, on loopback and in a folder of their own. */
export const registryPackages: readonly SystemPackage[] = [
  {
    name: 'docker-registry',
    present: { files: programs('docker-registry') },
    why: 'the tests of layers in a registry',
    unwanted: 'docker-registry',
  },
  {
    name: 'skopeo',
    present: { files: programs('skopeo') },
    why: 'another reader of the container images that boxhound writes',
  },
]
