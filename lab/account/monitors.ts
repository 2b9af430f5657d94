import { isDeepStrictEqual } from 'node:util'
import { type JsonObject, listOf } from '../../scripts/lib/_helpers/json.ts'
import { bodyAs, type Context, flagIn, numberIn } from './context.ts'
import type { Reply } from './faults.ts'
import { monitorId } from './ids.ts'
import { serverType, settled } from './monitor-form.ts'
import { monitorProblems } from './monitor-rules.ts'
import { Refusal, refuseAny } from './refusal.ts'
import { author, lookUp } from './resources.ts'
import { stamp } from './stamp.ts'

const monitorsOf = ({ store }: Context): JsonObject[] =>
  Object.values(store.state().monitors).sort((a, b) => Number(a.id) - Number(b.id))

const knownTo = ({ store }: Context): ReadonlySet<string> => new Set(Object.keys(store.state().monitors))

const words = (text: string | null): string[] => (text ?? '').split(',').filter((word) => word !== '')

/**
 * `GET /api/v1/monitor`. Without `page` it returns all at once, whatever `page_size` is; `id_offset` is the last id
 * already seen.
 */
export const listMonitors = (context: Context): Reply => {
  const { query } = context
  const name = (query.get('name') ?? '').toLowerCase()
  const [tags, scopes] = [words(query.get('monitor_tags')), words(query.get('tags'))]
  const offset = numberIn(query, 'id_offset')
  const page = numberIn(query, 'page')
  const size = numberIn(query, 'page_size') ?? 100
  if (size < 1 || size > 1000) throw new Refusal(400, [`parameter page_size: ${size} is not between 1 and 1000`])
  const found = monitorsOf(context).filter(
    (monitor) =>
      String(monitor.name).toLowerCase().includes(name) &&
      tags.every((tag) => listOf(monitor.tags).includes(tag)) &&
      scopes.every((scope) => String(monitor.query).includes(scope)) &&
      Number(monitor.id) > (offset ?? 0),
  )
  if (page !== undefined) return { status: 200, body: found.slice(page * size, (page + 1) * size) }
  return { status: 200, body: offset === undefined ? found : found.slice(0, size) }
}

export const getMonitor = ({ store, id }: Context): Reply => ({
  status: 200,
  body: lookUp(store.state().monitors, id, 'Monitor'),
})

/** Fields that the server sets itself. */
const own = (now: Date): JsonObject => ({
  creator: author,
  created: stamp(now),
  deleted: null,
  overall_state: 'No Data',
})

/** `POST /api/v1/monitor`. @throws Refusal 400, also for an exact duplicate */
export const createMonitor = (context: Context): Reply => {
  const { store, now } = context
  const body = bodyAs(context, 'Monitor', 'v1')
  refuseAny(monitorProblems(body, knownTo(context)))
  const fields = settled(body)
  const same = monitorsOf(context).find((monitor) =>
    Object.entries(fields).every(([key, value]) => isDeepStrictEqual(monitor[key], value)),
  )
  if (same !== undefined) throw new Refusal(400, [`Duplicate of an existing monitor_id:${same.id}`])
  const id = monitorId(store.count())
  const monitor = { id, ...own(now), modified: stamp(now), ...fields }
  store.state().monitors[id] = monitor
  return { status: 200, body: monitor }
}

/** `POST /api/v1/monitor/validate`: validates without storing anything. */
export const validateMonitor = (context: Context): Reply => {
  refuseAny(monitorProblems(bodyAs(context, 'Monitor', 'v1'), knownTo(context)))
  return { status: 200, body: {} }
}

/** `POST /api/v1/monitor/{id}/validate`. */
export const validateExistingMonitor = (context: Context): Reply => {
  lookUp(context.store.state().monitors, context.id, 'Monitor')
  return validateMonitor(context)
}

/**
 * `PUT /api/v1/monitor/{id}`: fields that aren't sent stay, but `options` are replaced as a whole, as recorded
 * responses in the public tests of Datadog's Go client and Terraform provider show. No source shows whether this ends a
 * mute; here it does, which is the harder case.
 */
export const updateMonitor = (context: Context): Reply => {
  const { store, now, id } = context
  const stored = lookUp(store.state().monitors, id, 'Monitor')
  const body = bodyAs(context, 'MonitorUpdateRequest', 'v1')
  const changed: JsonObject = { ...stored, ...body }
  if (serverType(changed.type) !== stored.type)
    throw new Refusal(400, [`a monitor of type ${stored.type} cannot become one of type ${changed.type}`])
  refuseAny(monitorProblems(changed, knownTo(context)))
  const monitor = { ...stored, ...settled(changed), modified: stamp(now) }
  store.state().monitors[id] = monitor
  return { status: 200, body: monitor }
}

/** `DELETE /api/v1/monitor/{id}`. @throws Refusal 400 if a composite monitor refers to it, unless forced */
export const deleteMonitor = (context: Context): Reply => {
  const { store, id, query } = context
  const stored = lookUp(store.state().monitors, id, 'Monitor')
  const users = monitorsOf(context).filter(
    (monitor) => monitor.type === 'composite' && String(monitor.query).match(/\d+/g)?.includes(id),
  )
  if (users.length > 0 && !flagIn(query, 'force'))
    throw new Refusal(400, [
      `monitor [${id},${stored.name}] is referenced in composite monitors: ${users.map((user) => user.id).join(', ')}`,
    ])
  delete store.state().monitors[id]
  return { status: 200, body: { deleted_monitor_id: Number(id) } }
}
