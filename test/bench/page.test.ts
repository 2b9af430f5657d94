import test from 'ava'
import { compare, sideResult } from '../../scripts/lib/bench/compare.ts'
import { formatPage } from '../../scripts/lib/bench/page.ts'
import { plot, scaleOf } from '../../scripts/lib/bench/plot.ts'
import { results, row, runs, side } from './_results.ts'

const page = (...rows: Parameters<typeof results>[0]): Promise<string> => formatPage(results(rows), process.cwd())

test('the page shows ratio, medians, failed runs, load, command line and machine', async (t) => {
  const html = await page(row(1))
  for (const text of [
    '110× (100× to 120×) as fast as Packer; goal at least 300×: missed',
    '0.50 s (0.25 s to 0.50 s)',
    '40.0 s (30.0 s to 50.0 s)',
    '<td>3</td><td class="bad">1</td>',
    'load 0.5 1 1.5 before, 2 1 1 after',
    'Packer build',
    'run 3: packer exited with status 1',
    'emulated processor (TCG)',
  ])
    t.true(html.includes(text), text)
})

test('the page needs nothing else: no script, no address, no file', async (t) => {
  const html = await page(row(1), row(2, { notRun: 'no nspawn', sides: [], comparisons: [] }))
  t.notRegex(html, /<script|https?:|src=|<link|url\(/)
})

test('a row that was not run says why', async (t) => {
  const html = await page(row(4, { notRun: 'systemd-nspawn is missing', sides: [], comparisons: [] }))
  t.true(html.includes('Not run: systemd-nspawn is missing'))
  t.notRegex(html, /<svg/)
})

test('what a tool printed is text on the page, never markup', async (t) => {
  const sides = [sideResult(side('<b>boxhound</b>', 'boxhound'), runs('<script>alert(1)</script>'))]
  const html = await page(row(1, { sides, comparisons: compare(sides, []) }))
  t.notRegex(html, /<script|<b>boxhound/)
  t.true(html.includes('&lt;script&gt;'))
})

test('a plot has one dot for each good run, and says how many failed', (t) => {
  const svg = String(plot(row(1).sides, 'seconds', 'a title'))
  t.is(svg.match(/<circle/g)?.length, 5)
  t.true(svg.includes('1 failed'))
})

test('nothing measured, no plot', (t) => {
  t.is(plot(row(1).sides, 'bytes', ''), undefined)
})

test('an axis reaches over whole decades, a single value included', (t) => {
  t.deepEqual(scaleOf([0.3, 50]).ticks, [0.1, 1, 10, 100])
  t.deepEqual(scaleOf([10]).ticks, [10, 100])
  const { x } = scaleOf([0.1, 100])
  t.true(x(0.1) < x(1) && x(1) < x(100))
})
