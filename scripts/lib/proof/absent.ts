// Paths that no image may contain.

import type { DatabaseExpectation } from '../render/rendered-box.ts'
import { families } from '../systems/families.ts'

/** Paths that no image may contain; `*` matches any part of one name, and a path that ends in `/*` means an empty folder. */
export interface AbsentPaths {
  /** Row of the project's list of faults. */
  readonly fault: 24 | 45 | 46
  readonly title: string
  readonly paths: readonly string[]
  /** Installing or configuring packages leaves them, whatever a layer does; the seal removes them. */
  readonly byPackages?: true
}

/** Guest path of the apt source for an engine from its publisher's repository (provision/30-database/_repository). */
export const databaseSources = '/etc/apt/sources.list.d/database.list'

/** Leftovers that are whole files, in any image. */
const always: readonly AbsentPaths[] = [
  {
    fault: 24,
    title: 'Vagrant’s user and key, which only Vagrant boxes have',
    paths: [
      '/usr/lib/boxhound/first-boot.d/early/50-vagrant',
      '/etc/sudoers.d/vagrant',
      '/home/vagrant/.ssh/authorized_keys',
      '/etc/cloud/cloud.cfg.d/95-vagrant.cfg',
    ],
  },
  {
    fault: 45,
    title: 'SSH host keys and systemd’s ids',
    byPackages: true,
    paths: [
      '/etc/ssh/ssh_host_*',
      '/etc/hostid',
      '/var/lib/systemd/random-seed',
      '/var/lib/systemd/credential.secret',
      '/boot/loader/random-seed',
      '/boot/efi/loader/random-seed',
      '/var/lib/urandom/random-seed',
    ],
  },
  {
    fault: 45,
    title: 'certificates and initiator names that packages generate',
    byPackages: true,
    paths: [
      '/etc/ssl/private/ssl-cert-snakeoil.key',
      '/etc/ssl/certs/ssl-cert-snakeoil.pem',
      '/etc/iscsi/initiatorname.iscsi',
      '/etc/nvme/hostid',
      '/etc/nvme/hostnqn',
    ],
  },
  {
    fault: 45,
    title: 'network leases, DUIDs and secrets',
    byPackages: true,
    paths: [
      '/var/lib/dhcp/*',
      '/var/lib/dhcpcd/*',
      '/var/lib/systemd/network/*',
      '/run/systemd/netif/*',
      '/var/lib/NetworkManager/secret_key',
      '/var/lib/NetworkManager/*.lease',
    ],
  },
  {
    fault: 45,
    title: 'instance data of cloud-init, snapd and Ubuntu Pro',
    byPackages: true,
    paths: [
      '/var/lib/cloud/*',
      '/var/lib/snapd/state.json',
      '/var/lib/snapd/device/*',
      '/var/lib/snapd/assertions/*',
      '/var/lib/ubuntu-advantage/*',
      '/var/lib/landscape/*',
    ],
  },
  {
    fault: 45,
    title: 'what cloud-init wrote for an earlier instance, or an installer for cloud-init',
    paths: [
      '/etc/netplan/50-cloud-init.yaml',
      '/etc/network/interfaces.d/50-cloud-init*',
      '/etc/systemd/network/10-cloud-init-*',
      '/etc/NetworkManager/system-connections/cloud-init-*',
      '/etc/udev/rules.d/70-persistent-net.rules',
      '/etc/ssh/sshd_config.d/50-cloud-init.conf',
      '/etc/cloud/cloud-init.disabled',
      '/etc/cloud/cloud.cfg.d/99-installer*',
      '/etc/cloud/cloud.cfg.d/*subiquity-disable-cloudinit-networking.cfg',
    ],
  },
  {
    fault: 45,
    title: 'files of an Agent that has run',
    paths: [
      '/etc/datadog-agent/auth_token',
      '/etc/datadog-agent/ipc_cert.pem',
      '/etc/datadog-agent/install.json',
      '/etc/datadog-agent/environment',
      '/opt/datadog-agent/run/*',
      '/var/log/datadog/*',
    ],
  },
  {
    fault: 45,
    title: 'state of Datadog’s installer and its process manager',
    paths: [
      '/opt/datadog-packages/run/*.sock',
      '/opt/datadog-packages/run/*.pid',
      '/opt/datadog-packages/run/*.db',
      '/opt/datadog-packages/run/*.json',
      '/opt/datadog-packages/run/environment',
      '/opt/datadog-packages/tmp/*',
      '/run/datadog/*',
      '/run/datadog-procmgrd/*',
      '/run/datadog-installer/*',
    ],
  },
  {
    fault: 45,
    title: 'record and inputs of a first boot',
    paths: ['/var/lib/boxhound/*', '/etc/boxhound/seed.env'],
  },
  {
    fault: 46,
    title: 'logs',
    byPackages: true,
    paths: ['/var/log/*.log', '/var/log/journal/*', '/var/log/*/*.log', '/var/lib/wtmpdb/*', '/var/lib/lastlog/*'],
  },
  {
    fault: 46,
    title: 'shell histories and caches',
    paths: [
      '/root/.*_history',
      '/root/.lesshst',
      '/root/.viminfo',
      '/root/.wget-hsts',
      '/root/.cache/*',
      '/root/.config/*',
      '/root/.local/*',
      '/root/.gnupg/*',
      '/root/.netrc',
      '/root/.npmrc',
      '/root/.pip/*',
      '/tmp/*',
      '/var/tmp/*',
      '/var/crash/*',
    ],
  },
  {
    fault: 46,
    title: 'pip’s settings',
    paths: ['/etc/pip.conf', '/root/.config/pip/*'],
  },
  {
    fault: 46,
    title: 'files that the builder added for the build',
    byPackages: true,
    paths: ['/etc/.resolv.conf*', '/usr/local/share/ca-certificates/*', '/run/boxhound/*', '/etc/*-', '/var/backups/*'],
  },
  {
    fault: 24,
    title: 'access for a user of the build',
    paths: ['/root/.ssh/*', '/home/*', '/etc/ssh/authorized_keys*', '/etc/sudoers.d/9*', '/var/spool/cron/crontabs/*'],
  },
]

/** The same, plus what package managers leave. */
const ofAny: readonly AbsentPaths[] = [
  ...always,
  ...families.flatMap(({ leftovers }) =>
    leftovers.map((one) => ({ fault: 46 as const, byPackages: true as const, ...one })),
  ),
]

/**
 * What the image of a box must not contain: the leftovers of any image, and what an engine's folder adds (`seal` in its
 * database.yaml). Each path is a separate test, and each is planted once to show that its test can fail.
 */
export const absentPathsOf = (database: Pick<DatabaseExpectation, 'title' | 'seal'> | null): readonly AbsentPaths[] =>
  database === null
    ? ofAny
    : [...ofAny, { fault: 45, title: `files of a single ${database.title} instance`, paths: database.seal }]

/** A path that the pattern must match. */
export const plantedPath = (pattern: string): string => pattern.replaceAll('*', 'planted')

const expressionOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`)

/** The paths that a pattern matches. */
export const matching = (pattern: string, paths: readonly string[]): string[] => {
  const expression = expressionOf(pattern)
  return paths.filter((path) => expression.test(path))
}
