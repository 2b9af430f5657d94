import test from 'ava'
import type { Received, Span } from '../../lab/intake/payloads.ts'
import { awaitRoots, judgeRoots, rootsOf } from '../../scripts/lib/traffic/wired.ts'
import { figures } from './_figures.ts'

const none = { all: 0, errors: 0 }

const judged = (all: number, more: Partial<Parameters<typeof judgeRoots>[0]> = {}) =>
  judgeRoots({
    service: 'shop',
    app: figures(100),
    before: none,
    after: { all, errors: 0 },
    labAgent: true,
    seconds: 60,
    ...more,
  })

test('root spans of the service are counted, and those marked as errors among them', (t) => {
  const span = (service: string, parentId: string, error: number): Span =>
    ({ service, parentId, error }) as Partial<Span> as Span
  const spans = [span('shop', '0', 0), span('shop', '0', 1), span('shop', '7', 1), span('other', '0', 0)]
  t.deepEqual(rootsOf({ spans } as Partial<Received> as Received, 'shop'), { all: 2, errors: 1 })
})

test('as many traces as responses are green; one less and one more are red', (t) => {
  t.is(judged(100).status, 'passed')
  t.regex(judged(99).observed, /^1 trace missing/)
  t.regex(judged(101).observed, /^1 trace more than requests/)
  t.is(judged(105, { before: { all: 5, errors: 0 } }).status, 'passed')
})

test('a request without an answer may have been traced or not', (t) => {
  const app = figures(100, { answered: { '2xx': 98 }, unanswered: { 'no answer in time': 2 } })
  for (const all of [98, 99, 100]) t.is(judged(all, { app }).status, 'passed')
  for (const all of [97, 101]) t.is(judged(all, { app }).status, 'failed')
  t.is(judged(98, { app }).expected, '98 to 100 traces of shop, 0 with an error')
})

test('as many errors as 5xx; a 4xx is none', (t) => {
  const app = figures(100, { answered: { '2xx': 90, '4xx': 6, '5xx': 4 } })
  t.is(judged(100, { app, after: { all: 100, errors: 4 } }).status, 'passed')
  t.regex(judged(100, { app, after: { all: 100, errors: 3 } }).observed, /^1 error missing/)
  t.regex(judged(100, { app, after: { all: 100, errors: 6 } }).observed, /^2 marked as errors/)
})

test('a real Agent sends a sample: fewer are right, none and more are not', (t) => {
  const labAgent = false
  for (const all of [1, 40, 100]) t.is(judged(all, { labAgent }).status, 'passed')
  for (const all of [0, 101]) t.is(judged(all, { labAgent }).status, 'failed')
  t.is(judged(40, { labAgent }).expected, '1 to 100 traces of shop, 0 with an error')
})

test('no request at all is red', (t) => {
  t.regex(judged(0, { app: figures(0, { answered: {} }) }).observed, /^no request/)
})

test('waits until all have arrived, and gives up when nothing new comes', async (t) => {
  let all = 0
  const growing = () => {
    all = Math.min(all + 10, 50)
    return { all, errors: 0 }
  }
  t.is((await awaitRoots(growing, 50, { every: 0.01, patience: 5 })).all, 50)
  t.is((await awaitRoots(() => none, 1, { every: 0.01, patience: 0.05 })).all, 0)
})

test('one that comes right after the last is seen, too', async (t) => {
  let looks = 0
  const twice = () => {
    looks += 1
    return { all: looks > 1 ? 101 : 100, errors: 0 }
  }
  t.is((await awaitRoots(twice, 100, { every: 0.01 })).all, 101)
})
