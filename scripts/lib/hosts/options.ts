// The command line of `verify --host` and `--hosts` without a box.

import type { Parsed } from '../_helpers/cli.ts'
import type { Option } from '../_helpers/command.ts'
import { BoxhoundError } from '../_helpers/errors.ts'

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

const usage = (message: string, next: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, next })

/** Whether this command line is about hosts without a box. */
export const isAboutHosts = ({ positional, values }: Parsed): boolean =>
  values.hosts !== undefined || values.profile !== undefined || (values.host !== undefined && positional === undefined)

/** Options that only make sense for hosts without a box. @throws BoxhoundError E_USAGE (exit code 2) */
export const refuseStray = ({ values, flags, lists }: Parsed): void => {
  const stray = Object.keys(hostsOptions).find((name) => name in values || name in flags || name in lists)
  if (stray !== undefined) throw usage(`--${stray} needs --hosts, or --host without BOX`, 'npm run verify -- --help')
}
