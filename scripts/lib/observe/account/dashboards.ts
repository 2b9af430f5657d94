import { BoxhoundError } from '../../_helpers/errors.ts'
import { isObject, textOf } from '../json.ts'
import { markerOf } from '../marker.ts'
import type { ApiClient } from './client.ts'
import type { Store, Stored } from './store.ts'

const pageSize = 100

/** The account's dashboards. Lists have summaries only: what carries the marker in its description is read whole. */
export const dashboardStore = ({ dashboards, v1 }: ApiClient): Store => {
  const read = async (id: string): Promise<Stored[]> => {
    const found = await dashboards.getDashboard({ dashboardId: id }).catch((error: unknown) => {
      // Somebody removed it after it was listed.
      if (error instanceof BoxhoundError && error.code === 'E_ACCOUNT_GONE') return undefined
      throw error
    })
    const wire: unknown = found === undefined ? undefined : v1.serialize(found, 'Dashboard', '')
    return isObject(wire) ? [{ id, created: textOf(wire.created_at), wire }] : []
  }
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
    create: async (wire) => (await dashboards.createDashboard({ body: v1.deserialize(wire, 'Dashboard') })).id ?? '',
    update: async (id, wire) => {
      await dashboards.updateDashboard({ dashboardId: id, body: v1.deserialize(wire, 'Dashboard') })
    },
    remove: async (id) => {
      await dashboards.deleteDashboard({ dashboardId: id })
    },
  }
}
