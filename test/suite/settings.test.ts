import test from 'ava'
import type { Settings } from '../../scripts/lib/box/agent.ts'
import { judgeConfig } from '../../suite/box/checks/agent-config.ts'
import { differences } from '../../suite/box/settings.ts'

const same: readonly (readonly [wanted: Settings, found: unknown])[] = [
  [{ GUI_port: -1 }, { gui_port: -1, other: 5 }],
  [{ a: { B: ['x', { C: 1 }] } }, { a: { b: ['x', { c: 1 }] } }],
  [{ port: '8125' }, { port: 8125 }],
  [{ port: 8125 }, { port: '8125' }],
  [{ ratio: 1 }, { ratio: '1.0' }],
  [{ wait: '1m30s' }, { wait: 90_000_000_000 }],
  [{ wait: '90s' }, { wait: '1m30s' }],
  [{ tags: 'a:1 b:2' }, { tags: ['a:1', 'b:2'] }],
  [{ proxy: { https: 'ENC[p]' } }, { proxy: { https: 'http://user:********@proxy' } }],
  [{ auth_token: '' }, { auth_token: '********' }],
  [{ grpc: {} }, {}],
  [{ grpc: {} }, { grpc: null }],
  [{ list: [] }, { list: null }],
]

for (const [wanted, found] of same)
  test(`${JSON.stringify(wanted)} is the same as ${JSON.stringify(found)}`, (t) =>
    t.deepEqual(differences(wanted, found), []))

const other: readonly (readonly [wanted: Settings, found: unknown, problem: RegExp])[] = [
  [{ a: 1 }, {}, /^a is absent, not 1$/],
  [{ a: true }, { a: false }, /^a is false, not true$/],
  [{ a: true }, { a: 1 }, /^a is 1, not true$/],
  [{ a: 'x' }, { a: 'X' }, /^a is "X", not "x"$/],
  [{ a: '' }, { a: 0 }, /^a is 0, not ""$/],
  [{ a: { b: 2 } }, { a: { b: 3 } }, /^a\.b is 3, not 2$/],
  [{ a: { b: 2 } }, { a: 'b' }, /^a is "b"/],
  [{ a: [1, 2] }, { a: [1] }, /^a is \[1\], not \[1,2\]$/],
  [{ a: [1, 2] }, { a: [1, 3] }, /^a\[1\] is 3, not 2$/],
  [{ a: '10s' }, { a: '11s' }, /^a is "11s"/],
  [{ p: 'ENC[x]' }, {}, /^p is absent/],
  [{ p: 'ENC[x]' }, { p: 'ENC[x]' }, /^p was not resolved/],
]

for (const [wanted, found, problem] of other)
  test(`${JSON.stringify(wanted)} is not ${JSON.stringify(found)}`, (t) => {
    const problems = differences(wanted, found)
    t.is(problems.length, 1)
    t.regex(problems[0] ?? '', problem)
  })

test('what the Agent prints is judged, not that it printed', (t) => {
  const wanted = { log_level: 'debug' }
  const answer = { code: 0, stdout: 'api_key: "****"\nlog_level: debug\n', stderr: '' }
  t.true(judgeConfig(wanted, answer).passed)
  t.like(judgeConfig(wanted, { ...answer, stdout: 'log_level: info\n' }), { passed: false, final: true })
  const failed = judgeConfig(wanted, { code: 255, stdout: '', stderr: 'Error: unknown command' })
  t.false(failed.passed)
  t.regex(failed.observed, /exit status 255\nError: unknown command/)
  t.false(judgeConfig(wanted, { ...answer, stdout: '{' }).passed)
  t.false(judgeConfig(wanted, { ...answer, stdout: '' }).passed)
})
