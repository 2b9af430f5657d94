// Accounts that an image may have.

import { type BoxParts, linesIn, type Rule, recordsOf } from './rule.ts'

/**
 * Accounts of Debian's and Ubuntu's own packages besides base-passwd's. Their names are fixed, their uids are not.
 */
const packaged = [
  '_apt',
  'systemd-network',
  'systemd-resolve',
  'systemd-timesync',
  'messagebus',
  'sshd',
  'polkitd',
  'dhcpcd',
  'tss',
  'tcpdump',
  'uuidd',
  'landscape',
  'fwupd-refresh',
  'usbmux',
  'pollinate',
  'syslog',
]

const accounts = ({ database, app, accounts: own }: BoxParts): Set<string> =>
  new Set([
    ...packaged,
    'dd-agent',
    ...(database?.accounts ?? []),
    ...(app?.accounts ?? []),
    // What packages of the user's layers create, and what the layers create themselves.
    ...(own?.names ?? []),
  ])

/** Groups that may have members, besides an account's own, whatever the box contains. */
const memberships: Readonly<Record<string, readonly string[]>> = {
  adm: ['dd-agent', 'syslog'],
  'systemd-journal': ['dd-agent'],
}

const membersOf = (group: string, { database, app, accounts: own }: BoxParts): string[] =>
  [memberships, database?.groups, app?.groups, own?.groups].flatMap((groups) => groups?.[group] ?? [])

const noLogin = /\/(nologin|false|sync)$/
/** Locked, without a hash after the lock. */
const locked = /^(!|\*|!\*|!!)$/

/** Fault 24: only root has a shell, no account has a password, and no rule lets anyone become root. */
export const userRules: readonly Rule[] = [
  {
    fault: 24,
    title: 'every account belongs to the base system or to a package of this box',
    next: 'list what its packages create under accounts in layer.yaml, and create others by users',
    problems: (survey, box) => {
      const master = new Set(recordsOf(survey, '/usr/share/base-passwd/passwd.master').map(([name]) => name))
      const known = accounts(box)
      const names = recordsOf(survey, '/etc/passwd').map(([name = '']) => name)
      return names.filter((name) => !master.has(name) && !known.has(name))
    },
  },
  {
    fault: 24,
    title: 'only root has uid 0',
    problems: (survey) =>
      recordsOf(survey, '/etc/passwd').flatMap(([name = '', , uid]) => (uid === '0' && name !== 'root' ? [name] : [])),
  },
  {
    fault: 24,
    title: 'only root has a shell',
    next: 'usermod --shell /usr/sbin/nologin in provision.sh',
    problems: (survey) =>
      recordsOf(survey, '/etc/passwd').flatMap(([name = '', , , , , , shell = '']) =>
        name === 'root' || noLogin.test(shell) ? [] : [`${name}: ${shell}`],
      ),
  },
  {
    fault: 24,
    title: 'no account has a password, not even a locked one, and root is locked',
    next: "usermod --password '!' in provision.sh",
    problems: (survey) => {
      const shadow = recordsOf(survey, '/etc/shadow')
      const open = shadow.filter(([, field = '']) => !locked.test(field)).map(([name = '']) => name)
      return shadow.some(([name]) => name === 'root') ? open : [...open, 'root has no record']
    },
  },
  {
    fault: 24,
    title: '/etc/passwd has no passwords, and no group has one',
    problems: (survey) => [
      ...recordsOf(survey, '/etc/passwd').flatMap(([name = '', field]) => (field === 'x' ? [] : [name])),
      ...recordsOf(survey, '/etc/gshadow').flatMap(([name = '', field = '']) => (locked.test(field) ? [] : [name])),
    ],
  },
  {
    fault: 24,
    title: 'groups have only the members that their packages added',
    next: 'list them under groups, members in layer.yaml',
    problems: (survey, box) =>
      recordsOf(survey, '/etc/group').flatMap(([name = '', , , members = '']) =>
        members
          .split(',')
          .filter((member) => member !== '' && !membersOf(name, box).includes(member))
          .map((member) => `${member} is in ${name}`),
      ),
  },
  {
    fault: 24,
    title: 'sudo, PAM and SSH are configured as their packages ship them',
    problems: ({ digests }) => Object.keys(digests),
  },
  {
    fault: 24,
    title: 'SSH accepts no password, and root only with a key',
    problems: (survey) => {
      // sshd uses the first value it reads, and reads drop-ins before the main file, in the order of their names.
      const lines = linesIn(survey, /^\/etc\/ssh\/sshd_config\.d\/.+\.conf$/)
      const value = (name: string): string | undefined =>
        lines.find(({ line }) => line.toLowerCase().startsWith(`${name.toLowerCase()} `))?.line.split(/\s+/)[1]
      const wanted = {
        PasswordAuthentication: 'no',
        KbdInteractiveAuthentication: 'no',
        PermitRootLogin: 'prohibit-password',
      }
      return Object.entries(wanted).flatMap(([name, want]) => (value(name) === want ? [] : [`${name} ${value(name)}`]))
    },
  },
]
