import test from 'ava'
import type { CommandResult } from '../../scripts/lib/verify/command.ts'
import type { SuiteContext } from '../../scripts/lib/verify/types.ts'
import { runWithAgent } from '../../suite/box/agent.ts'
import { createGuest, type Guest } from '../../suite/box/guest.ts'
import { judge } from '../../suite/box/verdict.ts'
import { lab } from '../verify/_expectations.ts'

const answer = (code: number): CommandResult => ({ code, stdout: '', stderr: '', seconds: 0 })

const guestWith = (run: (command: string) => CommandResult, poll = 5): Guest => {
  const context: SuiteContext = {
    ...{ target: { host: 'h', port: 22, user: 'root', key: '/k', hostKey: '' }, expectations: lab, planned: [] },
    ...{ fresh: false, vagrant: false, keyed: null, deadlines: { command: 5, poll } },
  }
  return createGuest({ run: async (command) => run(command) }, context, 'AAAA')
}

test('an Agent that answers is asked in one session', async (t) => {
  const commands: string[] = []
  const guest = guestWith((command) => {
    commands.push(command)
    return answer(0)
  })
  t.is((await runWithAgent(guest, ['datadog-agent', 'status'], 'status')).code, 0)
  t.is(commands.length, 1)
  t.regex(commands[0] ?? '', /127\.0\.0\.1\/5001[\s\S]*exec[\s\S]*datadog-agent status$/)
})

test('checks that need an Agent which does not answer yet wait in one session together, and then ask in any case', async (t) => {
  const commands: string[] = []
  const guest = guestWith((command) => {
    commands.push(command)
    return answer(command.includes('exec "$@"') ? 75 : 1)
  })
  const results = await Promise.all(['a', 'b', 'c'].map((name) => runWithAgent(guest, ['ask', name], name)))
  t.deepEqual(
    results.map(({ code }) => code),
    [1, 1, 1],
  )
  t.is(commands.filter((command) => command.includes('seq')).length, 1)
  t.deepEqual(
    commands.filter((command) => command.startsWith('ask')),
    ['ask a', 'ask b', 'ask c'],
  )
})

test('what is not there yet is asked for again until it is green', async (t) => {
  let tries = 0
  const guest = guestWith(() => answer(0))
  const verdict = await guest.until(async () => {
    tries += 1
    return judge('three', String(tries), tries < 3 ? ['not yet'] : [])
  }, 'three')
  t.true(verdict.passed)
  t.is(tries, 3)
})

test('a red verdict is told with the time that it was waited for, and a final one at once', async (t) => {
  const guest = guestWith(() => answer(0), 0.2)
  const red = await guest.until(async () => judge('e', '', ['still red']), 'e')
  t.regex(red.observed, /^still red\n\(last seen after \d+ s\)$/)
  const final = await guest.until(async () => ({ ...judge('e', '', ['red']), final: true }), 'e')
  t.is(final.observed, 'red')
})
