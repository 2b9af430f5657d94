// Judges a dashboard: what is wrong, and what the client doesn't know.

import type { JsonObject } from '../../_helpers/json.ts'
import { dashboardRuleProblems } from './dashboard-rules.ts'
import { fieldProblems, type Problem } from './problems.ts'

/** Widget positions, `@2`, where the client only allows numbers; dashboard-rules.ts checks both. */
const isTabPlace = ({ path }: Problem): boolean => /^tabs\[\d+\]\.widget_ids\[\d+\]$/.test(path)

/**
 * New values are accepted for widgets. A dashboard's own fields have few values, and each determines what the rest
 * means.
 */
const isNews = ({ maybe, path }: Problem): boolean =>
  maybe === 'field' || (maybe === 'value' && /^widgets\[/.test(path))

export interface DashboardVerdict {
  readonly problems: readonly Problem[]
  /** What the API may know and the pinned client doesn't; sent unchanged. */
  readonly unsure: readonly Problem[]
}

/**
 * Judges a dashboard by the client's models and by further rules in the documentation.
 *
 * @param isPasted true for an independent, exported board: an undeclared variable in it is not our concern.
 */
export const judgeDashboard = (dashboard: JsonObject, isPasted: boolean): DashboardVerdict => {
  const fields = fieldProblems('Dashboard', 'v1', dashboard).filter((one) => !isTabPlace(one))
  const wrong = fields.filter((one) => !isNews(one))
  // The rules assume fields with the right types.
  const rules = wrong.length > 0 ? [] : dashboardRuleProblems(dashboard)
  const isOwn = ({ maybe }: Problem): boolean => isPasted && maybe === 'variable'
  return {
    problems: [...wrong, ...rules.filter((one) => !isOwn(one))],
    unsure: [...fields.filter(isNews), ...rules.filter(isOwn)],
  }
}
