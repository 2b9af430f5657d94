// Installs packages with apt, as root or with sudo.

import { existsSync } from 'node:fs'
import { startChild, statusOf } from '../_helpers/child.ts'
import { networkEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type SystemPackage, systemPackages } from './packages.ts'

const isPresent = ({ present }: SystemPackage): boolean => {
  if ('files' in present) return present.files.some((file) => existsSync(file))
  const [program, ...words] = present.command
  return statusOf(program, words) === 0
}

/** The packages that this machine lacks. */
export const lackingPackages = (packages = systemPackages): SystemPackage[] =>
  packages.filter((wanted) => !isPresent(wanted))

const runApt = (words: readonly string[], sudo: boolean): Promise<number | null> => {
  const command = ['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2', ...words]
  // Nothing but the packages: apt must not ask and has no use for the caller's environment.
  const [program = '', ...rest] = sudo ? ['sudo', 'env', 'DEBIAN_FRONTEND=noninteractive', ...command] : command
  const child = startChild(program, rest, {
    stdio: ['inherit', 2, 2],
    environment: { ...networkEnvironment(), DEBIAN_FRONTEND: 'noninteractive' },
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
}

/** Turns off what an installation has started besides. Without systemd Debian starts it by its script in /etc/init.d. */
const stopService = (name: string, sudo: boolean): void => {
  const command = existsSync('/run/systemd/system')
    ? ['systemctl', 'disable', '--now', '--', name]
    : [`/etc/init.d/${name}`, 'stop']
  const [program = '', ...words] = sudo ? ['sudo', ...command] : command
  statusOf(program, words, true)
}

/** How packages can be installed here. */
interface Machine {
  /** Files that show that the program is there. */
  readonly apt: string
  readonly sudo: string
  readonly isRoot: boolean
}

const thisMachine = (): Machine => ({
  apt: '/usr/bin/apt-get',
  sudo: '/usr/bin/sudo',
  isRoot: process.getuid?.() === 0,
})

/**
 * Installs packages by apt, as root or by sudo.
 *
 * @throws BoxhoundError with exit code 3: no apt here, neither root nor sudo, or apt failed.
 */
export const installPackages = async (
  lacking: readonly SystemPackage[],
  { apt, sudo, isRoot }: Machine = thisMachine(),
): Promise<void> => {
  const names = lacking.map(({ name }) => name)
  const byHand = `apt-get install --no-install-recommends ${names.join(' ')}`
  if (!existsSync(apt))
    throw new BoxhoundError('E_NO_APT', 'setup needs apt, but this is neither Debian nor Ubuntu', {
      exitCode: 3,
      expected: apt,
      next: `install the equivalents of these Debian packages: ${names.join(', ')}`,
    })
  if (!isRoot && !existsSync(sudo))
    throw new BoxhoundError('E_NOT_ROOT', 'packages are missing, and setup has neither root nor sudo', {
      exitCode: 3,
      next: `as root: ${byHand}`,
    })
  // Lists may be missing on a fresh machine, and old ones name versions that are gone.
  for (const words of [['update'], ['install', '--no-install-recommends', '--', ...names]]) {
    const code = await runApt(words, !isRoot)
    if (code !== 0)
      throw new BoxhoundError('E_APT', `apt-get ${words[0]} failed with status ${code}`, {
        exitCode: 3,
        next: `see its message above, then: ${byHand}`,
      })
  }
  for (const { unwanted } of lacking) if (unwanted !== undefined) stopService(unwanted, !isRoot)
  const still = lackingPackages(lacking)
  if (still.length > 0)
    throw new BoxhoundError('E_APT', 'apt-get succeeded, but something is still missing', {
      exitCode: 3,
      found: `no ${still.map(({ name }) => name).join(', no ')}`,
    })
}
