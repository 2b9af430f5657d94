import * as z from 'zod'
import type { BoxCheck } from '../check.ts'
import { judge, type Verdict } from '../verdict.ts'

const findings = z.array(z.object({ file: z.string(), setting: z.string(), length: z.number() }))

const environment = '/etc/datadog-agent/environment'

/**
 * Judges which of the Agent's files contain a key.
 *
 * @param keyed true if the caller gave a key, which belongs in `environment` and nowhere else; null if unknown.
 */
export const judgeKeys = (found: z.infer<typeof findings>, keyed: boolean | null): Verdict => {
  const describe = (item: (typeof found)[number]): string =>
    `${item.file} sets ${item.setting} (${item.length} characters)`
  const stray = found.filter(({ file }) => file !== environment || keyed === false).map(describe)
  const absent =
    keyed === true && stray.length === found.length ? [`${environment} lacks the key that was provided`] : []
  const expected = keyed === false ? 'no key in any file of the Agent' : `no key outside ${environment}`
  return judge(expected, found.length === 0 ? 'no key' : 'this instance’s key, only where it belongs', [
    ...stray,
    ...absent,
  ])
}

export const check: BoxCheck = {
  run: async (guest) => judgeKeys(findings.parse(await guest.probe('keys')), guest.context.keyed),
}
