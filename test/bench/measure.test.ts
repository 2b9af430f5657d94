import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError, type ExitCode } from '../../scripts/lib/_helpers/errors.ts'
import { failuresOf } from '../../scripts/lib/bench/bench.ts'
import { measureRow } from '../../scripts/lib/bench/measure.ts'
import type { OpenRow, RowResult } from '../../scripts/lib/bench/measurement.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { goal, side } from './_results.ts'

const measure = async (t: ExecutionContext, open: () => Promise<OpenRow>, pairs = 2): Promise<RowResult> => {
  const work = await temporaryFolder(t)
  const project = { tool: process.cwd(), root: process.cwd(), out: work, cache: work }
  const bench = { project, work, accelerator: 'tcg', quick: false, say: () => {} } as const
  const row = { number: 1, title: 'Row', work: 'Work.', packages: [], goals: [goal(5)], notes: [], open }
  const events = { rowStarted: () => {}, runStarted: () => {}, runEnded: () => {} }
  return measureRow(row, pairs, bench, join(work, 'logs'), events)
}

const failing =
  (exitCode: ExitCode, code = 'E_BENCH_RUN') =>
  async (): Promise<OpenRow> => {
    throw new BoxhoundError(code, 'it can’t be made', { exitCode, found: `${process.cwd()}/x is missing` })
  }

test('a row has a figure of each side and pair, and the load around it', async (t) => {
  const own = { ...side('boxhound'), run: async () => ({ seconds: 1 }) }
  const peer = { ...side('Packer', 'packer'), run: async () => ({ seconds: 10 }) }
  const result = await measure(t, async () => ({ sides: [own, peer] }))
  t.is(result.comparisons[0]?.ratio.median, 10)
  t.deepEqual(
    result.sides.map(({ runs }) => runs.length),
    [2, 2],
  )
  t.is(result.load.before.length, 3)
  t.deepEqual(failuresOf([result]), [])
})

test('what a row left running is ended, also when a run throws', async (t) => {
  let closed = 0
  const broken = {
    ...side('boxhound'),
    run: async () => {
      throw new TypeError('a mistake')
    },
  }
  const close = async (): Promise<void> => {
    closed += 1
  }
  await t.throwsAsync(
    measure(t, async () => ({ sides: [broken], close })),
    { instanceOf: TypeError },
  )
  t.is(closed, 1)
})

test('a row that this machine can’t run says why, without a path of it, and is no failure', async (t) => {
  const result = await measure(t, failing(3))
  t.is(result.notRun, 'it can’t be made; CHECKOUT/x is missing')
  t.deepEqual(failuresOf([result]), [])
})

test('a row whose preparation fails is a failure, and the others go on', async (t) => {
  const result = await measure(t, failing(1))
  t.deepEqual(failuresOf([result]), ['row 1 could not be prepared: it can’t be made; CHECKOUT/x is missing'])
})

test('a side of which every run failed is a failure', async (t) => {
  const dead = {
    ...side('Packer', 'packer'),
    run: async (log: string) => {
      throw new BoxhoundError('E_BENCH_RUN', 'packer exited with status 1', { file: log })
    },
  }
  const result = await measure(t, async () => ({ sides: [dead] }))
  t.is(result.notRun, undefined)
  t.is(result.sides[0]?.runs[0]?.error, 'packer exited with status 1; logs/1-packer-1.log')
  t.deepEqual(failuresOf([result]), ['row 1: every run of Packer failed'])
})

test('an interruption is no result', async (t) => {
  await t.throwsAsync(measure(t, failing(1, 'E_INTERRUPTED')), { code: 'E_INTERRUPTED' })
})
