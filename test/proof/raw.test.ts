import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { dataExtents, eachPiece, scan } from '../../scripts/lib/proof/raw.ts'

const mebibyte = 1 << 20
const canary = [{ kind: 'canary', source: 'boxhound-canary-' }]

test('a secret is found once wherever it lies: at the end, over two pieces, behind a hole', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'disk.raw')
  const places = [8 * mebibyte - 5, 16 * mebibyte, 63 * mebibyte + 7, 64 * mebibyte - 16]
  const handle = await open(file, 'w')
  await handle.truncate(64 * mebibyte)
  await handle.write(Buffer.alloc(20 * mebibyte, 1), 0, 20 * mebibyte, 0)
  for (const place of places) await handle.write('boxhound-canary-', place)
  await handle.sync()
  await handle.close()
  const { findings, searched } = await scan(file, canary)
  t.deepEqual(
    findings.map(({ offset }) => offset),
    places,
  )
  t.true(searched >= 20 * mebibyte && searched < 40 * mebibyte, `${searched} bytes`)
  t.true((await dataExtents(file)).length >= 2)
  const own: number[] = []
  const read = await eachPiece(file, [{ start: 0, end: 20 * mebibyte }], (_, __, fresh) => own.push(fresh))
  t.deepEqual([read, own.reduce((sum, fresh) => sum + fresh, 0)], [20 * mebibyte, 20 * mebibyte])
})
