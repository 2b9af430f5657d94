// The command line of `verify --host` and `--hosts` without a box.

import type { Parsed } from '../_helpers/cli.ts'
import type { Option } from '../_helpers/command.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { hostsIn, oneHost, type Selection } from './select.ts'

/** Options of `verify` for hosts that boxhound did not build. */
export const hostsOptions = {
  profile: {
    type: 'string',
    value: ['agent'],
    help: 'agent: what must hold for any Agent; the default for --host without BOX',
  },
  hosts: { type: 'string', value: 'FILE', help: 'all hosts of a YAML inventory or an ssh_config file' },
  match: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    help: 'only hosts of this name, such as "db-*"; repeatable',
  },
  active: { type: 'boolean', help: 'also rotates logs, runs each check once, and sends one trace to the account' },
  parallel: { type: 'string', value: 'N', help: 'hosts at a time (default: 32)' },
  deadline: { type: 'string', value: 'SECONDS', help: 'for all hosts (default: 600)' },
  'host-deadline': { type: 'string', value: 'SECONDS', help: 'for one host (default: 60)' },
} as const satisfies Record<string, Option>

export interface HostsChoice extends Selection {
  readonly active: boolean
  readonly only: readonly string[]
  readonly parallel: number
  readonly deadline: number
  readonly hostDeadline: number
}

const usage = (message: string, next: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, next })

const numberOf = (values: Parsed['values'], name: string, fallback: number, most: number): number => {
  const text = values[name]
  if (text === undefined) return fallback
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1 || Number(text) > most)
    throw usage(`--${name} ${text} is not a number from 1 to ${most}`, `the default is ${fallback}`)
  return Number(text)
}

/** Whether this command line is about hosts without a box. */
export const isAboutHosts = ({ positional, values }: Parsed): boolean =>
  values.hosts !== undefined || values.profile !== undefined || (values.host !== undefined && positional === undefined)

/** Options that only make sense for hosts without a box. @throws BoxhoundError E_USAGE (exit code 2) */
export const refuseStray = ({ values, flags, lists }: Parsed): void => {
  const stray = Object.keys(hostsOptions).find((name) => name in values || name in flags || name in lists)
  if (stray !== undefined) throw usage(`--${stray} needs --hosts, or --host without BOX`, 'npm run verify -- --help')
}

/** Checks the whole command line before anything is started. @throws BoxhoundError E_USAGE (exit code 2) */
export const hostsChoice = ({ positional, values, flags, lists }: Parsed): HostsChoice => {
  if (positional !== undefined)
    throw usage(
      `${values.hosts === undefined ? '--profile agent' : '--hosts'} judges hosts without a box, and ${positional} is a box`,
      `leave ${positional} out; or verify one host against it: npm run verify -- ${positional} --host HOST …`,
    )
  const other = ['vagrant', 'wire', 'machine'].find((name) => name in flags || name in values)
  if (other !== undefined) throw usage(`--${other} needs a box; hosts are judged without one`, 'leave one out')
  const { host, hosts } = values
  if (host !== undefined && hosts !== undefined) throw usage('--host and --hosts are two selections', 'leave one out')
  if (host === undefined && hosts === undefined)
    throw usage('--profile agent needs --host or --hosts', 'npm run verify -- --help')
  const alone = hosts === undefined ? ['match', 'parallel'].find((name) => name in values || name in lists) : undefined
  if (alone !== undefined) throw usage(`--${alone} needs --hosts`, 'leave it out')
  if (hosts !== undefined && values['host-key'] !== undefined)
    throw usage(
      '--host-key is one host’s; --hosts names several',
      'put hostKey into the inventory, or the keys into known_hosts',
    )
  const deadline = numberOf(values, 'deadline', 600, 86_400)
  const choice = {
    active: flags.active === true,
    only: lists.only ?? [],
    parallel: numberOf(values, 'parallel', 32, 256),
    deadline,
    hostDeadline: Math.min(deadline, numberOf(values, 'host-deadline', 60, 86_400)),
  }
  return hosts === undefined
    ? { ...oneHost(host ?? '', values), ...choice }
    : { ...hostsIn(hosts, lists.match ?? [], values), ...choice }
}
