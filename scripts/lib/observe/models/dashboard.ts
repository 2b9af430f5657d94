// A dashboard judged: wrong, or unknown to the client.

import type { JsonObject } from '../../_helpers/json.ts'
import { dashboardRuleProblems } from './dashboard-rules.ts'
import { fieldProblems, type Problem } from './problems.ts'

/** Places of widgets, `@2`, stand where the client has numbers alone; dashboard-rules.ts judges both. */
const isTabPlace = ({ path }: Problem): boolean => /^tabs\[\d+\]\.widget_ids\[\d+\]$/.test(path)

/** New values are for widgets; of a dashboard itself there are few, and each decides what the rest means. */
const isNews = ({ maybe, path }: Problem): boolean =>
  maybe === 'field' || (maybe === 'value' && /^widgets\[/.test(path))

export interface DashboardVerdict {
  readonly problems: readonly Problem[]
  /** What the API may know and the pinned client doesn't: sent as it is. */
  readonly unsure: readonly Problem[]
}

/**
 * A dashboard judged by the client's models and by what the documentation says beyond them.
 *
 * @param isPasted true for one that stands for itself, as it was exported: a variable that it doesn't declare is its own matter.
 */
export const judgeDashboard = (dashboard: JsonObject, isPasted: boolean): DashboardVerdict => {
  const fields = fieldProblems('Dashboard', 'v1', dashboard).filter((one) => !isTabPlace(one))
  const wrong = fields.filter((one) => !isNews(one))
  // Rules look into fields whose shape is right.
  const rules = wrong.length > 0 ? [] : dashboardRuleProblems(dashboard)
  const isOwn = ({ maybe }: Problem): boolean => isPasted && maybe === 'variable'
  return {
    problems: [...wrong, ...rules.filter((one) => !isOwn(one))],
    unsure: [...fields.filter(isNews), ...rules.filter(isOwn)],
  }
}
