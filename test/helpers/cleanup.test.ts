import test from 'ava'
import { signalExitCode, withCleanup, withoutInterruption } from '../../scripts/lib/_helpers/cleanup.ts'
import { startScript } from './_child.ts'

const script = new URL('./_interrupted.ts', import.meta.url)

test.serial('cleans up after work that ends, from the inside out, and hands its value on', async (t) => {
  const order: string[] = []
  const value = await withCleanup(
    () => void order.push('outer'),
    () =>
      withCleanup(
        () => void order.push('inner'),
        async () => {
          order.push('work')
          return 7
        },
      ),
  )
  t.is(value, 7)
  t.deepEqual(order, ['work', 'inner', 'outer'])
})

test.serial('cleans up after work that throws, once', async (t) => {
  let cleaned = 0
  await t.throwsAsync(
    withCleanup(
      () => {
        cleaned += 1
      },
      () => Promise.reject(new Error('the work')),
    ),
    { message: 'the work' },
  )
  t.is(cleaned, 1)
})

test.serial('an error of the clean-up never masks that of the work, and is told', async (t) => {
  const { error } = console
  const told: unknown[] = []
  console.error = (line) => told.push(line)
  t.teardown(() => {
    console.error = error
  })
  const cleanup = (): Promise<void> => Promise.reject(new Error('the clean-up'))
  await t.throwsAsync(
    withCleanup(cleanup, () => Promise.reject(new Error('the work'))),
    { message: 'the work' },
  )
  t.deepEqual(told, ['while cleaning up: Error: the clean-up'])
  await t.throwsAsync(
    withCleanup(cleanup, async () => {}),
    { message: 'the clean-up' },
  )
})

test.serial('signals are listened to only while there is something to clean up', async (t) => {
  const before = process.listenerCount('SIGTERM')
  await withCleanup(
    () => {},
    async () => t.is(process.listenerCount('SIGTERM'), before + 1),
  )
  await t.throwsAsync(withoutInterruption(() => Promise.reject(new Error('work'))))
  t.is(process.listenerCount('SIGTERM'), before)
})

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  test(`fault 25: ${signal} cleans up from the inside out and ends the run with ${code}`, async (t) => {
    t.is(signalExitCode(signal), code)
    const { child, output, says, ended } = startScript(t, script)
    await says('ready')
    child.kill(signal)
    t.deepEqual(await ended, { code, signal: null })
    t.regex(output(), /inner begins\ninner ended\nouter cleaned\n/)
  })

test('a second signal ends the run at once', async (t) => {
  const { child, output, says, ended } = startScript(t, script, ['stuck'])
  await says('ready')
  child.kill('SIGTERM')
  await says('inner begins')
  child.kill('SIGINT')
  t.deepEqual(await ended, { code: 130, signal: null })
  t.notRegex(output(), /outer cleaned/)
})

test('a clean-up that fails does not keep the others from cleaning up', async (t) => {
  const { child, output, says, ended } = startScript(t, script, ['failing'])
  await says('ready')
  child.kill('SIGTERM')
  t.is((await ended).code, 143)
  t.regex(output(), /inner fails/)
  t.regex(output(), /outer cleaned/)
})

test('a signal waits for work that must not be cut in two, and for a clean-up that has begun', async (t) => {
  for (const [mode, line] of [
    ['whole', 'whole'],
    ['cleaning', 'cleaned once'],
  ] as const) {
    const { child, output, says, ended } = startScript(t, script, [mode])
    await says('ready')
    child.kill('SIGTERM')
    t.is((await ended).code, 143)
    t.is(output().split(`${line}\n`).length, 2, output())
    t.notRegex(output(), /never/)
    t.regex(output(), /outer cleaned/)
  }
})

test('fault 25: what leaves something behind is not begun once a signal has come: its clean-up may be over', async (t) => {
  const { child, output, says, ended } = startScript(t, script, ['late'])
  await says('ready')
  child.kill('SIGTERM')
  t.is((await ended).code, 143)
  t.regex(output(), /SIGTERM ends this run: no new work is started/)
  t.notRegex(output(), /never/)
})
