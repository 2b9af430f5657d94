// Units.

/** What a number measures, as far as drawing is concerned. */
export const kinds = ['byte', 'second', 'percent', 'megawatt', 'plain'] as const
export type Quantity = (typeof kinds)[number]

const quantities: readonly (readonly [RegExp, Quantity])[] = [
  [/^system\.mem\.pct_|^system\.disk\.(in_use|utilized)$/, 'plain'],
  [/^system\.(mem|disk|swap)\.|bytes/, 'byte'],
  [/^system\.cpu\.|pct$|percent/, 'percent'],
  [/\.hits(\.|$)|\.errors(\.|$)/, 'plain'],
  [/^trace\.|duration$|latency$/, 'second'],
  [/^electricity\.production$/, 'megawatt'],
]

/** @param units from the box's own parts, by regular expression; they take precedence over those of every host. */
export const quantityOf = (metric: string, units: Readonly<Record<string, Quantity>> = {}): Quantity =>
  Object.entries(units).find(([name]) => new RegExp(name, 'u').test(metric))?.[1] ??
  quantities.find(([name]) => name.test(metric))?.[1] ??
  'plain'

interface Scale {
  readonly size: number
  readonly unit: string
}

const scale = (unit: string, powers: readonly (readonly [number, string])[]): readonly Scale[] =>
  powers.map(([size, prefix]) => ({ size, unit: `${prefix}${unit}` }))

const si: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
]

const scales: Readonly<Record<Quantity, readonly Scale[]>> = {
  plain: scale('', si),
  megawatt: [
    { size: 1e3, unit: 'GW' },
    { size: 1, unit: 'MW' },
  ],
  percent: [{ size: 1, unit: '%' }],
  byte: scale('B', [
    [2 ** 40, 'Ti'],
    [2 ** 30, 'Gi'],
    [2 ** 20, 'Mi'],
    [2 ** 10, 'Ki'],
    [1, ''],
  ]),
  second: [
    { size: 86_400, unit: 'd' },
    { size: 3600, unit: 'h' },
    { size: 60, unit: 'min' },
    { size: 1, unit: 's' },
    { size: 1e-3, unit: 'ms' },
    { size: 1e-6, unit: 'µs' },
  ],
}

const scaleFor = (value: number, quantity: Quantity): Scale => {
  const all = scales[quantity]
  const one: Scale = all.find(({ size }) => size === 1) ?? { size: 1, unit: '' }
  // Slightly below a power counts as the power: 0.9999 k would be rounded to 1000.
  return value === 0 ? one : (all.find(({ size }) => Math.abs(value) >= size * 0.9995) ?? all.at(-1) ?? one)
}

export interface Figure {
  readonly digits: string
  /** Including the prefix: `k`, `MiB`, `ms`, `%`; empty for a plain number below a thousand. */
  readonly unit: string
}

/** A number and its unit separately, with three digits unless `precision` sets the number of decimals. */
export const figure = (value: number, quantity: Quantity, precision?: number, autoscale = true): Figure => {
  const { size, unit } = autoscale ? scaleFor(value, quantity) : scaleFor(0, quantity)
  const scaled = value / size
  const magnitude = Math.abs(scaled)
  if (precision !== undefined) return { digits: scaled.toFixed(Math.max(0, Math.min(10, Math.round(precision)))), unit }
  if (magnitude !== 0 && magnitude < 0.001) return { digits: scaled.toExponential(1), unit }
  const decimals = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.1 ? 2 : 4
  return { digits: String(Number(scaled.toFixed(decimals))), unit }
}

const joined = ({ digits, unit }: Figure): string =>
  unit === '' ? digits : unit.length === 1 && unit !== 's' && unit !== 'B' ? `${digits}${unit}` : `${digits} ${unit}`

/** `12.5k`, `1.2 GiB`, `5.2 ms`, `43%`. */
export const formatQuantity = (value: number, quantity: Quantity): string => joined(figure(value, quantity))

/** Labels for an axis' ticks: the same unit for all, and enough decimals to tell two ticks apart. */
export const tickFormat = (ticks: readonly number[], quantity: Quantity): ((tick: number) => string) => {
  const largest = ticks.reduce((most, tick) => Math.max(most, Math.abs(tick)), 0)
  // Thousands are legible as they are, and `0.75k` is not.
  const { size, unit } = scaleFor(quantity === 'plain' && largest < 10_000 && largest >= 1 ? 1 : largest, quantity)
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0)) / size
  const decimals = step === 0 ? 0 : Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)))
  // 0.25 needs a second decimal, although it is larger than 0.1.
  const enough = Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6 ? decimals + 1 : decimals
  return (tick) => (tick === 0 ? '0' : joined({ digits: (tick / size).toFixed(enough), unit }))
}
