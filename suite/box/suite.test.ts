import { appendFile, readFile, writeFile } from 'node:fs/promises'
import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { createLimiter, type Limiter } from '../../scripts/lib/verify/limiter.ts'
import { connect, type Session } from '../../scripts/lib/verify/ssh.ts'
import type { SuiteContext } from '../../scripts/lib/verify/types.ts'
import type { BoxCheck } from './check.ts'
import { createGuest, type Guest } from './guest.ts'
import { registry } from './registry.ts'
import { judge, type Verdict } from './verdict.ts'

const file = process.env.BOXHOUND_CONTEXT
if (file === undefined) throw new Error('BOXHOUND_CONTEXT is not set: start the suite with "npm run verify"')
const context = JSON.parse(await readFile(file, 'utf8')) as SuiteContext
const checks = registry(context.expectations)
const lanes = new Map<string, Limiter>()
let session: Session
let guest: Guest

const serialize = ({ code, message, details: { cause: _, ...details } }: BoxhoundError): string =>
  JSON.stringify({ code, message, details })

const inLane = ({ lane, run }: BoxCheck): Promise<{ verdict: Verdict; seconds: number }> => {
  const timed = async (): Promise<{ verdict: Verdict; seconds: number }> => {
    const begun = Date.now()
    const verdict = await run(guest).catch((error: unknown) => judge('the check can be made', '', [formatError(error)]))
    return { verdict, seconds: (Date.now() - begun) / 1000 }
  }
  if (lane === undefined) return timed()
  const limiter = lanes.get(lane) ?? createLimiter(1)
  lanes.set(lane, limiter)
  return limiter(timed)
}

test.before('log in', async () => {
  try {
    session = await connect(context.target)
  } catch (error) {
    // Whoever started the suite tells it to the user, as an error of its own and not as a test's stack.
    if (error instanceof BoxhoundError) await writeFile(`${context.results}.error`, serialize(error))
    throw error
  }
  guest = createGuest(session, context)
})

test.after.always('log out', () => session?.close())

for (const id of context.planned) {
  test(id, async (t) => {
    const check = checks.find((other) => other.id === id)
    if (check === undefined) return t.fail(`suite/box/checks has no check "${id}"`)
    const { verdict, seconds } = await inLane(check)
    const { passed, expected, observed } = verdict
    const result = { id, title: check.title, status: passed ? 'passed' : 'failed', seconds, expected, observed }
    await appendFile(context.results, `${JSON.stringify(result)}\n`)
    t.true(passed, observed)
  })
}
