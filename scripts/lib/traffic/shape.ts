// Shapes of a load: from seconds to requests.

/** Names that `--shape` takes. */
export const shapes = ['steady', 'ramp', 'spikes'] as const
export type Shape = (typeof shapes)[number]

/** A load as it was asked for. */
export interface Plan {
  readonly shape: Shape
  /** Whole seconds that it lasts. */
  readonly seconds: number
  /** Requests, or transactions, per second at full load. */
  readonly rate: number
}

/** Between spikes, of full load. */
const base = 0.2
/** Seconds from one spike to the next, at most: a short run has three. */
const longestPeriod = 20
/** Part of a period, its last one, that is a spike. */
const part = 0.25

/** Whole seconds of a period, and of the quiet in its beginning: a driver changes its rate at whole seconds. */
const periodOf = ({ seconds }: Plan): { readonly length: number; readonly quiet: number } => {
  const length = Math.max(2, Math.floor(Math.min(longestPeriod, seconds / 3)))
  return { length, quiet: length - Math.max(1, Math.round(part * length)) }
}

/** Requests per second at a moment of the load; none before its start and from its end on. */
export const rateAt = (plan: Plan, at: number): number => {
  const { shape, seconds, rate } = plan
  if (at < 0 || at >= seconds) return 0
  if (shape === 'steady') return rate
  if (shape === 'ramp') return (rate * at) / seconds
  const { length, quiet } = periodOf(plan)
  return at % length < quiet ? rate * base : rate
}

/** How many requests are due by a moment of the load: the integral of `rateAt`. */
export const dueBy = (plan: Plan, at: number): number => {
  const { shape, seconds, rate } = plan
  const time = Math.min(Math.max(at, 0), seconds)
  if (shape === 'steady') return rate * time
  if (shape === 'ramp') return (rate * time ** 2) / (2 * seconds)
  const { length, quiet } = periodOf(plan)
  const full = Math.floor(time / length)
  const inSpikes = full * (length - quiet) + Math.max(0, time - full * length - quiet)
  return rate * (base * time + (1 - base) * inSpikes)
}

/** Part of a load in which the rate stays the same. */
export interface Segment {
  readonly seconds: number
  readonly rate: number
}

/** Steps that a ramp is cut into, at most. */
const steps = 12

/** The load for a driver that knows nothing but a rate: segments of whole seconds with whole rates, as many transactions in all up to rounding. */
export const segmentsOf = (plan: Plan): Segment[] => {
  const length = plan.shape === 'ramp' ? Math.ceil(plan.seconds / steps) : 1
  const segments: Segment[] = []
  for (let at = 0; at < plan.seconds; at += length) {
    const seconds = Math.min(length, plan.seconds - at)
    const rate = Math.round((dueBy(plan, at + seconds) - dueBy(plan, at)) / seconds)
    const last = segments.at(-1)
    if (last?.rate === rate) segments[segments.length - 1] = { seconds: last.seconds + seconds, rate }
    else segments.push({ seconds, rate })
  }
  return segments
}
