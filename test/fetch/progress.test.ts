import test from 'ava'
import { type Download, downloadMeter, downloadText } from '../../scripts/lib/fetch/progress.ts'

const at = (bytes: number, total: number | undefined, seconds = 2, received = bytes): string =>
  downloadText({ bytes, total, seconds, received })

test('how far a download is, in one unit where it fits, with the rate of this run', (t) => {
  t.is(at(412_000_000, 596_000_000, 4, 352_000_000), '412 of 596 MB, 88 MB/s')
  t.is(at(950_000_000, 1_200_000_000, 0), '950 MB of 1.2 GB')
  t.is(at(412_000_000, undefined), '412 MB, 206 MB/s')
  t.is(at(0, 596_000_000, 3), '0 B of 596 MB')
})

test('it is shown five times a second at most, the end always; what was there before is no part of the rate', (t) => {
  let now = 0
  const shown: Download[] = []
  const meter = downloadMeter(
    (state) => shown.push(state),
    () => now,
  )
  meter.from(1000)
  for (let step = 1; step <= 100; step++) {
    now = step * 10
    meter.received(1000 + step, 5000)
  }
  meter.end(5000)
  t.deepEqual(
    shown.map(({ seconds }) => seconds),
    [0.01, 0.21, 0.41, 0.61, 0.81, 1],
  )
  t.deepEqual(shown.at(-1), { bytes: 1100, total: 5000, seconds: 1, received: 100 })
  meter.from(10)
  meter.received(60, 5000)
  meter.end(5000)
  t.is(shown.at(-1)?.received, 150)
})
