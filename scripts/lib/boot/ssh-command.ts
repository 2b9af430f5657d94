// Ssh(1)'s arguments.

import type { Login } from './machine.ts'

/**
 * Arguments of ssh(1) for a machine that `up` started: only its own key, no agent, no user configuration.
 *
 * @param command joined by spaces and interpreted by the guest's shell, as by ssh(1) itself; empty for a login shell.
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
