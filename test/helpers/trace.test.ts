import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import {
  addSpan,
  sinceStart,
  span,
  startTrace,
  tracedAs,
  traceText,
  writeTrace,
} from '../../scripts/lib/_helpers/trace.ts'
import { layerSpans } from '../../scripts/lib/bake/layer-spans.ts'
import { temporaryFolder } from './_folder.ts'
import { crossing, eventsOf, uncovered } from './_trace.ts'

test.serial('without a trace spans cost nothing and are kept nowhere', async (t) => {
  t.is(await span('bake', 'x', async () => 3), 3)
  addSpan('bake', 'y', 0, 1)
  t.deepEqual(eventsOf(traceText()), [])
})

test.serial('work becomes a span of its track, in the process of its box, also when it fails', async (t) => {
  startTrace()
  await span('bake', 'outer', async () => {
    await span('bake', 'inner', () => delay(2))
    await t.throwsAsync(span('bake', 'bad', () => Promise.reject(new Error('no'))))
  })
  await tracedAs('lab', () => span('fetch', 'wheels', () => delay(1)))
  const path = join(await temporaryFolder(t), 'trace.json')
  await writeTrace(path)
  const events = eventsOf(await readFile(path, 'utf8'))
  const named = new Map(events.filter(({ ph }) => ph === 'M').map(({ args, pid, tid }) => [args?.name, [pid, tid]]))
  const of = (name: string) => events.find((event) => event.ph === 'X' && event.name === name)
  const place = (name: string) => [of(name)?.pid, of(name)?.tid]
  t.deepEqual(named.get('boxhound'), [1, 0])
  t.deepEqual(place('outer'), named.get('bake'))
  t.deepEqual(place('bad'), named.get('bake'))
  t.deepEqual(place('wheels'), named.get('fetch'))
  t.deepEqual(named.get('lab'), [of('wheels')?.pid, 0])
  t.true((of('inner')?.dur ?? 0) >= 1000, 'microseconds')
  t.deepEqual(crossing(events), [])
})

test.serial('a layer’s events become its waiting, itself, and steps that fill it', (t) => {
  startTrace()
  const on = layerSpans()
  const at = performance.timeOrigin / 1000
  on({ layer: 'app', event: 'waiting', at: at + 1 })
  on({ layer: 'app', event: 'started', at: at + 2 })
  on({ layer: 'app', event: 'step', name: 'create', at: at + 2 })
  on({ layer: 'app', event: 'step', name: 'files', at: at + 3 })
  on({ layer: 'app', event: 'built', at: at + 5 })
  on({ layer: 'checks', event: 'waiting', at: at + 5 })
  on({ layer: 'checks', event: 'failed', at: at + 6 })
  const spans = eventsOf(traceText()).filter(({ ph }) => ph === 'X')
  const rows = spans.map(({ name, ts, dur }) => [name, ...[ts, dur].map((time) => Math.round(time / 1e5) / 10)])
  t.deepEqual(rows, [
    ['app: waiting', 1, 1],
    ['app', 2, 3],
    ['create', 2, 1],
    ['files', 3, 2],
    ['checks', 5, 1],
  ])
  t.deepEqual(crossing(spans), [])
  const [, app, ...steps] = spans
  if (app === undefined) return t.fail()
  t.true(uncovered(app, steps.slice(0, 2)) < 1000)
  t.is(Math.round(sinceStart(at + 1)), 1000)
})
