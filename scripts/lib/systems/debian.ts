// Debian and its derivatives.

import type { Family } from './family.ts'

const bare = (address: string): string => address.replace(/\/+$/, '')

/** Debian and Ubuntu: apt, dpkg. */
export const debian: Family = {
  ids: ['debian', 'ubuntu'],
  engine: 'apt',
  agentPackage: (version) => `1:${version}-1`,
  installed: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own syntax
    command: (name) => ['dpkg-query', '-W', '-f', '${Version} ${db:Status-Abbrev}', name],
    held: 'hi',
  },
  updaters: ['apt-daily.timer', 'apt-daily-upgrade.timer'],
  // Debian publishes security updates beside the archive, Ubuntu inside it. A mirror with another layout needs both
  // addresses.
  archiveOf: (mirror, { id }) => {
    if (mirror === undefined) return undefined
    if (typeof mirror === 'object') return { main: bare(mirror.main), security: bare(mirror.security) }
    return { main: bare(mirror), security: id === 'debian' ? `${bare(mirror)}-security` : bare(mirror) }
  },
  machineType: ({ id }) => (id === 'ubuntu' ? { cim: 94, vbox: 'Ubuntu_64' } : { cim: 96, vbox: 'Debian_64' }),
  leftovers: [
    {
      title: 'lists, archives, logs and settings of apt and dpkg',
      paths: [
        '/var/lib/apt/lists/*_Packages*',
        '/var/lib/apt/lists/*InRelease',
        '/var/lib/apt/lists/partial/*',
        '/var/cache/apt/*.bin',
        '/var/cache/apt/archives/*.deb',
        '/var/cache/apt/archives/partial/*',
        '/etc/apt/auth.conf',
        '/etc/apt/auth.conf.d/*',
        '/etc/apt/sources.list.d/boxhound-bake-*',
        '/etc/apt/preferences.d/boxhound-bake-*',
        '/etc/apt/apt.conf.d/99mmdebstrap',
        '/var/log/apt/*',
        '/var/lib/dpkg/*-old',
        '/usr/sbin/policy-rc.d',
        '/etc/*.dpkg-old',
        '/etc/*.dpkg-dist',
      ],
    },
  ],
}
