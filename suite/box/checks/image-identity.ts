import * as z from 'zod'
import { agentStatus } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const reportSchema = z.object({
  missing: z.array(z.string()),
  /** File to the seconds by which it is older than this instance. */
  old: z.record(z.string(), z.number()),
  files: z.array(z.string()),
  machineId: z.boolean(),
  dbus: z.boolean(),
  /** Whether this instance was given a host name, or a file with one: it stands in the Agent's environment file. */
  named: z.boolean(),
})

const expected =
  'machine id, host keys, the Agent’s token and certificate, and passwords made on this instance; the Agent’s host name found on it or given to it'

/**
 * What is wrong with the Agent's host name: a configured one that was not given to this instance came with the image, and all clones report as one host.
 *
 * @param provider `hostnameStats.provider`, who gave the name; undefined when the Agent does not tell.
 */
const nameProblems = (provider: string | undefined, named: boolean): string[] => {
  if (provider === undefined) return ['the running Agent does not tell who gave its host name']
  return provider === 'configuration' && !named
    ? [
        'the Agent’s host name is configured (hostname: in datadog.yaml, or a variable of its unit), and DD_HOSTNAME was not given to this instance: clones would report as one host',
      ]
    : []
}

/** Judges that nothing by which clones are told apart came with the image (fault 45). */
export const judgeIdentity = (
  { missing, old, files, machineId, dbus, named }: z.infer<typeof reportSchema>,
  provider: string | undefined,
): Verdict => {
  const verdict = judge(expected, `${files.length} files, all made since this instance began`, [
    ...missing.map((pattern) => `${pattern} does not exist`),
    ...Object.entries(old).map(([path, seconds]) => `${path} is ${seconds} s older than this instance`),
    ...(machineId ? [] : ['/etc/machine-id is not 32 hexadecimal digits']),
    ...(dbus ? [] : ['/var/lib/dbus/machine-id is not this machine’s']),
    ...nameProblems(provider, named),
  ])
  // The Agent makes its files when it starts; age and shape of what is there stay as they are.
  return missing.length > 0 || provider === undefined ? verdict : final(verdict)
}

export const check: BoxCheck = {
  run: (guest) => {
    const { expectations, fresh } = guest.context
    const required = [
      ...(expectations.database?.present ?? []),
      // cloud-init took this machine for a new instance. One in use may do without any cloud.
      ...(fresh && expectations.seed === 'nocloud' ? ['/var/lib/cloud/instance/sem/config_ssh'] : []),
    ]
    return guest.until(async () => {
      const [report, status] = await Promise.all([
        guest.probe('identity', { required, optional: expectations.database?.seal ?? [] }),
        agentStatus(guest),
      ])
      return judgeIdentity(reportSchema.parse(report), status.hostnameStats?.provider)
    }, expected)
  },
}
