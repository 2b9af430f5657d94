import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { writeAtomic } from '../../scripts/lib/_helpers/atomic.ts'
import { readRecord, recordFile, recordOf } from '../../scripts/lib/wire/record.ts'
import { healthy, series } from './_received.ts'

test('points are joined by metric, in the order of time', (t) => {
  const late = { ...series('my_metric'), points: [[20, 2]] as const }
  const early = { ...series('my_metric'), points: [[10, 1]] as const }
  t.deepEqual(recordOf({ ...healthy, series: [late, early] }), {
    my_metric: [
      [10, 1],
      [20, 2],
    ],
  })
})

test('what was kept is read again, and nothing where there is nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-record-'))
  t.teardown(() => rm(folder, { recursive: true }))
  t.is(await readRecord(folder), undefined)
  await writeAtomic(recordFile(folder), JSON.stringify(recordOf(healthy)))
  t.deepEqual(await readRecord(folder), recordOf(healthy))
})
