import { type JsonObject, objectAt } from '../../scripts/lib/_helpers/json.ts'
import { bodyAs, type Context, flagIn, numberIn } from './context.ts'
import { asOf, defaultAttributes, relationshipsOf, settledSchedule } from './downtime-form.ts'
import { downtimeProblems } from './downtime-rules.ts'
import type { Reply } from './faults.ts'
import { downtimeId } from './ids.ts'
import { notFound, Refusal, refuseAny } from './refusal.ts'
import { lookUp } from './resources.ts'
import { stamp } from './stamp.ts'

/** According to the documentation, cancelled downtimes "are retained for approximately two days". */
const retention = 2 * 24 * 60 * 60 * 1000

const isKept = (downtime: JsonObject, now: Date): boolean => {
  const { canceled } = objectAt(downtime, 'attributes')
  return canceled == null || Date.parse(String(canceled)) + retention > now.getTime()
}

const find = ({ store, id, now }: Context): JsonObject => {
  const downtime = lookUp(store.state().downtimes, id, 'Downtime')
  if (!isKept(downtime, now)) throw notFound('Downtime')
  return asOf(downtime, now)
}

/** `GET /api/v2/downtime`: thirty at a time, including cancelled ones. */
export const listDowntimes = ({ store, query, now }: Context): Reply => {
  const currentOnly = flagIn(query, 'current_only')
  const offset = numberIn(query, 'page[offset]') ?? 0
  const limit = numberIn(query, 'page[limit]') ?? 30
  const found = Object.values(store.state().downtimes)
    .filter((downtime) => isKept(downtime, now))
    .map((downtime) => asOf(downtime, now))
    .filter((downtime) => !currentOnly || objectAt(downtime, 'attributes').status === 'active')
  const meta = { page: { total_filtered_count: found.length } }
  return { status: 200, body: { data: found.slice(offset, offset + limit), meta } }
}

export const getDowntime = (context: Context): Reply => ({ status: 200, body: { data: find(context) } })

const withPath = (problems: readonly string[]): string[] => problems.map((problem) => `data.attributes.${problem}`)

/** Drops null fields, which the API treats as "not given". */
const given = (attributes: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null))

/** Stores a downtime and returns it. */
const keep = ({ store, now }: Context, downtime: JsonObject): Reply => {
  const data = asOf(downtime, now)
  store.state().downtimes[String(data.id)] = data
  return { status: 200, body: { data } }
}

export const createDowntime = (context: Context): Reply => {
  const { store, now } = context
  const sent = given(objectAt(bodyAs(context, 'DowntimeCreateRequest', 'v2').data, 'attributes'))
  refuseAny(withPath(downtimeProblems(sent, {}, store.state(), now)))
  const attributes = {
    ...defaultAttributes,
    ...sent,
    schedule: settledSchedule(sent.schedule, now),
    created: stamp(now),
    modified: stamp(now),
    canceled: null,
  }
  const relationships = relationshipsOf(objectAt(sent, 'monitor_identifier'))
  return keep(context, { type: 'downtime', id: downtimeId(store.count()), attributes, relationships })
}

/** `PATCH /api/v2/downtime/{id}`: attributes that aren't sent stay; a schedule is replaced as a whole. */
export const updateDowntime = (context: Context): Reply => {
  const { store, now, id } = context
  const stored = find(context)
  const before = objectAt(stored, 'attributes')
  const { data } = bodyAs(context, 'DowntimeUpdateRequest', 'v2')
  const sent = given(objectAt(data, 'attributes'))
  if (before.canceled != null) throw new Refusal(400, ['a canceled downtime cannot be changed'])
  if (objectAt({ data }, 'data').id !== id) throw new Refusal(400, ['data.id: not the id of the path'])
  refuseAny(withPath(downtimeProblems(sent, before, store.state(), now)))
  const schedule = sent.schedule === undefined ? {} : { schedule: settledSchedule(sent.schedule, now) }
  const attributes = { ...before, ...sent, ...schedule, modified: stamp(now) }
  const relationships = relationshipsOf(objectAt(attributes, 'monitor_identifier'))
  return keep(context, { ...stored, attributes, relationships })
}

/** `DELETE /api/v2/downtime/{id}` cancels. @throws Refusal 404 if it is cancelled already */
export const cancelDowntime = (context: Context): Reply => {
  const { store, now, id } = context
  const stored = find(context)
  const before = objectAt(stored, 'attributes')
  if (before.canceled != null) throw notFound('Downtime')
  const attributes = { ...before, status: 'canceled', canceled: stamp(now), modified: stamp(now) }
  store.state().downtimes[id] = { ...stored, attributes }
  return { status: 204 }
}
