import * as z from 'zod'
import { agentStatus } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const reportSchema = z.object({
  missing: z.array(z.string()),
  /** For each file, how many seconds older it is than this instance. */
  old: z.record(z.string(), z.number()),
  files: z.array(z.string()),
  machineId: z.boolean(),
  dbus: z.boolean(),
  /** Whether this instance was given a host name, or a file with one, through the Agent's environment file. */
  named: z.boolean(),
})

const expected =
  'machine id, host keys, passwords, and the Agent’s token and certificate created on this instance; the Agent’s host name detected on it or given to it'

/**
 * What is wrong with the Agent's host name. A configured name that was not given to this instance came with the image,
 * and all clones would report as one host.
 *
 * @param provider `hostnameStats.provider`, the source of the name; undefined if the Agent does not report it.
 */
const nameProblems = (provider: string | undefined, named: boolean): string[] => {
  if (provider === undefined) return ['the running Agent does not report where its host name comes from']
  return provider === 'configuration' && !named
    ? [
        'the Agent’s host name is configured (hostname: in datadog.yaml, or a variable of its unit), but this instance was given no DD_HOSTNAME: clones would report as one host',
      ]
    : []
}

/** Judges that nothing that identifies this instance came with the image (fault 45). */
export const judgeIdentity = (
  { missing, old, files, machineId, dbus, named }: z.infer<typeof reportSchema>,
  provider: string | undefined,
): Verdict => {
  const verdict = judge(expected, `${files.length} files, all created on this instance`, [
    ...missing.map((pattern) => `${pattern} does not exist`),
    ...Object.entries(old).map(([path, seconds]) => `${path} is ${seconds} s older than this instance`),
    ...(machineId ? [] : ['/etc/machine-id is not 32 hexadecimal digits']),
    ...(dbus ? [] : ['/var/lib/dbus/machine-id is not this machine’s']),
    ...nameProblems(provider, named),
  ])
  // The Agent creates its files when it starts, so missing ones may still appear. Age and format don't change.
  return missing.length > 0 || provider === undefined ? verdict : final(verdict)
}

export const check: BoxCheck = {
  run: (guest) => {
    const { expectations, fresh } = guest.context
    const required = [
      ...(expectations.database?.present ?? []),
      // Shows that cloud-init treated this machine as a new instance. A machine in use may have no cloud at all.
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
