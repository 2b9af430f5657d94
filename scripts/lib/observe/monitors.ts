// Builds query, thresholds and message from one file.

import type { Observe } from '../box/box.ts'
import type { JsonObject } from './json-object.ts'
import { comparisons, type Side, sides } from './monitor-types.ts'
import type { MonitorFile } from './schema.ts'

const sections = [
  ['alert', 'is_alert'],
  ['warning', 'is_warning'],
  ['no_data', 'is_no_data'],
  ['recovery', 'is_recovery'],
] as const

/**
 * A message with a section for each state. The handles are in every section: a handle in only one section is notified
 * only in that state (guide/agent-contract.md), and would never hear of the recovery.
 */
const messageOf = (message: MonitorFile['message'], handles: readonly string[]): string =>
  sections
    .flatMap(([state, block]) => {
      const text = message[state]
      if (text === undefined) return []
      return [`{{#${block}}}`, text.trim(), ...(handles.length === 0 ? [] : [handles.join(' ')]), `{{/${block}}}`]
    })
    .join('\n')

/** Comparison and thresholds come from the same numbers, so they can't differ. */
const limitsOf = (file: Pick<MonitorFile, Side | 'thresholds'>) => {
  for (const side of sides) {
    const limit = file[side]
    if (limit !== undefined) return { comparison: ` ${comparisons[side]} ${limit.critical}`, thresholds: limit }
  }
  return { comparison: '', thresholds: file.thresholds ?? {} }
}

/**
 * Missing data, in one of the API's two mutually exclusive ways. Not for a composite, which depends on other monitors,
 * or for an SLO, which has a status.
 */
const noDataOf = ({
  no_data: minutes,
  type,
  options,
}: Pick<MonitorFile, 'no_data' | 'type' | 'options'>): JsonObject => {
  if (minutes !== undefined) return { notify_no_data: true, no_data_timeframe: minutes }
  return options.on_missing_data === undefined && type !== 'slo alert' ? { notify_no_data: false } : {}
}

const defined = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/**
 * A monitor in the API's format.
 *
 * @param variant a name in the file's variants; undefined means the first, or the monitor itself if it has none.
 */
export const monitorWire = (file: MonitorFile, variant: string | undefined, { handles, tags }: Observe): JsonObject => {
  const chosen = variant ?? Object.keys(file.variants ?? {})[0]
  const own = { ...file, ...(chosen === undefined ? {} : defined(file.variants?.[chosen] ?? {})) }
  const { comparison, thresholds } = limitsOf(own)
  return {
    name: own.name,
    type: own.type,
    query: `${own.query ?? ''}${comparison}`,
    message: messageOf(own.message, handles),
    ...(own.priority === undefined ? {} : { priority: own.priority }),
    ...(own.restricted_roles === undefined ? {} : { restricted_roles: own.restricted_roles }),
    ...(own.draft_status === undefined ? {} : { draft_status: own.draft_status }),
    options: {
      ...own.options,
      ...noDataOf(own),
      ...(own.type === 'composite' ? {} : { thresholds: defined(thresholds) as JsonObject }),
    },
    tags: [...new Set([...own.tags, ...tags])],
  }
}
