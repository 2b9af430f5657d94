// Parses a metric query.

/** How to aggregate the values of a period. */
export type Method = 'avg' | 'sum' | 'min' | 'max' | 'count'

/** A metric query, `AGGR:METRIC{SCOPE} by {KEYS}.rollup(METHOD, SECONDS)`. */
export interface MetricQuery {
  /** `95` for `p95:`, of a distribution. */
  readonly percentile?: number
  readonly metric: string
  /** `host:lab`, `$env`, `*`. */
  readonly scope: readonly string[]
  readonly by: readonly string[]
  readonly method?: Method
  readonly seconds?: number
  /** Counted, not averaged: `.as_count()`. */
  readonly isCount: boolean
}

const methods: readonly Method[] = ['avg', 'sum', 'min', 'max', 'count']

const form = /^\s*(?:([a-z]+)(\d*):)?([A-Za-z][\w.]*)\{([^}]*)\}(?:\s*by\s*\{([^}]*)\})?(.*)$/s

const items = (found = ''): string[] =>
  found
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** The parts of a query that matter for drawing; undefined for any other kind. */
export const parseQuery = (query: string): MetricQuery | undefined => {
  const [, aggregator, digits, metric, scope, by, rest = ''] = form.exec(query) ?? []
  if (metric === undefined) return undefined
  const [, name, seconds] = /\.rollup\(\s*['"]?([a-z]+)['"]?\s*(?:,\s*(\d{1,7}))?\s*\)/.exec(rest) ?? []
  const method = methods.find((one) => one === name)
  return {
    metric,
    scope: items(scope),
    by: items(by),
    ...(aggregator === 'p' && digits !== '' ? { percentile: Number(digits) } : {}),
    isCount: rest.includes('.as_count()'),
    ...(method === undefined ? {} : { method }),
    ...(seconds === undefined || Number(seconds) < 1 ? {} : { seconds: Number(seconds) }),
  }
}
