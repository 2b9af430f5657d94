// The API's types, comparisons and groups.

/** The API's types of monitors whose query ends with a comparison; `metric alert` and `query alert` mean the same. */
const comparing = [
  'metric alert',
  'query alert',
  'log alert',
  'slo alert',
  'event-v2 alert',
  'rum alert',
  'trace-analytics alert',
  'audit alert',
  'ci-pipelines alert',
  'ci-tests alert',
  'error-tracking alert',
  'process alert',
  'database-monitoring alert',
  'network-performance alert',
  'network-path alert',
  'cost alert',
  'data-quality alert',
  'data-jobs alert',
  'llm-observability alert',
] as const

/** All types allowed in a file. Synthetics tests create their own monitors, and `event alert` is no longer accepted. */
export const monitorTypes = [...comparing, 'service check', 'composite'] as const
export type MonitorType = (typeof monitorTypes)[number]

/** Whether the query compares with a number, so that the file has `above`, `at_least`, `below` or `at_most`. */
export const isComparing = (type: MonitorType): boolean => comparing.some((one) => one === type)

export const isMetric = (type: MonitorType): boolean => type === 'metric alert' || type === 'query alert'

/** Fields that set both the number in the query and the thresholds, with the operator before the number. */
export const comparisons = { above: '>', at_least: '>=', below: '<', at_most: '<=' } as const
export type Side = keyof typeof comparisons
export const sides = ['above', 'at_least', 'below', 'at_most'] as const satisfies readonly Side[]

/** Whether a higher value is worse. */
export const isUpwards = (side: Side): boolean => comparisons[side].startsWith('>')

/** Whether the query returns how much of a window was unusual: a share from 0 to 1. */
export const isAnomaly = (query: string): boolean => /\banomalies\s*\(/.test(query)

/** The tags that a query groups by; empty for a simple alert. */
export const groupsOf = (query: string): string[] => {
  const braces = [...query.matchAll(/\bby\s*\{([^{}]*)\}/g)].map(([, list = '']) => list)
  const calls = [...query.matchAll(/\.by\(([^()]*)\)/g)].map(([, list = '']) => list.replaceAll(/["']/g, ''))
  return [...new Set([...braces, ...calls].flatMap((list) => list.split(',').map((name) => name.trim())))].filter(
    (name) => name !== '' && name !== '*',
  )
}
