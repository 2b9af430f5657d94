import * as z from 'zod'
import type { BoxCheck } from '../check.ts'
import { configFile } from '../database.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const reportSchema = z.object({
  missing: z.array(z.string()),
  /** File to the seconds by which it is older than this instance. */
  old: z.record(z.string(), z.number()),
  files: z.array(z.string()),
  machineId: z.boolean(),
  dbus: z.boolean(),
})

const expected = 'machine id, host keys, the Agent’s token and certificate, and passwords made on this instance'

/** Judges that nothing by which clones are told apart came with the image (fault 45). */
export const judgeIdentity = ({ missing, old, files, machineId, dbus }: z.infer<typeof reportSchema>): Verdict => {
  const verdict = judge(expected, `${files.length} files, all made since this instance began`, [
    ...missing.map((pattern) => `${pattern} does not exist`),
    ...Object.entries(old).map(([path, seconds]) => `${path} is ${seconds} s older than this instance`),
    ...(machineId ? [] : ['/etc/machine-id is not 32 hexadecimal digits']),
    ...(dbus ? [] : ['/var/lib/dbus/machine-id is not this machine’s']),
  ])
  // The Agent makes its files when it starts; age and shape of what is there stay as they are.
  return missing.length > 0 ? verdict : final(verdict)
}

export const check: BoxCheck = {
  run: (guest) => {
    const { expectations, fresh } = guest.context
    const required = [
      ...(expectations.database === null ? [] : [configFile]),
      // cloud-init took this machine for a new instance. One in use may do without any cloud.
      ...(fresh && expectations.seed === 'nocloud' ? ['/var/lib/cloud/instance/sem/config_ssh'] : []),
    ]
    return guest.until(
      async () => judgeIdentity(reportSchema.parse(await guest.probe('identity', { required }))),
      expected,
    )
  },
}
