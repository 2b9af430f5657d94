// Asks OpenSSH how it would reach a host: `ssh -G` is the authority on ssh_config.

import { homedir } from 'node:os'
import { outcomeOf } from '../_helpers/child.ts'
import { cleanEnvironment, namedVariables } from '../_helpers/environment.ts'
import { BoxhoundError, isErrno } from '../_helpers/errors.ts'

/** ssh's settings for one host: lower-case names, each with its values in order. */
export type SshSettings = ReadonlyMap<string, readonly string[]>

/** Parses the output of `ssh -G`: one `name value` a line. */
export const parseSettings = (text: string): SshSettings => {
  const found = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\w+) (.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    const values = found.get(name.toLowerCase()) ?? []
    values.push(value)
    found.set(name.toLowerCase(), values)
  }
  return found
}

export interface SettingsOptions {
  /** A configuration to use instead of the user's own. */
  readonly file?: string
  readonly user?: string
  readonly port?: number
}

/**
 * How OpenSSH would reach a host; undefined if this machine has no ssh.
 *
 * @throws BoxhoundError E_SSH_CONFIG (exit code 2) if ssh refuses its configuration.
 */
export const settingsFor = async (host: string, options: SettingsOptions): Promise<SshSettings | undefined> => {
  const { file, user, port } = options
  const words = [
    '-G',
    ...(file === undefined ? [] : ['-F', file]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
  ]
  try {
    // ssh_config may name the agent by a variable.
    const environment = { ...cleanEnvironment(), ...namedVariables(/^SSH_AUTH_SOCK$/) }
    const { code, stdout, stderr } = await outcomeOf('ssh', words, { environment, timeout: 20_000, largest: 1 << 20 })
    if (code === 0) return parseSettings(stdout.toString('utf8'))
    throw new BoxhoundError('E_SSH_CONFIG', `ssh -G ${host} failed`, {
      exitCode: 2,
      found: stderr.toString('utf8').trim(),
      next: 'fix ssh_config; `ssh -G HOST` shows the same',
    })
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** A path from ssh's settings: `~` is the home folder. */
export const pathOf = (text: string): string => (text.startsWith('~/') ? `${homedir()}${text.slice(1)}` : text)
