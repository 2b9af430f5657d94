import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import { followEvents, type StepEvent } from '../../scripts/lib/bake/events.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const line = (layer: string, event: string, rest = ''): string =>
  `{"layer":"${layer}","event":"${event}","at":1.5${rest}}\n`

test('events are told in their order, also those written before the file was looked at first', async (t) => {
  const path = join(await temporaryFolder(t), 'events.jsonl')
  const events: StepEvent[] = []
  const stop = followEvents(path, (event) => events.push(event))
  await delay(60)
  t.deepEqual(events, [])
  await appendFile(path, line('base', 'started') + line('base', 'built', ',"bytes":12'))
  for (let tries = 0; tries < 500 && events.length < 2; tries++) await delay(5)
  t.deepEqual(events, [
    { layer: 'base', event: 'started', at: 1.5 },
    { layer: 'base', event: 'built', at: 1.5, bytes: 12 },
  ])
  await stop()
})

test('half a line waits for its other half', async (t) => {
  const path = join(await temporaryFolder(t), 'events.jsonl')
  const events: StepEvent[] = []
  const stop = followEvents(path, (event) => events.push(event))
  const whole = line('base', 'started')
  await appendFile(path, whole.slice(0, 20))
  await delay(100)
  t.deepEqual(events, [])
  await appendFile(path, whole.slice(20))
  await stop()
  t.is(events.length, 1)
})

test('what was written last is read before following stops, however much it is', async (t) => {
  const path = join(await temporaryFolder(t), 'events.jsonl')
  const events: StepEvent[] = []
  const stop = followEvents(path, (event) => events.push(event))
  await appendFile(path, line('base', 'started').repeat(5000))
  await stop()
  t.is(events.length, 5000)
  await stop()
  t.is(events.length, 5000, 'stopping twice tells nothing twice')
})

test('no file, no events', async (t) => {
  const stop = followEvents(join(await temporaryFolder(t), 'absent'), () => t.fail())
  await stop()
  t.pass()
})
