// Downtimes of an account.

import { textOf } from '../../_helpers/json.ts'
import { isJsonObject } from '../json-object.ts'
import type { ApiClient } from './client.ts'
import type { Store, Stored } from './store.ts'

/** Ended and cancelled downtimes stay listed for a while. */
const isAlive = (status: unknown): boolean => status === 'active' || status === 'scheduled'

/** The account's downtimes (API v2); `wire` contains only the attributes. */
export const downtimeStore = ({ downtimes, v2, body }: ApiClient): Store => ({
  permissions: { read: 'monitors_downtime', write: 'monitors_downtime' },
  list: async () => {
    const all: Stored[] = []
    for await (const one of downtimes.listDowntimesWithPagination({ pageLimit: 100 })) {
      const data: unknown = v2.serialize(one, 'DowntimeResponseData', '')
      if (!isJsonObject(data) || !isJsonObject(data.attributes) || !isAlive(data.attributes.status)) continue
      all.push({ id: textOf(data.id), created: textOf(data.attributes.created), wire: data.attributes })
    }
    return all
  },
  get: async (id) => {
    const { data } = await downtimes.getDowntime({ downtimeId: id })
    const wire: unknown = data === undefined ? {} : v2.serialize(data, 'DowntimeResponseData', '')
    const attributes = isJsonObject(wire) && isJsonObject(wire.attributes) ? wire.attributes : {}
    return { id, created: textOf(attributes.created), wire: attributes }
  },
  create: async (wire) => {
    const sent = body({ data: { type: 'downtime', attributes: wire } })
    return (await downtimes.createDowntime({ body: sent })).data?.id ?? ''
  },
  update: async (id, wire) => {
    await downtimes.updateDowntime({ downtimeId: id, body: body({ data: { type: 'downtime', id, attributes: wire } }) })
  },
  remove: async (id) => {
    await downtimes.cancelDowntime({ downtimeId: id })
  },
})
