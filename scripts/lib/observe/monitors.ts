import type { Observe } from '../box/types.ts'
import type { JsonObject } from './json.ts'
import type { MonitorFile } from './schema.ts'

const sections = [
  ['alert', 'is_alert'],
  ['warning', 'is_warning'],
  ['no_data', 'is_no_data'],
  ['recovery', 'is_recovery'],
] as const

/**
 * One message with a section for each state. The handles stand in every section: one that stands in a single section is notified in that
 * state alone (datadog.md), and then nobody hears that it is over.
 */
const messageOf = (message: MonitorFile['message'], handles: readonly string[]): string =>
  sections
    .flatMap(([state, block]) => {
      const text = message[state]
      if (text === undefined) return []
      return [`{{#${block}}}`, text.trim(), ...(handles.length === 0 ? [] : [handles.join(' ')]), `{{/${block}}}`]
    })
    .join('\n')

/** Comparison and thresholds come from the same numbers: they can't differ. */
const limitsOf = ({ above, below, thresholds }: Pick<MonitorFile, 'above' | 'below' | 'thresholds'>) => {
  const limit = above ?? below
  if (limit === undefined) return { comparison: '', thresholds: thresholds ?? {} }
  return { comparison: ` ${above === undefined ? '<' : '>'} ${limit.critical}`, thresholds: limit }
}

const defined = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/**
 * A monitor as the API takes it.
 *
 * @param variant a name in the file's variants; undefined takes the first, or the monitor itself where it has none.
 */
export const monitorWire = (file: MonitorFile, variant: string | undefined, { handles, tags }: Observe): JsonObject => {
  const chosen = variant ?? Object.keys(file.variants ?? {})[0]
  const own = { ...file, ...(chosen === undefined ? {} : defined(file.variants?.[chosen] ?? {})) }
  const { comparison, thresholds } = limitsOf(own)
  const noData =
    own.no_data === undefined ? { notify_no_data: false } : { notify_no_data: true, no_data_timeframe: own.no_data }
  return {
    name: own.name,
    type: own.type,
    query: `${own.query ?? ''}${comparison}`,
    message: messageOf(own.message, handles),
    ...(own.priority === undefined ? {} : { priority: own.priority }),
    ...(own.restricted_roles === undefined ? {} : { restricted_roles: own.restricted_roles }),
    ...(own.draft_status === undefined ? {} : { draft_status: own.draft_status }),
    options: { ...own.options, ...noData, thresholds: defined(thresholds) as JsonObject },
    tags: [...new Set([...own.tags, ...tags])],
  }
}
