// Dashboards of an account.

import { BoxhoundError } from '../../_helpers/errors.ts'
import { textOf } from '../../_helpers/json.ts'
import { isJsonObject } from '../json-object.ts'
import { markerOf } from '../marker.ts'
import type { ApiClient } from './client.ts'
import type { Store, Stored } from './store.ts'

const pageSize = 100

/**
 * The account's dashboards. Lists contain only summaries, so each dashboard with the marker in its description is read
 * separately.
 */
export const dashboardStore = ({ dashboards, dashboardRequests, send, body }: ApiClient): Store => {
  const get = async (id: string): Promise<Stored> => {
    const wire = await send(await dashboardRequests.getDashboard(id))
    return isJsonObject(wire) ? { id, created: textOf(wire.created_at), wire } : { id, created: '', wire: {} }
  }
  const read = async (id: string): Promise<Stored[]> =>
    get(id).then(
      (one) => [one],
      (error: unknown) => {
        // It was removed after it was listed.
        if (error instanceof BoxhoundError && error.code === 'E_ACCOUNT_GONE') return []
        throw error
      },
    )
  return {
    permissions: { read: 'dashboards_read', write: 'dashboards_write' },
    list: async (box) => {
      const ids: string[] = []
      for (let start = 0; ; start += pageSize) {
        const { dashboards: page = [] } = await dashboards.listDashboards({ count: pageSize, start })
        for (const { id, description } of page)
          if (id !== undefined && markerOf('dashboard', { description: description ?? '' })?.box === box) ids.push(id)
        if (page.length < pageSize) break
      }
      const all: Stored[] = []
      for (const id of ids) all.push(...(await read(id)))
      return all
    },
    get,
    create: async (wire) => {
      const made = await send(await dashboardRequests.createDashboard(body(wire)))
      return isJsonObject(made) ? textOf(made.id) : ''
    },
    update: async (id, wire) => {
      await send(await dashboardRequests.updateDashboard(id, body(wire)))
    },
    remove: async (id) => {
      await dashboards.deleteDashboard({ dashboardId: id })
    },
  }
}
