import * as z from 'zod'
import type { BoxCheck } from '../check.ts'
import { containerOf, processFile } from '../container.ts'
import { databaseOf, loginOf } from '../database.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const attemptSchema = z.object({
  /** Where the login was tried from, and its address there. */
  from: z.string(),
  address: z.string(),
  /** Whether this place must be admitted. */
  wanted: z.boolean(),
  admitted: z.boolean(),
  /** What the client or the server said of a refusal. */
  said: z.string(),
  /** Why the attempt proves nothing; empty if it does. */
  error: z.string(),
})
type Attempt = z.infer<typeof attemptSchema>

/** Judges logins with the Agent's own user and password from several addresses. */
export const judgeAccess = (attempts: readonly Attempt[]): Verdict => {
  const admitted = attempts.filter((one) => one.admitted).map(({ from, address }) => `${address} (${from})`)
  const refused = attempts.filter((one) => !one.admitted).map(({ address }) => address)
  return judge(
    'the Agent’s login is accepted from its container, and refused from another address of the bridge and another network',
    `admitted: ${admitted.join(', ')}; refused: ${refused.join(', ')}`,
    attempts.flatMap(({ from, address, wanted, admitted, said, error }) => {
      if (error !== '') return [`${from} at ${address}: ${error}`]
      if (admitted === wanted) return []
      return [admitted ? `${from} at ${address} is admitted` : `${from} at ${address} is refused: ${said}`]
    }),
  )
}

export const check: BoxCheck = {
  lane: 'database',
  run: (guest) => {
    const { client, login: statement } = databaseOf(guest)
    const { name, gateway, agent, subnet } = containerOf(guest)
    return guest.until(async () => {
      const login = await loginOf(guest)
      const network = processFile(name)
      const report = await guest.probe('access', { client, login, statement, network, gateway, agent, subnet })
      const attempts = z.array(attemptSchema).parse(report)
      const verdict = judgeAccess(attempts)
      return attempts.every(({ error, wanted, admitted }) => error === '' && (!wanted || admitted))
        ? final(verdict)
        : verdict
    }, 'logins from the container and from elsewhere')
  },
}
