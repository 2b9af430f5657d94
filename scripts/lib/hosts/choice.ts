// What a command line about hosts asks for, checked as a whole.

import type { Parsed } from '../_helpers/cli.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { hostsIn, oneHost, type Selection } from './select.ts'

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
