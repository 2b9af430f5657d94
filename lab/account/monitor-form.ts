import { type JsonObject, listOf, objectAt } from '../../scripts/lib/_helpers/json.ts'
import { groupsOf, isMetricMonitor } from './monitor-rules.ts'
import { parseMetricCondition } from './queries/monitor.ts'

/**
 * The server's defaults for options that a client didn't send, from recorded responses in the public tests of Datadog's
 * Go client.
 */
const defaultOptions: JsonObject = {
  include_tags: true,
  locked: false,
  new_host_delay: 300,
  no_data_timeframe: null,
  notify_audit: false,
  notify_no_data: false,
  renotify_interval: null,
  silenced: {},
  timeout_h: null,
}

/** Defaults never include options that exclude one another. */
const defaultsFor = (options: JsonObject): JsonObject => {
  const { notify_no_data: _, no_data_timeframe: __, ...rest } = defaultOptions
  const { new_host_delay: ___, ...others } = options.on_missing_data == null ? defaultOptions : rest
  return options.new_group_delay == null ? { ...others, new_host_delay: defaultOptions.new_host_delay } : others
}

/** The thresholds; a missing critical one is taken from the query. */
const thresholdsOf = (type: unknown, query: string, options: JsonObject): JsonObject => {
  const thresholds = objectAt(options, 'thresholds')
  return isMetricMonitor(type) ? { critical: parseMetricCondition(query).threshold, ...thresholds } : thresholds
}

/** `metric alert` is only an alias, which the server never returns. */
export const serverType = (type: unknown): unknown => (isMetricMonitor(type) ? 'query alert' : type)

const trimmedOptions = (options: JsonObject): JsonObject =>
  typeof options.escalation_message === 'string'
    ? { ...options, escalation_message: options.escalation_message.trim() }
    : options

/**
 * Applies what the server does to the fields that a client can set: defaults, sorted tags, trimmed texts, its own name
 * for the type.
 *
 * @param sent a valid monitor.
 */
export const settled = (sent: JsonObject): JsonObject => {
  const query = String(sent.query).trim()
  const options = trimmedOptions(objectAt(sent, 'options'))
  return {
    name: String(sent.name ?? '').trim(),
    type: serverType(sent.type),
    query,
    message: String(sent.message ?? '').trim(),
    tags: [...listOf(sent.tags)].map(String).sort(),
    priority: sent.priority ?? null,
    restricted_roles: sent.restricted_roles ?? null,
    multi: groupsOf(String(sent.type), query).length > 0,
    options: { ...defaultsFor(options), ...options, thresholds: thresholdsOf(sent.type, query, options) },
    ...(sent.draft_status === undefined ? {} : { draft_status: sent.draft_status }),
    ...(sent.assets === undefined ? {} : { assets: sent.assets }),
  }
}
