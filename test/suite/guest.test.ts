import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import test from 'ava'
import type { CommandResult } from '../../scripts/lib/verify/command.ts'
import type { SuiteContext } from '../../scripts/lib/verify/results.ts'
import { unreachable } from '../../scripts/lib/verify/unreachable.ts'
import { runWithAgent } from '../../suite/box/agent.ts'
import { createGuest, type Guest } from '../../suite/box/guest.ts'
import { judge } from '../../suite/box/verdict.ts'
import { waitFor } from '../../suite/box/wait.ts'
import { lab } from '../verify/_expectations.ts'

const answer = (code: number): CommandResult => ({ code, stdout: '', stderr: '', seconds: 0 })

const guestWith = (run: (command: string) => CommandResult, poll = 5, limit = 30): Guest => {
  const context: SuiteContext = {
    target: { host: 'h', port: 22, user: 'root', key: '/k', hostKey: '' },
    expectations: lab,
    planned: [],
    fresh: false,
    vagrant: false,
    keyed: null,
    deadlines: { command: 5, poll, limit },
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
  t.is(commands.filter((command) => command.includes('patience=')).length, 1)
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

test('patience is renewed as long as there is progress, and has an end all the same', async (t) => {
  const red = (progress: number) => ({ ...judge('e', '', ['not yet']), progress })
  let tries = 0
  const slow = await guestWith(() => answer(0), 0.5, 10).until(async () => {
    tries += 1
    // Each step takes half of the patience; all of them several times as much.
    return tries > 6 ? judge('e', 'there', []) : red(tries)
  }, 'e')
  t.true(slow.passed)
  const still = await guestWith(() => answer(0), 0.3, 10).until(async () => red(1), 'e')
  t.regex(still.observed, /last seen after [01] s/)
  let endless = 0
  const bounded = await guestWith(() => answer(0), 0.5, 1).until(async () => {
    endless += 1
    return red(endless)
  }, 'e')
  t.regex(bounded.observed, /last seen after [12] s/)
})

test('a machine that cannot be reached is not waited for', async (t) => {
  let tries = 0
  const waiting = guestWith(() => answer(0)).until(async () => {
    tries += 1
    throw unreachable('cat', 'Keepalive timeout')
  }, 'e')
  await t.throwsAsync(waiting, { code: 'E_UNREACHABLE', message: /connection to the machine was lost/ })
  t.is(tries, 1)
})

test('what is waited for in the machine is waited for by a script that ends when it is there, or patience is over', async (t) => {
  const run = promisify(execFile)
  const times: number[] = []
  const here: Guest['run'] = async (words) => {
    const begun = Date.now()
    const [file = '', ...rest] = words
    const code = await run(file, rest).then(
      () => 0,
      () => 1,
    )
    times.push((Date.now() - begun) / 1000)
    return answer(code)
  }
  const guest = { ...guestWith(() => answer(0), 2, 4), run: here }
  await waitFor(guest, 'true', { name: 'at once', units: ['no-such-unit'] })
  await waitFor(guest, 'false', { name: 'never', units: ['no-such-unit'] })
  const [once = 0, never = 0] = times
  t.true(once < 1.5, `${once}`)
  t.true(never >= 2 && never < 4, `${never}`)
})
