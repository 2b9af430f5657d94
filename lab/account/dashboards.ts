import { isObject, type JsonObject, listOf, withSortedKeys } from '../../scripts/lib/_helpers/json.ts'
import { type Context, dashboardBody, flagIn, numberIn } from './context.ts'
import { dashboardProblems } from './dashboard-rules.ts'
import type { Reply } from './faults.ts'
import { dashboardId, widgetId } from './ids.ts'
import { Refusal, refuseAny } from './refusal.ts'
import { author, lookUp } from './resources.ts'
import { stamp } from './stamp.ts'
import type { Store } from './store.ts'

const summaryKeys = [
  'id',
  'title',
  'description',
  'layout_type',
  'url',
  'is_read_only',
  'created_at',
  'modified_at',
  'author_handle',
]

/** `GET /api/v1/dashboard`: summaries, a hundred at a time. Shared or deleted dashboards are never included. */
export const listDashboards = ({ store, query }: Context): Reply => {
  const start = numberIn(query, 'start') ?? 0
  const count = numberIn(query, 'count') ?? 100
  const none = flagIn(query, 'filter[shared]') || flagIn(query, 'filter[deleted]')
  const all = none ? [] : Object.values(store.state().dashboards)
  const dashboards = all
    .slice(start, start + count)
    .map((dashboard) => Object.fromEntries(summaryKeys.map((key) => [key, dashboard[key] ?? null])))
  return { status: 200, body: { dashboards } }
}

const unknown = (id: string): string => `Dashboard with ID ${id}`

export const getDashboard = ({ store, id }: Context): Reply => ({
  status: 200,
  body: lookUp(store.state().dashboards, id, unknown(id)),
})

/** Numbers the widgets; an update may send the numbers that exist already. */
const numbered = (widgets: readonly unknown[], store: Store, keep: boolean): unknown[] =>
  widgets.filter(isObject).map((widget) => {
    const id = keep && typeof widget.id === 'number' ? widget.id : widgetId(store.count())
    const definition = isObject(widget.definition) ? widget.definition : {}
    const inner = Array.isArray(definition.widgets) ? { widgets: numbered(definition.widgets, store, keep) } : {}
    return { ...widget, id, definition: { ...definition, ...inner } }
  })

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')

const emptyLists = { notify_list: [], restricted_roles: [], template_variable_presets: [], tags: [] }

/** Replaces widget positions such as `@1` with ids. */
const withTabIds = (dashboard: JsonObject): JsonObject => {
  if (!Array.isArray(dashboard.tabs)) return dashboard
  const ids = listOf(dashboard.widgets).map((widget) => (isObject(widget) ? widget.id : undefined))
  const idOf = (one: unknown): unknown => (typeof one === 'string' ? ids[Number(one.slice(1)) - 1] : one)
  return {
    ...dashboard,
    tabs: dashboard.tabs.filter(isObject).map((tab) => ({ ...tab, widget_ids: listOf(tab.widget_ids).map(idOf) })),
  }
}

/** A dashboard as the server stores it: with server-side fields, defaults, and keys in the server's order. */
const settled = (body: JsonObject, store: Store, keep: boolean, own: JsonObject): JsonObject => {
  const kept = withSortedKeys({
    description: null,
    ...emptyLists,
    // null means "not given"
    ...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)),
    template_variables: listOf(body.template_variables)
      .filter(isObject)
      .map((variable) => ({ available_values: [], ...variable })),
    // The server treats it as a set and returns it in an order of its own.
    notify_list: listOf(body.notify_list).map(String).sort(),
    widgets: numbered(listOf(body.widgets), store, keep),
    author_handle: author.handle,
    author_name: author.name,
    is_read_only: body.is_read_only === true,
    url: `/dashboard/${own.id}/${slug(String(body.title))}`,
    ...own,
  })
  return isObject(kept) ? withTabIds(kept) : {}
}

/**
 * Who may change a board: if it is read-only or has roles, only its author; the lab's key has no role. "Only the author
 * and users associated with at least one of these roles can edit this dashboard."
 *
 * @throws Refusal 403
 */
const requireEditor = ({
  is_read_only: readOnly,
  restricted_roles: roles,
  author_handle: handle,
}: JsonObject): void => {
  const isClosed = readOnly === true || listOf(roles).length > 0
  if (isClosed && handle !== author.handle) throw new Refusal(403, ['Forbidden'])
}

export const createDashboard = (context: Context): Reply => {
  const { store, now } = context
  const body = dashboardBody(context)
  refuseAny(dashboardProblems(body))
  const id = dashboardId(store.count())
  const dashboard = settled(body, store, false, { id, created_at: stamp(now), modified_at: stamp(now) })
  store.state().dashboards[id] = dashboard
  return { status: 200, body: dashboard }
}

/** `PUT /api/v1/dashboard/{id}`: replaces everything that a client can set. */
export const updateDashboard = (context: Context): Reply => {
  const { store, now, id } = context
  const stored = lookUp(store.state().dashboards, id, unknown(id))
  const { created_at } = stored
  requireEditor(stored)
  const body = dashboardBody(context)
  refuseAny(dashboardProblems(body))
  const dashboard = settled(body, store, true, { id, created_at, modified_at: stamp(now) })
  store.state().dashboards[id] = dashboard
  return { status: 200, body: dashboard }
}

export const deleteDashboard = ({ store, id }: Context): Reply => {
  requireEditor(lookUp(store.state().dashboards, id, unknown(id)))
  delete store.state().dashboards[id]
  return { status: 200, body: { deleted_dashboard_id: id } }
}
