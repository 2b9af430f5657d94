import { queryError } from './cursor.ts'

/** Datadog's metric functions, from its documentation. */
const known = new Set(
  `abs log2 log10 cumsum integral count_nonzero count_not_null
  anomalies outliers forecast
  top bottom top5 top10 top15 top20 bottom5 bottom10 bottom15 bottom20 top_offset bottom_offset
  top5_max top5_min top5_last top5_area top5_l2norm top5_norm top10_max top10_min top10_last top10_area top10_l2norm top10_norm
  default_zero fill exclude_null clamp_min clamp_max cutoff_min cutoff_max
  derivative diff dt monotonic_diff per_second per_minute per_hour throughput
  rollup moving_rollup
  ewma_3 ewma_5 ewma_7 ewma_10 ewma_20 median_3 median_5 median_7 median_9 autosmooth
  robust_trend trend_line piecewise_constant
  timeshift calendar_shift hour_before day_before week_before month_before
  trunc floor ceil round`
    .split(/\s+/)
    .filter(Boolean),
)

/** An argument: a number, a quoted text, or `name=value`; `'series'` stands for any series. */
export type Argument = number | string | { readonly name: string; readonly value: number | string } | 'series'

const anomalyAlgorithms = ['basic', 'agile', 'robust']

/**
 * Checks a call. @throws BoxhoundError E_QUERY for an unknown function, or for arguments that `anomalies` doesn't
 * accept.
 */
export const checkCall = (name: string, [first, ...rest]: readonly Argument[]): void => {
  if (!known.has(name)) throw queryError(`unknown function ${name}`)
  if (first !== 'series') throw queryError(`${name} needs a query as its first argument`)
  if (name !== 'anomalies') return
  const [algorithm, bounds] = rest
  if (typeof algorithm !== 'string' || !anomalyAlgorithms.includes(algorithm))
    throw queryError(
      `anomalies needs one of '${anomalyAlgorithms.join("', '")}' after its query, found ${show(algorithm)}`,
    )
  if (typeof bounds !== 'number' || bounds <= 0)
    throw queryError(`anomalies needs a number of deviations above 0 after '${algorithm}', found ${show(bounds)}`)
}

const show = (argument: Argument | undefined): string => (argument === undefined ? 'nothing' : JSON.stringify(argument))
