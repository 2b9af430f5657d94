import test from 'ava'
import pLimit, { type LimitFunction } from 'p-limit'
import { formatError } from '../../scripts/lib/_helpers/errors.ts'
import { isUnreachable } from '../../scripts/lib/verify/unreachable.ts'
import type { BoxCheck } from './check.ts'
import { openConnection } from './connection.ts'
import { createGuest, type Guest } from './guest.ts'
import { registry } from './registry.ts'
import { judge, notJudged, type Verdict } from './verdict.ts'

const connection = openConnection(process.env)
const context = await connection.context
const checks = registry(context.expectations)
const lanes = new Map<string, LimitFunction>()
let guest: Guest

/** The verdict of a check that threw. An unreachable machine is not judged; any other error is red. */
const failure = (error: unknown): Verdict => {
  const expected = 'the check runs to its end'
  return isUnreachable(error)
    ? { ...notJudged(expected, formatError(error)), passed: false, lost: true }
    : judge(expected, '', [formatError(error)])
}

const inLane = ({ lane, run }: BoxCheck): Promise<{ verdict: Verdict; seconds: number }> => {
  const timed = async (): Promise<{ verdict: Verdict; seconds: number }> => {
    const begun = Date.now()
    const verdict = await run(guest).catch(failure)
    return { verdict, seconds: (Date.now() - begun) / 1000 }
  }
  if (lane === undefined) return timed()
  const limiter = lanes.get(lane) ?? pLimit(1)
  lanes.set(lane, limiter)
  return limiter(timed)
}

test.before('the machine is reached', async () => {
  guest = createGuest(connection, context, await connection.ready)
})

test.after.always('all outcomes have reached the verifying process', () => connection.end())

for (const { id } of context.planned) {
  test(id, async (t) => {
    const check = checks.get(id)
    if (check === undefined) return t.fail(`suite/box/registry.ts has no check "${id}"`)
    const { verdict, seconds } = await inLane(check)
    const { passed, expected, observed } = verdict
    const status = verdict.notJudged === true ? 'not judged' : passed ? 'passed' : 'failed'
    connection.tell({ id, status, seconds, expected, observed, ...(verdict.lost === true ? { lost: true } : {}) })
    t.true(passed, observed)
  })
}
