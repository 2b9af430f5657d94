import test from 'ava'
import { re2Problem } from '../../scripts/lib/box/re2.ts'
import { bare, loadText, refused, where } from './_files.ts'

const withLogs = (lines: string): string => `${bare}logs:\n  ${lines}\n`
const web = (more: string, path = '/var/log/x/*.log') =>
  withLogs(`web: { type: file, path: "${path}", source: s, ${more} }`)

const wrong: readonly (readonly [text: string, place: string, said: RegExp])[] = [
  [withLogs('[a]'), '6:3', /^a map of log sources/],
  [withLogs('web:'), '6:3', /./],
  [withLogs('Web: { type: tcp, port: 9999, source: s }'), '6:3', /^a name of your own/],
  [withLogs('web: { type: fiel, path: /x, source: s }'), '6:16', /file, journald, tcp or udp/],
  [withLogs('web: { type: docker, source: s }'), '6:16', /file, journald, tcp or udp/],
  [withLogs('web: { path: /x, source: s }'), '6:8', /file, journald, tcp or udp/],
  [withLogs('web: { type: file, source: s }'), '6:8', /add logs.web.path/],
  [withLogs('web: { type: file, path: /x }'), '6:8', /add logs.web.source/],
  [withLogs('web: { type: file, paht: /x, path: /x, source: s }'), '6:22', /did you mean "path"\?/],
  [withLogs('web: { type: tcp, port: 80, source: s }'), '6:27', /dd-agent may not listen below/],
  [withLogs('web: { type: tcp, port: 70000, source: s }'), '6:27', /up to 65535/],
  [withLogs('web: { type: udp, port: "9999", source: s }'), '6:27', /a port.*remove the quotes/],
  [withLogs('web: { type: udp, port: 8125, source: s }'), '6:27', /a free port/],
  [withLogs('web: { type: udp, port: 9999, source: S }'), '6:41', /^a source of lower-case/],
  [withLogs('web: { type: udp, port: 9999, source: s, service: My App }'), '6:53', /write my_app/],
  [web('start_position: start'), '6:75', /^end, beginning/],
  [web('start_position: beginning'), '6:75', /^end or forceEnd/],
  [web('exclude_paths: [/var/log/x/a.log]', '/var/log/x.log'), '6:72', /^no exclude_paths/],
  [web('exclude_paths: []'), '6:74', /^at least one path/],
  [web('encoding: latin1'), '6:69', /^utf-16-le/],
  [web('log_processing_rules: []'), '6:81', /^at least one rule/],
  [web('log_processing_rules: [{ type: exclude, name: a, pattern: x }]'), '6:90', /^exclude_at_match, include/],
  [web('log_processing_rules: [{ type: exclude_at_match, name: a, pattern: "(" }]'), '6:126', /RE2.*correct it/],
  [web('log_processing_rules: [{ type: exclude_at_match, name: a, pattern: "(?!x)" }]'), '6:126', /look-ahead/],
  [web('log_processing_rules: [{ type: exclude_at_match, name: a, pattern: "" }]'), '6:126', /regular expression/],
  [web('log_processing_rules: [{ type: mask_sequences, name: a, pattern: x }]'), '6:82', /add replace_placeholder/],
  [
    web('log_processing_rules: [{ type: include_at_match, name: a, pattern: x }]'),
    '6:8',
    /a line that the rules let pass/,
  ],
  [web('try: []'), '6:64', /^at least one line/],
  [web('try: [{ line: x, arrives: false }]'), '6:64', /at least one line that arrives/],
  [web('try: [{ line: "a\\nb" }]'), '6:73', /one line/],
  [web('try: [{ line: "a {id}", arrives: b }]'), '6:92', /\{id\} in both/],
]

for (const [text, place, said] of wrong)
  test(`refused at its place, with what to do: ${text.slice(bare.length).replaceAll(/\s+/g, ' ')}`, async (t) => {
    const error = await refused(t, text)
    t.is(where(error), place)
    t.regex(`${error.details.expected} ${error.details.found} ${error.details.next}`, said)
  })

for (const path of ['x.log', '/var/log/../x', '/var//log', '/a b', '/a%h', '/a,b', '/var/log/', "/a'b", '/'])
  test(`no path of a log source: ${path}`, async (t) => {
    t.regex((await refused(t, web('tags: [a:b]', path))).details.expected ?? '', /^an absolute path/)
  })

test('a port is taken once for each protocol, and not by anything else of the box', async (t) => {
  const twice = withLogs(`a: { type: tcp, port: 9999, source: s }
  b: { type: tcp, port: 9999, source: s }`)
  t.regex((await refused(t, twice)).message, /port 9999 is taken by logs.a/)
  await t.notThrowsAsync(loadText(t, twice.replace('b: { type: tcp', 'b: { type: udp')))
  const app = `${withLogs('a: { type: tcp, port: 5050, source: s }')}app: { port: 5050, service: a, env: b, version: "1" }\n`
  t.regex((await refused(t, app)).message, /taken by the app/)
})

test('one path is followed once, and only where the Agent collects logs', async (t) => {
  const twice = withLogs(`a: { type: file, path: /x.log, source: s }
  b: { type: file, path: /x.log, source: t }`)
  t.regex((await refused(t, twice)).message, /logs.a follows the same path/)
  const off = withLogs('a: { type: file, path: /x.log, source: s }').replace('7.83.0 }', '7.83.0, logs: false }')
  t.regex((await refused(t, off)).message, /collects no logs/)
})

test('each line that is tried has a word of its own', async (t) => {
  const { logs } = await loadText(
    t,
    web('try: [{ line: a }, { line: "b {id}", arrives: "c {id}" }, { line: d, arrives: false }]'),
  )
  t.deepEqual(logs[0]?.trials, [
    { line: 'a {id}', arrives: 'a {id}' },
    { line: 'b {id}', arrives: 'c {id}' },
    { line: 'd {id}', arrives: null },
  ])
  t.false('try' in (logs[0]?.config ?? {}))
  const [own] = (await loadText(t, web('tags: [a:b]'))).logs
  t.deepEqual(own?.trials, [{ line: 'a line of boxhound, {id}', arrives: 'a line of boxhound, {id}' }])
})

const taken = [
  '(?i)error',
  '(?P<a>x)',
  '(?<a>x)',
  '[[:digit:]]+',
  '\\pL+',
  '\\p{Greek}',
  '\\Qa(b\\E',
  '\\Ax\\z',
  'a\\+b',
  '[+]+',
  '(?s:.)',
  '\\x{10FFFF}',
  '[]a]',
]
const left = [
  '(?=x)',
  '(?!x)',
  '(?<=x)',
  '(?<!x)',
  '(x)\\1',
  '(?<a>x)\\k<a>',
  '(?>x)',
  'a++',
  'a*+',
  '\\Z',
  '(',
  '[a',
  'a**',
  'x{2,1}',
  '*',
]

test('regular expressions are RE2’s', (t) => {
  for (const pattern of taken) t.is(re2Problem(pattern), undefined, pattern)
  for (const pattern of left) t.truthy(re2Problem(pattern), pattern)
})
