import { z } from 'zod'
import { bodyError } from './failure.ts'
import { encodingOf, fit, isProbe, isProtobuf, number, parseJson, tags, text } from './fields.ts'
import type { Content, Encoding, Payload, Series, SeriesType } from './payloads.ts'
import { parseProtobuf } from './protobuf.ts'
import { decodeMetricPayload, type MetricPayload } from './series-message.ts'

/** The types in the order of their numbers in version 2 of the API. */
const types = ['unspecified', 'count', 'rate', 'gauge'] as const

const typeOf = (value: string | number): SeriesType => {
  const name = typeof value === 'number' ? types[value] : types.find((one) => one === value.toLowerCase())
  if (name === undefined) throw bodyError('a list of series', `a series of type ${value}`)
  return name
}

interface Resource {
  readonly type: string
  readonly name: string
}

const resourceOf = (resources: readonly Resource[], type: string): string =>
  resources.find((resource) => resource.type === type)?.name ?? ''

const withDevice = (list: readonly string[], device: string): string[] =>
  device === '' ? [...list] : [...list, `device:${device}`]

const second = z.object({
  series: z.array(
    z.object({
      metric: z.string().min(1),
      type: z.union([z.number(), z.string()]).default(0),
      points: z.array(z.object({ timestamp: z.number(), value: z.number() })),
      resources: z.array(z.object({ type: text, name: text })).nullish(),
      tags,
      interval: number,
    }),
  ),
})

const first = z.object({
  series: z.array(
    z.object({
      metric: z.string().min(1),
      points: z.array(z.tuple([z.number(), z.number()])),
      tags,
      host: text,
      type: z.string().default('gauge'),
      interval: number,
      device: text,
    }),
  ),
})

const fromMessage = ({ series }: MetricPayload, encoding: Encoding): Series[] =>
  series.map((one) => {
    if (one.metric === '') throw bodyError('a list of series', 'a series without a name')
    return {
      metric: one.metric,
      type: typeOf(one.type),
      points: one.points.map(({ timestamp, value }) => {
        // The Agent leaves such values out, and JSON can't represent them.
        if (!Number.isFinite(value)) throw bodyError('a list of series', `${one.metric} has the value ${value}`)
        return [Number(timestamp), value]
      }),
      tags: withDevice(one.tags, resourceOf(one.resources, 'device')),
      host: resourceOf(one.resources, 'host'),
      interval: Number(one.interval),
      encoding,
    }
  })

/** `/api/v2/series`: protobuf, as sent by the Agent, or the JSON of the public API. */
export const readSeries = (payload: Payload): Content => {
  if (isProtobuf(payload)) {
    const message = parseProtobuf(decodeMetricPayload, payload, 'MetricPayload')
    return { series: fromMessage(message, encodingOf(payload, 'protobuf')) }
  }
  const value = parseJson(payload)
  if (isProbe(value)) return {}
  const encoding = encodingOf(payload, 'json')
  return {
    series: fit(second, value, 'a list of series').series.map((one) => ({
      metric: one.metric,
      type: typeOf(one.type),
      points: one.points.map(({ timestamp, value: reading }) => [timestamp, reading]),
      tags: withDevice(one.tags, resourceOf(one.resources ?? [], 'device')),
      host: resourceOf(one.resources ?? [], 'host'),
      interval: one.interval,
      encoding,
    })),
  }
}

/** `/api/v1/series`: JSON, which the Agent sends if `use_v2_api.series` is false. */
export const readFirstSeries = (payload: Payload): Content => {
  const value = parseJson(payload)
  if (isProbe(value)) return {}
  const encoding = encodingOf(payload, 'json')
  return {
    series: fit(first, value, 'a list of series').series.map(({ device, ...one }) => ({
      ...one,
      type: typeOf(one.type),
      tags: withDevice(one.tags, device),
      encoding,
    })),
  }
}
