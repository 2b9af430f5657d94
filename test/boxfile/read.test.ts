import test from 'ava'
import { maximumBytes } from '../../scripts/lib/box/guard.ts'
import { bare, loadText, refused, where } from './_files.ts'

const app = (port: string, env = 'trial') =>
  `${bare}app: { port: ${port}, service: trial-app, env: ${env}, version: 1.0.0 }\n`

test('fault 1: a placeholder in angle brackets is refused by the path of its key', async (t) => {
  const error = await refused(t, app('<3306>'))
  t.is(error.message, 'app.port is not valid')
  t.is(error.details.found, '<3306> (string)')
  t.regex(error.details.next ?? '', /placeholder/)
  t.is(where(error), '5:14')
})

test('fault 2: a tab as indentation is told with line and column', async (t) => {
  const error = await refused(t, `${bare}app:\n\tport: 5050\n`)
  t.is(where(error), '6:1')
  t.regex(error.message, /[Tt]ab/)
})

test('fault 3: a key that stands twice is told with both positions', async (t) => {
  const error = await refused(t, `${bare}agent:\n  version: 7.1.0\n`)
  t.is(where(error), '5:1')
  t.is(error.details.found, '"agent" here and at line 4, column 1')
})

test('fault 3: a key twice inside a flow map is found too', async (t) => {
  const error = await refused(t, app('1, port: 2'))
  t.is(where(error), '5:17')
  t.regex(error.details.found ?? '', /line 5, column 8/)
})

test('fault 4: a %YAML header is refused, since it turns no into false', async (t) => {
  const error = await refused(t, `%YAML 1.1\n---\n${bare}`)
  t.is(where(error), '1:1')
  t.regex(error.message, /directive/)
})

for (const written of ['012', '00', '-07', '0_7'])
  test(`fault 5: ${written} is refused with "quote it"`, async (t) => {
    const error = await refused(t, app(written))
    t.true(error.details.next?.endsWith(`quote it: "${written}"`), error.details.next)
    t.is(where(error), '5:14')
  })

test('fault 5: a quoted leading zero is text and a single zero is a number', async (t) => {
  const { app: loaded } = await loadText(t, app('5050', '"012"'))
  t.is(loaded?.env, '012')
  const error = await refused(t, app('0'))
  t.is(error.details.expected, 'a port number from 1 to 65535')
})

test('fault 6: a value that silently ends at a # is refused', async (t) => {
  const error = await refused(t, `${bare}refresh:\n  password: abc #d\n`)
  t.is(where(error), '6:13')
  t.false(error.details.found?.includes('abc'), 'a secret is not repeated')
  t.regex((await refused(t, `${bare}app:\n  env: abc #d\n`)).details.found ?? '', /abc #d/)
})

test('fault 6: after an unquoted secret even a comment is refused, since nobody can tell them apart', async (t) => {
  const error = await refused(t, `${bare}refresh:\n  db_password: abc # d\n`)
  t.is(where(error), '6:16')
  t.false(error.details.found?.includes('abc'))
})

test('fault 6: a comment with a blank after its # is a comment', async (t) => {
  const box = await loadText(t, bare.replace('box: x', 'box: x # the name').replace('1.0.0', '1.0.0 # first'))
  t.is(box.name, 'x')
})

test('fault 6: a tag that YAML drops with a warning is an error', async (t) => {
  const error = await refused(t, bare.replace('box: x', 'box: !abc'))
  t.is(where(error), '1:6')
  t.regex(error.message, /!abc/)
})

test('fault 7: a template that was never rendered is refused', async (t) => {
  const error = await refused(t, `${bare}app:\n  port: {{port}}\n`)
  t.is(where(error), '6:9')
  t.is(error.message, 'a template that was never rendered')
})

test('fault 8: an alias bomb ends in an error before anything is expanded', async (t) => {
  const lines = Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)
  const before = process.memoryUsage().heapUsed
  const error = await refused(t, `${bare}a0: &a0 [lol]\n${lines.join('\n')}\n`)
  t.regex(error.message, /anchor/)
  t.true(process.memoryUsage().heapUsed - before < 100e6)
})

for (const [what, text] of [
  ['brackets', '['.repeat(20000)],
  ['braces', '{a: '.repeat(10000)],
  ['list signs', '- '.repeat(20000)],
  ['question marks', '? '.repeat(20000)],
] as const)
  test(`fault 9: thousands of nested ${what} end in an error, not in an abort`, async (t) => {
    const error = await refused(t, `${bare}a: ${text}\n`)
    t.regex(error.message, /nested more than/)
  })

test('fault 9: brackets in a quoted value nest nothing', async (t) => {
  const error = await refused(t, app('1', `"${'['.repeat(60)}"`))
  t.is(error.message, 'app.env is not valid')
})

test('fault 9: a file above the cap is not parsed', async (t) => {
  const error = await t.throwsAsync(loadText(t, `# ${'x'.repeat(maximumBytes)}\n${bare}`))
  t.regex(error.message, /too large/)
})

