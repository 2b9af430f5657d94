import type { BoxCheck } from '../check.ts'
import { judge, list, missing } from '../verdict.ts'

/** Units as `systemctl show` lists them: a name with a backslash is quoted, and the backslash doubled. */
export const unitsIn = (text: string): string[] =>
  [...text.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain,
  )

export const check: BoxCheck = {
  run: async (guest) => {
    const { after = [] } = guest.context.expectations.agent
    const words = ['systemctl', 'show', '--value', '-p', 'After', 'datadog-agent.service']
    const { stdout, stderr } = await guest.run(words)
    const found = unitsIn(stdout)
    const absent = missing(after, found)
    const problems = absent.length === 0 ? [] : [`not after ${list(absent)}: ${stderr.trim() || list(found)}`]
    return judge(`datadog-agent.service starts after ${list(after)}`, list(after), problems)
  },
}
