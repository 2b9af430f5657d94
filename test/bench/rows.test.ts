import test from 'ava'
import { packagesOf } from '../../scripts/lib/bench/bench.ts'
import { isGreen } from '../../scripts/lib/bench/peer/check.ts'
import { postProcessorSeconds } from '../../scripts/lib/bench/row/vagrant-box.ts'
import { chooseRows, rows } from '../../scripts/lib/bench/rows.ts'
import { forReaders } from '../../scripts/lib/bench/shown.ts'
import { benchPackages, systemPackages } from '../../scripts/lib/setup/packages.ts'

const numbers = (words: string[], quick = false): number[] => chooseRows(words, quick).map(({ number }) => number)

test('without names all rows are measured, with --quick the short ones', (t) => {
  t.deepEqual(numbers([]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 11])
  t.deepEqual(numbers([], true), [1, 2, 4, 7])
  t.deepEqual(numbers(['8', '2']), [2, 8])
  t.deepEqual(numbers(['3'], true), [3])
  t.deepEqual(numbers(['fleet', '1']), [1, 11])
})

test('a word that is no row is wrong usage', (t) => {
  t.like(
    t.throws(() => chooseRows(['1', '12'], false)),
    { code: 'E_USAGE', exitCode: 2, details: { found: '12' } },
  )
})

test('every row’s peers are packages that setup knows', (t) => {
  const known = [...systemPackages, ...benchPackages].map(({ name }) => name)
  for (const name of packagesOf(rows, false)) t.true(known.includes(name), name)
})

test('a quick run has no peer but Packer', (t) => {
  t.deepEqual(packagesOf(chooseRows([], true), true), ['packer'])
})

test('of Packer’s box only the post-processor is timed', (t) => {
  const lines = [
    { at: 1, text: '==> qemu.peer: Converting hard drive...' },
    { at: 5, text: '==> qemu.peer: Running post-processor: vagrant' },
  ]
  t.is(postProcessorSeconds({ lines, seconds: 30 }), 25)
  t.throws(() => postProcessorSeconds({ lines: lines.slice(0, 1), seconds: 30 }), { message: /post-processor/ })
})

const verdict = (metric: string, LastError = ''): string =>
  JSON.stringify([{ aggregator: { metrics: [{ metric }] }, runner: { LastError } }])

test('a peer’s check is green by its metric and without an error, not by its exit status', (t) => {
  t.true(isGreen(`=== text before it\n${verdict('my_metric')}`, 'my_metric'))
  t.false(isGreen(verdict('other'), 'my_metric'))
  t.false(isGreen(verdict('my_metric', 'a traceback'), 'my_metric'))
  t.false(isGreen('Error: no valid check found', 'my_metric'))
  t.false(isGreen('[]', 'my_metric'))
})

test('readers elsewhere see names for this machine’s folders', (t) => {
  t.is(
    forReaders('packer build /s/work/1/p; /src/x', { work: '/s/work/1', root: '/src' }),
    'packer build WORK/p; CHECKOUT/x',
  )
})
