// The metrics of a check.

import type { Received, Series } from '../../../lab/intake/payloads.ts'
import { formatCount } from '../_helpers/format.ts'
import type { CheckExpectation } from '../render/rendered-box.ts'
import { hostProblems, timeProblems } from './origin.ts'
import type { Origin, WireCheck } from './wire-check.ts'
import { lacking, missing } from './words.ts'

/**
 * Each metric of a check has arrived, and all of its series have the right host, type, tags and time, and values within
 * bounds.
 */
export const metricsOf = (expectation: CheckExpectation, origin: Origin): WireCheck => {
  const { name, metrics, rates, tags } = expectation
  const names = [...metrics, ...rates]
  const own = ({ series }: Received): Series[] => series.filter(({ metric }) => names.includes(metric))
  const arrived = (received: Received): Set<string> => new Set(own(received).map(({ metric }) => metric))
  return {
    id: `wire.metrics.${name}`,
    title: `The metrics of ${name} arrive`,
    expected: `${formatCount(names.length, 'metric')} from ${origin.host}${tags.length === 0 ? '' : `, tagged ${tags.join(', ')}`}`,
    observed: (received) => formatCount(arrived(received).size, 'metric'),
    problems: (received) => [
      ...lacking('metrics', missing(names, arrived(received))),
      ...new Set(own(received).flatMap((one) => seriesProblems(one, expectation, origin))),
    ],
  }
}

const seriesProblems = (
  { metric, type, host, tags, points }: Series,
  expectation: CheckExpectation,
  origin: Origin,
): string[] => [
  ...missing(expectation.tags, tags).map((tag) => `${metric} lacks the tag ${tag}`),
  ...hostProblems(metric, host, origin),
  ...(type === 'unspecified' ? [`${metric} has no type`] : []),
  ...(points.length === 0 ? [`${metric} has no points`] : []),
  ...points.flatMap(([seconds, value]) => [
    ...timeProblems(metric, seconds, origin),
    ...rangeProblems(metric, value, expectation.ranges[metric]),
  ]),
]

const rangeProblems = (
  metric: string,
  value: number,
  range: CheckExpectation['ranges'][string] | undefined,
): string[] =>
  range === undefined || (value >= range.min && value <= range.max)
    ? []
    : [`${metric} is ${value}, outside ${range.min} to ${range.max}`]
