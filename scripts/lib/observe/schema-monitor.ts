import * as z from 'zod'
import { monitorTags } from '../box/monitor-tags.ts'

const text = (expected: string) => z.string(expected).min(1, expected)
const number = z.number('a number')
/** Numbers by the API's names. A state is over at its recovery, if there is one, and not already at its limit. */
const limit = z.strictObject({
  warning: number.optional(),
  critical: number,
  warning_recovery: number.optional(),
  critical_recovery: number.optional(),
})
type Limit = z.infer<typeof limit>

const message = z.strictObject({
  alert: text('what to tell in an alert'),
  warning: text('what to tell in a warning').optional(),
  no_data: text('what to tell when nothing arrives').optional(),
  recovery: text('what to tell when it is over').optional(),
})

/** What may stand in a variant in place of the monitor's own. */
const variable = {
  query: text('a query without its comparison, or the whole query of a service check').optional(),
  above: limit.optional(),
  below: limit.optional(),
}

const fields = z.strictObject({
  name: text('the title of the monitor'),
  type: z.enum(['metric alert', 'query alert', 'service check'], 'metric alert, query alert or service check'),
  ...variable,
  /** Of a service check, whose query has no number: how many results in a row. */
  thresholds: z.strictObject({ critical: number, warning: number.optional(), ok: number.optional() }).optional(),
  /** Minutes after which missing data is told. */
  no_data: z.int('a whole number of minutes').min(2, 'at least 2 minutes').optional(),
  priority: z
    .int('a whole number from 1 to 5')
    .min(1, 'a whole number from 1 to 5')
    .max(5, 'a whole number from 1 to 5')
    .optional(),
  message,
  tags: monitorTags.default([]),
  /** Ids of the roles that may edit it; where nothing stands here, the account's own stay. An empty list is everybody. */
  restricted_roles: z.array(text('the id of a role'), 'a list of ids of roles').optional(),
  draft_status: z.enum(['draft', 'published'], 'draft or published').optional(),
  /** What else the API has. */
  options: z.record(z.string(), z.json(), 'a map as the API takes it').default({}),
  variants: z.record(z.string(), z.strictObject(variable)).optional(),
})
type Fields = z.infer<typeof fields>
type Path = readonly string[]
type Tell = (path: Path, expected: string) => void

/** Limits of the monitor and of its variants, each with its place. */
const limitsOf = ({ above, below, variants = {} }: Fields) =>
  [
    { path: [] as Path, above, below },
    ...Object.entries(variants).map(([name, one]) => ({ ...one, path: ['variants', name] })),
  ]
    .flatMap(({ path, above, below }) => [
      { path: [...path, 'above'], limit: above },
      { path: [...path, 'below'], limit: below },
    ])
    .flatMap(({ path, limit }): { path: Path; limit: Limit }[] => (limit === undefined ? [] : [{ path, limit }]))

/** `above` and `below` are the number in the query and the thresholds in one; a service check's query has neither. */
const tellMixed = (monitor: Fields, tell: Tell): void => {
  const { type, above, below, thresholds } = monitor
  if (type === 'service check') {
    if (thresholds === undefined || limitsOf(monitor).length > 0)
      tell(['thresholds'], 'thresholds of a service check, and neither above nor below')
    return
  }
  if (thresholds !== undefined)
    tell(['thresholds'], 'above or below: they become both the number in the query and the thresholds')
  else if ((above === undefined) === (below === undefined)) tell(['above'], 'one of above and below')
  const side = above === undefined ? 'below' : 'above'
  for (const { path } of limitsOf(monitor))
    if (path.length > 1 && path.at(-1) !== side) tell(path, `${side}, as the monitor itself has it`)
}

/** What would silently be left out, or lacking, in what the account is sent. */
const tellUnsent = ({ query, variants = {}, options }: Fields, tell: Tell): void => {
  const own = Object.values(variants)
  if (query === undefined && (own.length === 0 || own.some((one) => one.query === undefined)))
    tell(['query'], 'a query, here or in each variant')
  for (const name of ['thresholds', 'notify_no_data', 'no_data_timeframe'])
    if (name in options) tell(['options', name], 'nothing here: above, below or thresholds and no_data say it')
}

/** A warning comes before the alert, and a recovery lies before the limit that it is of: the account refuses any other. */
const tellDisorder = (monitor: Fields, tell: Tell): void => {
  for (const { path, limit } of limitsOf(monitor)) {
    const isAbove = path.at(-1) === 'above'
    for (const [name, of] of [
      ['warning', 'critical'],
      ['critical_recovery', 'critical'],
      ['warning_recovery', 'warning'],
    ] as const) {
      const [own, other] = [limit[name], limit[of]]
      if (own === undefined) continue
      if (other === undefined) tell([...path, of], `a ${of}, of which ${name} is the end`)
      else if (isAbove ? own >= other : own <= other)
        tell([...path, name], `a number ${isAbove ? 'below' : 'above'} ${of}, which is ${other}`)
    }
  }
}

/** A state that the monitor can get into needs words. */
const tellMissingWords = (monitor: Fields, tell: Tell): void => {
  const { thresholds, no_data, message } = monitor
  const isWarned =
    thresholds?.warning !== undefined || limitsOf(monitor).some(({ limit }) => limit.warning !== undefined)
  if (isWarned && message.warning === undefined) tell(['message', 'warning'], 'what to tell in a warning')
  if (no_data !== undefined && message.no_data === undefined)
    tell(['message', 'no_data'], 'what to tell when nothing arrives')
}

/** A monitor of a part file. */
export const monitor = fields.superRefine((value, context) => {
  const tell: Tell = (path, expected) => context.addIssue({ code: 'custom', path: [...path], message: expected })
  tellMixed(value, tell)
  tellUnsent(value, tell)
  tellDisorder(value, tell)
  tellMissingWords(value, tell)
})
