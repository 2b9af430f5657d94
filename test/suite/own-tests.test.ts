import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { ownTests } from '../../scripts/lib/render/own-tests.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { allIds } from '../../scripts/lib/verify/plan.ts'
import { runOwnTest } from '../../suite/box/author/run.ts'
import { boxBeside, head } from '../boxfile/_layers.ts'

const project = projectAt(process.cwd(), {})

const compiled = (t: ExecutionContext, text: string, more: Readonly<Record<string, string>> = {}) =>
  ownTests(boxBeside(t, head, { 'tests/site.test.ts': text, ...more }), project)

/** A machine that answers everything in one way. */
const guest = {
  run: async (words: readonly string[]) => ({ code: 3, stdout: words.join(' '), stderr: '', seconds: 0 }),
  probe: async (_: string, input?: unknown) =>
    (input as { kind: string }).kind === 'http'
      ? { status: 200, headers: { a: 'b' }, body: 'Welcome', error: '' }
      : {
          exists: true,
          type: 'file',
          mode: '0644',
          owner: 'root',
          group: 'root',
          size: 1,
          sha256: 'x',
          target: '',
          content: 'y',
        },
}

const verdictOf = async (t: ExecutionContext, body: string, seconds = 20, above = '') => {
  const [own] = await compiled(t, `${above}\nexport const a = async (guest: any): Promise<void> => {\n${body}\n}\n`)
  return runOwnTest(guest, { code: own?.code ?? '', name: 'a' }, seconds)
}

test('a test asks the machine, and is green by its assertions', async (t) => {
  const body = `
    const { code, stdout } = await guest.run(['id', '-u'], { user: 'web' })
    guest.expect(code, 'code').is(3)
    guest.expect(stdout).is('runuser -u web -- id -u')
    guest.expect((await guest.file('/etc/x')).mode).is('0644')
    const { status, headers, body } = await guest.http('http://127.0.0.1/')
    guest.expect(status).atLeast(200); guest.expect(status).atMost(299)
    guest.expect(headers).is({ a: 'b' }); guest.expect(body).contains('Wel'); guest.expect(body).matches(/come$/)`
  const verdict = await verdictOf(t, body)
  t.true(verdict.passed, verdict.observed)
  t.is(verdict.observed, '8 assertions hold')
})

for (const [what, body, observed, above] of [
  ['an assertion that does not hold', 'guest.expect(1, "one").is(2)', /^one is 1, not 2$/, ''],
  ['a text that lacks something', 'guest.expect("a").contains("b")', /lacks 'b'/, ''],
  ['a number as text', 'guest.expect("5").atLeast(1)', /below 1/, ''],
  ['no assertion at all', 'await guest.run(["true"])', /made no assertion/, ''],
  ['an exception', 'throw new Error("oops")', /^oops$/, ''],
  ['an exception after its assertions', 'guest.expect(1).is(1); null.x', /null/, ''],
  [
    'a file that throws while it is loaded',
    'guest.expect(1).is(1)',
    /while it was loaded.*broken/s,
    'throw new Error("broken")',
  ],
  ['one that ends the process', 'guest.expect(1).is(1); process.exit(0)', /ended by itself, with exit status 0/, ''],
  ['an address of another machine', 'await guest.http("http://example.org/")', /other machines|machine itself/, ''],
  ['a call with wrong arguments', 'await guest.run("id")', /wrong arguments/, ''],
  ['a time that runs out', 'await guest.within(1, async () => guest.expect(1).is(2))', /is 1, not 2/, ''],
] as const)
  test(`${what} is red, with the reason`, async (t) => {
    const verdict = await verdictOf(t, body, 20, above)
    t.false(verdict.passed)
    t.regex(verdict.observed, observed)
  })

for (const [what, body] of [
  ['waits for ever', 'guest.expect(1).is(1); await new Promise(() => setInterval(() => {}, 1000))'],
  ['computes for ever', 'guest.expect(1).is(1); for (;;) {}'],
] as const)
  test(`a test that ${what} is ended, and red`, async (t) => {
    const verdict = await verdictOf(t, body, 1)
    t.false(verdict.passed)
    t.regex(verdict.observed, /did not end within 1 s/)
  })

test('a condition that comes true in time is green', async (t) => {
  const { passed, observed } = await verdictOf(
    t,
    'let n = 0; await guest.within(10, async () => guest.expect(n++).is(1))',
  )
  t.true(passed, observed)
  t.is(observed, '1 assertions hold')
})

test('a test sees nothing of this process’s environment', async (t) => {
  t.true((await verdictOf(t, 'guest.expect(Object.keys(process.env).length).is(0)')).passed)
})

test('each export is a planned id; a test may import a file beside it', async (t) => {
  const file = boxBeside(t, head, {
    'tests/site.test.ts':
      'import { n } from "./help.ts"\nexport const b = (guest: any): void => guest.expect(n).is(1)\nexport function a() {}\n',
    'tests/help.ts': 'export const n: number = 1\n',
    'tests/notes.txt': 'nothing\n',
  })
  const { expectations } = await renderBox(await loadBox(file, project), project)
  t.deepEqual(allIds(expectations).slice(-2), ['test.site.a', 'test.site.b'])
  t.notRegex(expectations.tests?.[0]?.code ?? '', /boxhound-test-|\/tmp\//, 'no path of this machine')
})

for (const [what, text, message] of [
  ['nothing exported', 'const a = 1\n', /exports no test/],
  ['a default export', 'export default () => {}\n', /default export/],
  ['what does not compile', 'export const a = (\n', /./],
  ['an import that leads nowhere', 'import "./none.ts"\nexport const a = 1\n', /none/],
] as const)
  test(`${what} is refused with its file`, async (t) => {
    const error = await t.throwsAsync(compiled(t, text), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 2)
    t.regex(error.message, message)
    t.regex(error.details.file ?? '', /tests\/site\.test\.ts$/)
  })

test('a key in a test is refused, and not quoted', async (t) => {
  const key = '0123456789abcdef'.repeat(2)
  const error = await t.throwsAsync(compiled(t, `const api_key = '${key}'\nexport const a = 1\n`), {
    instanceOf: BoxhoundError,
  })
  t.is(error.code, 'E_SECRET')
  t.false(JSON.stringify([error.message, error.details]).includes(key))
})

test('the name of a file becomes part of an id', async (t) => {
  const file = boxBeside(t, head, { 'tests/My Site.test.ts': 'export const a = 1\n' })
  t.is((await t.throwsAsync(ownTests(file, project), { instanceOf: BoxhoundError })).exitCode, 2)
})
