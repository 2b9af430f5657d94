// Ssh(1)'s arguments.

import type { Login } from './machine.ts'

/**
 * Arguments of ssh(1) for a machine that `up` started: its key and nobody else's, no agent, no configuration of the user.
 *
 * @param command joined by spaces and read by the guest's shell, as ssh(1) itself does; empty for a login shell.
 */
export const sshArguments = (login: Login, knownHosts: string, command: readonly string[]): string[] => [
  '-F',
  'none',
  '-i',
  login.key,
  '-p',
  String(login.port),
  '-o',
  'IdentitiesOnly=yes',
  '-o',
  'IdentityAgent=none',
  '-o',
  'StrictHostKeyChecking=yes',
  '-o',
  `UserKnownHostsFile="${knownHosts}"`,
  '-o',
  'GlobalKnownHostsFile=none',
  '-o',
  'LogLevel=ERROR',
  '-l',
  login.user,
  '--',
  login.host,
  ...command,
]
