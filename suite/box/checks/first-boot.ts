import * as z from 'zod'
import { parseForeign } from '../../../scripts/lib/_helpers/json.ts'
import type { BoxCheck } from '../check.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const recordSchema = z.object({
  schema: z.literal(1),
  box: z.string().nullable(),
  version: z.string().nullable(),
  state: z.string(),
  started: z.string(),
  finished: z.string().nullable(),
  bootId: z.uuid(),
  steps: z.array(z.object({ name: z.string(), status: z.string(), seconds: z.number(), message: z.string() })),
})

const file = '/var/lib/boxhound/first-boot.json'

/** Judges the record that first boot leaves: every step done, by this box and version. */
export const judgeFirstBoot = (text: string, box: string, version: string): Verdict => {
  const expected = `first boot of ${box} ${version} is done, and so is every step`
  const record = recordSchema.parse(parseForeign(text))
  const problems = [
    ...(record.state === 'done' && record.finished !== null ? [] : [`state is ${record.state}`]),
    ...record.steps
      .filter(({ status }) => status !== 'done')
      .map(({ name, status, message }) => `${name} ${status}: ${message}`),
    ...(record.steps.length === 0 ? ['no step is recorded'] : []),
    ...(record.box === box && record.version === version ? [] : [`made by ${record.box} ${record.version}`]),
  ]
  const seconds = record.steps.reduce((sum, step) => sum + step.seconds, 0)
  const verdict = judge(expected, `${record.steps.length} steps done in ${seconds.toFixed(1)} s`, problems)
  return record.state === 'running' ? { ...verdict, progress: record.steps.length } : final(verdict)
}

export const check: BoxCheck = {
  run: (guest) => {
    const { box, version } = guest.context.expectations
    return guest.until(async () => {
      const { code, stdout, stderr } = await guest.run(['cat', file])
      return code === 0 ? judgeFirstBoot(stdout, box, version) : judge(`a record in ${file}`, '', [stderr.trim()])
    }, `a record in ${file}`)
  },
}
