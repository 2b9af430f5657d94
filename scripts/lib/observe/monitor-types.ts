// Types of the API, comparisons, groups.

/** The API's types of monitors whose query ends with a comparison; `metric alert` and `query alert` are one. */
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

/** All types that a file may give. Tests of Synthetics make their own monitors, and `event alert` is no longer taken. */
export const monitorTypes = [...comparing, 'service check', 'composite'] as const
export type MonitorType = (typeof monitorTypes)[number]

/** Whether a number is compared, so that the file gives `above`, `at_least`, `below` or `at_most`. */
export const isComparing = (type: MonitorType): boolean => comparing.some((one) => one === type)

export const isMetric = (type: MonitorType): boolean => type === 'metric alert' || type === 'query alert'

/** Fields that give the number in the query and the thresholds in one, with what stands before the number. */
export const comparisons = { above: '>', at_least: '>=', below: '<', at_most: '<=' } as const
export type Side = keyof typeof comparisons
export const sides = ['above', 'at_least', 'below', 'at_most'] as const satisfies readonly Side[]

/** Whether more is worse. */
export const isUpwards = (side: Side): boolean => comparisons[side].startsWith('>')

/** Whether the query asks how much of a window was unusual: a share from 0 to 1. */
export const isAnomaly = (query: string): boolean => /\banomalies\s*\(/.test(query)

/** The tags that a query is grouped by; empty for a single alert. */
export const groupsOf = (query: string): string[] => {
  const braces = [...query.matchAll(/\bby\s*\{([^{}]*)\}/g)].map(([, list = '']) => list)
  const calls = [...query.matchAll(/\.by\(([^()]*)\)/g)].map(([, list = '']) => list.replaceAll(/["']/g, ''))
  return [...new Set([...braces, ...calls].flatMap((list) => list.split(',').map((name) => name.trim())))].filter(
    (name) => name !== '' && name !== '*',
  )
}
