// Summarizes the runs of a side; computes ratios within pairs, against the fastest variant.

import type { Attempt, Comparison, Goal, Quantity, Reading, Side, SideResult } from './measurement.ts'
import { spreadOf } from './statistics.ts'

export const ownTool = 'boxhound'
/** Shown beside a row's sides, but not a competitor. */
export const referenceTool = 'reference'

const figures = (runs: readonly Attempt[], quantity: Quantity): number[] =>
  runs.flatMap(({ measured }) => measured?.[quantity] ?? [])

/** A side with a summary of its runs. Failed runs are counted, but not part of a median. */
export const sideResult = ({ name, tool, command, template }: Side, runs: readonly Attempt[]): SideResult => {
  const [seconds, bytes] = [spreadOf(figures(runs, 'seconds')), spreadOf(figures(runs, 'bytes'))]
  return {
    name,
    tool,
    command,
    ...(template === undefined ? {} : { template }),
    runs,
    failed: runs.filter(({ error }) => error !== undefined).length,
    ...(seconds === undefined ? {} : { seconds }),
    ...(bytes === undefined ? {} : { bytes }),
  }
}

/** Ratios within pairs in which both sides succeeded; whatever disturbed the machine disturbed both. */
export const pairRatios = (own: SideResult, peer: SideResult, quantity: Quantity, reading: Reading): number[] =>
  own.runs.flatMap(({ pair, measured }) => {
    const mine = measured?.[quantity]
    const theirs = peer.runs.find((run) => run.pair === pair)?.measured?.[quantity]
    if (mine === undefined || theirs === undefined || mine <= 0 || theirs <= 0) return []
    return [reading === 'times' ? theirs / mine : mine / theirs]
  })

/** The variant with the smallest median; those without figures are ignored. */
const best = (sides: readonly SideResult[], quantity: Quantity): SideResult | undefined =>
  sides
    .filter((side) => side[quantity] !== undefined)
    .toSorted((a, b) => (a[quantity]?.median ?? 0) - (b[quantity]?.median ?? 0))[0]

const compareTo = (
  own: SideResult,
  peer: SideResult,
  { tool, quantity, reading, limit }: Omit<Goal, 'limit'> & { readonly limit?: number },
): Comparison[] => {
  const ratio = spreadOf(pairRatios(own, peer, quantity, reading))
  if (ratio === undefined) return []
  const met = limit !== undefined && (reading === 'times' ? ratio.median >= limit : ratio.median <= limit)
  return [{ tool, side: peer.name, quantity, reading, ratio, ...(limit === undefined ? {} : { goal: limit, met }) }]
}

/**
 * Compares boxhound, by the first of its sides, with the best variant of each other tool: defaults or more processors,
 * whichever was faster. Tools without a goal are compared by seconds.
 */
export const compare = (sides: readonly SideResult[], goals: readonly Goal[]): Comparison[] => {
  const own = sides.find(({ tool }) => tool === ownTool)
  if (own === undefined) return []
  const against = (wanted: Omit<Goal, 'limit'> & { readonly limit?: number }): Comparison[] => {
    const peer = best(
      sides.filter(({ tool }) => tool === wanted.tool),
      wanted.quantity,
    )
    return peer === undefined ? [] : compareTo(own, peer, wanted)
  }
  const others = new Set(sides.map(({ tool }) => tool).filter((tool) => tool !== ownTool))
  for (const { tool } of goals) others.delete(tool)
  const rest = [...others].map(
    (tool) => ({ tool, quantity: 'seconds', reading: tool === referenceTool ? 'share' : 'times' }) as const,
  )
  return [...goals, ...rest].flatMap(against)
}

/** Names of sides without a successful run, so nothing could be compared. */
export const deadSides = (sides: readonly SideResult[]): string[] =>
  sides.filter(({ runs, failed }) => runs.length > 0 && failed === runs.length).map(({ name }) => name)
