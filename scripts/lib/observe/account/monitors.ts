// Monitors of an account.

import { textOf } from '../../_helpers/json.ts'
import { isJsonObject } from '../json-object.ts'
import { boxTag } from '../marker.ts'
import type { ApiClient } from './client.ts'
import type { Store, Stored } from './store.ts'

const pageSize = 100

const stored = (wire: unknown): Stored[] =>
  isJsonObject(wire) ? [{ id: String(wire.id), created: textOf(wire.created), wire }] : []

/** The account's monitors. */
export const monitorStore = ({ monitors, v1, body }: ApiClient): Store => ({
  permissions: { read: 'monitors_read', write: 'monitors_write' },
  list: async (box) => {
    const all: Stored[] = []
    for (let page = 0; ; page++) {
      const found = await monitors.listMonitors({ monitorTags: boxTag(box), page, pageSize })
      all.push(...found.flatMap((one) => stored(v1.serialize(one, 'Monitor', ''))))
      if (found.length < pageSize) return all
    }
  },
  get: async (id) => {
    const [one] = stored(v1.serialize(await monitors.getMonitor({ monitorId: Number(id) }), 'Monitor', ''))
    return one ?? { id, created: '', wire: {} }
  },
  create: async (wire) => String((await monitors.createMonitor({ body: body(wire) })).id),
  update: async (id, wire) => {
    await monitors.updateMonitor({ monitorId: Number(id), body: body(wire) })
  },
  remove: async (id) => {
    await monitors.deleteMonitor({ monitorId: Number(id) })
  },
})
