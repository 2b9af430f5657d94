import { compare, sideResult } from '../../scripts/lib/bench/compare.ts'
import type { Attempt, BenchResults, Goal, Measured, RowResult, Side } from '../../scripts/lib/bench/measurement.ts'

/** A side whose runs are told beforehand; a text is a failure. */
export const side = (name: string, tool = name): Side => ({
  name,
  tool,
  command: `${name} build`,
  run: async () => ({}),
})

/** Runs in the order of their pairs. */
export const runs = (...outcomes: readonly (Measured | string)[]): Attempt[] =>
  outcomes.map((outcome, index) =>
    typeof outcome === 'string' ? { pair: index + 1, error: outcome } : { pair: index + 1, measured: outcome },
  )

export const goal = (limit: number, changes: Partial<Goal> = {}): Goal => ({
  tool: 'packer',
  quantity: 'seconds',
  reading: 'times',
  limit,
  ...changes,
})

/** A measured row of boxhound against one Packer. */
export const row = (number: number, changes: Partial<RowResult> = {}): RowResult => {
  const sides = [
    sideResult(side('boxhound'), runs({ seconds: 0.5 }, { seconds: 0.25 }, { seconds: 0.5 })),
    sideResult(side('Packer', 'packer'), runs({ seconds: 50 }, { seconds: 30 }, 'packer exited with status 1')),
  ]
  return {
    number,
    title: `Row ${number}`,
    work: 'The work.',
    notes: ['A note.'],
    at: '2026-11-28T12:00:00.000Z',
    pairs: 3,
    sides,
    comparisons: compare(sides, [goal(300)]),
    load: { before: [0.5, 1, 1.5], after: [2, 1, 1] },
    ...changes,
  }
}

export const results = (rows: readonly RowResult[], changes: Partial<BenchResults> = {}): BenchResults => ({
  schema: 1,
  boxhound: '0.1.0',
  tools: { packer: '1.6.6' },
  rows,
  machine: { cpu: 'CPU', cores: 2, memoryBytes: 24e9, kernel: '6.1', system: 'Debian', accelerator: 'tcg' },
  ...changes,
})
