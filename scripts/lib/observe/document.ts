// The plan as JSON.

import type { Judgement } from './calendar/judge.ts'
import type { Change } from './changes.ts'
import { type AccountPlan, countsOf } from './plan.ts'

/** A change as `--json` prints it. */
export const changeDocument = ({ action, kind, name, id, reason, drift, fields, kept, bridge, wanted }: Change) => ({
  action,
  kind,
  name,
  id,
  reason,
  drift,
  source: wanted?.source ?? null,
  fields: fields.map(({ path, from = null, to = null, ...moved }) => ({ path, from, to, ...moved })),
  bridge: bridge === null ? null : { minutes: bridge.minutes, until: new Date(bridge.until).toISOString() },
  kept: kept.map(({ path, value }) => ({ path, value })),
})

/** The plan as `--json` prints it; it contains no key, and no address with one. */
export const planDocument = (plan: AccountPlan, account: string, judgement: Judgement | null) => ({
  box: plan.box.name,
  account,
  counts: countsOf(plan.changes),
  changes: plan.changes.map(changeDocument),
  warnings: plan.warnings,
  calendar:
    judgement === null || plan.wanted.calendar === null
      ? null
      : {
          timezone: plan.wanted.calendar.timezone,
          gaps: judgement.gaps,
          findings: judgement.findings,
          weeks: judgement.weeks.map(({ label, week }) => ({ label, ...week })),
        },
})