test('fault 10: a NUL is refused, raw and escaped', async (t) => {
  t.is(where(await refused(t, app('1', 'a\0b'))), '5:43')
  const escaped = await refused(t, app('1', '"a\\0b"'))
  t.is(escaped.message, 'a NUL in a value')
  t.is(where(escaped), '5:42')
})

test('fault 11: ENC[x] inside a longer value is refused', async (t) => {
  const error = await refused(t, app('1', '"db-ENC[x]"'))
  t.regex(error.message, /ENC\[…\] is only part/)
  t.is(where(error), '5:42')
})

test('fault 12: unknown keys name the nearest known one, at every depth', async (t) => {
  for (const [text, nearest, position] of [
    [`${bare}chekcs: {}\n`, 'checks', '5:1'],
    [bare.replace('7.83.0', '7.83.0, tag: []'), 'tags', '4:27'],
    [`${bare}checks: { my_metric: { intervall: 3 } }\n`, 'interval', '5:24'],
    [`${bare}checks: { my_metric: { options: { mni: 3 } } }\n`, 'min', '5:35'],
    [bare.replace('7.83.0', '7.83.0, repository: { url: "http://a/", keys: [], suit: a }'), 'suite', '4:69'],
  ] as const) {
    const error = await refused(t, text)
    const own = error.details.cause instanceof AggregateError ? error.message : `${error.details.next}`
    t.true(own.includes(`did you mean "${nearest}"?`), own)
    t.true(`${where(error)} ${error.message}`.includes(position), where(error))
  }
})

test('fault 22: a pasted API key is refused wherever it stands, and never repeated', async (t) => {
  const key = '0123456789abcdef0123456789abcdef'
  for (const text of [
    bare.replace('7.83.0', `7.83.0, api_key: ${key}`),
    `${bare}# DD_API_KEY=${key}\n`,
    `${bare}${key}: DD_API_KEY\n`,
    `${bare}'\\x30${key.slice(1)}': 1\n`.replaceAll("'", '"'),
    bare.replace('7.83.0', `7.83.0, tags: [key:${key.toUpperCase()}]`),
    `${bare}checks: { source: { options: { url: "https://example.com/?api_key=${key}" } } }\n`,
    bare.replace('7.83.0', `7.83.0, api_key: "\\x30${key.slice(1)}"`),
    `${bare}checks: { source: { options: { keys: [a, ${key}] } } }\n`,
  ]) {
    const error = await refused(t, text)
    const told = JSON.stringify([error.message, error.details, String(error.details.cause)])
    t.true(told.includes('DD_API_KEY'), told)
    t.false(told.toLowerCase().includes(key.slice(1)), 'the key is not repeated')
  }
})

test('fault 22: an application key is refused, fingerprints of a repository are not', async (t) => {
  const error = await refused(t, `${bare}# the application key is ${'0f'.repeat(20)}\n`)
  t.true(error.details.next?.includes('DD_APP_KEY'))
  await t.notThrowsAsync(
    loadText(
      t,
      bare.replace(
        '7.83.0',
        `7.83.0, repository: { url: "http://a/", keys: [${'0F'.repeat(20)}], keyUrls: [http://a/k] }`,
      ),
    ),
  )
})

test('fault 77: a commit or a digest is no key where no key would stand', async (t) => {
  const commit = '3f786850e387550fdab836ed7e6dc881de23001b'
  for (const text of [
    app('5050').replace('1.0.0 }', `${commit} }`),
    bare.replace('7.83.0', `7.83.0, tags: ["git.commit.sha:${commit}"]`),
    `${bare}# of commit ${commit}\n`,
    `${bare}checks: { my_metric: { tags: ["md5:${commit.slice(8)}"] } }\n`,
  ])
    await t.notThrowsAsync(loadText(t, text), text)
  t.regex((await refused(t, `${bare}checks: { my_metric: { tags: ["token:${commit}"] } }\n`)).message, /looks like a/)
})

test('several problems are told together, ordered by position', async (t) => {
  const error = await refused(t, app('<3306>', '012').replace('lab: trixie', 'lab: sid'))
  t.regex(error.message, /^3 problems/)
  const lines = [...error.message.matchAll(/:(\d+:\d+): /g)].map(([, place]) => place)
  t.deepEqual(lines, ['3:14', '5:14', '5:47'])
})

test('two documents, an empty file, a list and bytes that are not UTF-8 are refused', async (t) => {
  t.regex((await refused(t, `${bare}---\n${bare}`)).details.next ?? '', /one file is one box/)
  t.is((await refused(t, '')).message, 'the file is empty')
  t.regex((await refused(t, '[]\n')).details.found ?? '', /list/)
  const error = await t.throwsAsync(loadText(t, Buffer.from([0x62, 0x3a, 0x20, 0xff, 0xfe])))
  t.is(error.message, 'not UTF-8')
})
