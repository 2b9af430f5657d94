// Compares files with an account.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import type { Gateway } from './account/gateway.ts'
import { bodyOf } from './body.ts'
import { withBridges } from './bridges.ts'
import { assertZone } from './calendar/zone.ts'
import { type Change, isChange, planChanges } from './changes.ts'
import { readFiles, readServer } from './files.ts'
import { assertModels } from './models/assert.ts'
import type { Resource } from './resource-kinds.ts'
import { type Wanted, wantedOf } from './resources.ts'
import type { ServerFile } from './schema.ts'

/** The differences between a box's files and an account. */
export interface AccountPlan {
  readonly box: Box
  readonly changes: readonly Change[]
  readonly wanted: Wanted
  readonly server: ServerFile
  /** What boxhound cannot judge in the files. */
  readonly warnings: readonly string[]
}

const refused = (wanted: Resource, cause: BoxhoundError): BoxhoundError =>
  new BoxhoundError('E_OBSERVE_INVALID', `the account rejects the monitor ${wanted.name}`, {
    file: wanted.source,
    expected: 'a monitor that passes the API’s validation',
    ...(cause.details.found === undefined ? {} : { found: cause.details.found }),
    next: 'fix the monitor in this file; nothing was changed in the account',
    cause,
  })

/**
 * Has the account validate new and changed monitors first, so that a refusal doesn't leave things half done. They are
 * sent with all their tags, since an organization may have rules for tags.
 */
const assertValid = async (plan: Pick<AccountPlan, 'box' | 'changes' | 'server'>, gateway: Gateway): Promise<void> => {
  const monitors = plan.changes.flatMap((change) => {
    const { kind, wanted } = change
    return kind === 'monitor' && wanted !== null && isChange(change) ? [{ change, wanted }] : []
  })
  await Promise.all(
    monitors.map(({ change, wanted }) =>
      gateway.validate(bodyOf(wanted, change, plan.box.name, plan.server)).catch((cause: unknown) => {
        throw cause instanceof BoxhoundError && cause.code === 'E_ACCOUNT_INVALID' ? refused(wanted, cause) : cause
      }),
    ),
  )
}

export interface PlanOptions {
  readonly now: Date
  /** True removes everything of the box: nothing is wanted. */
  readonly destroy: boolean
}

/** The box file's time zone, or else the account's. */
const zoneOf = async ({ observe }: Box, gateway: Gateway): Promise<string> =>
  observe.downtimes === null ? 'UTC' : observe.timezone === 'account' ? gateway.timezone() : observe.timezone

/**
 * Compares a box's files with its resources in an account. Changes nothing.
 *
 * @throws BoxhoundError E_BOX_FILE, E_TEMPLATE, E_OBSERVE_MODEL (the files), E_OBSERVE_INVALID, E_ACCOUNT_… (the
 *   account).
 */
export const planFor = async (
  box: Box,
  gateway: Gateway,
  { now, destroy }: PlanOptions,
  project: Project,
): Promise<AccountPlan> => {
  const server = readServer(project)
  const nothing: Wanted = { resources: [], calendar: null }
  const wanted = destroy ? nothing : wantedOf(box, readFiles(box, project), await zoneOf(box, gateway), now, project)
  if (wanted.calendar !== null) assertZone(wanted.calendar.timezone)
  const warnings = assertModels(wanted.resources)
  const live = await gateway.list(box.name)
  const changes = withBridges(
    planChanges(wanted.resources, live, server, destroy ? 'made by boxhound' : undefined),
    wanted,
    now,
  )
  await assertValid({ box, changes, server }, gateway)
  return { box, changes, wanted, server, warnings }
}

/** The number of changes by action. */
export const countsOf = (changes: readonly Change[]) => {
  const count = (action: Change['action']): number => changes.filter((one) => one.action === action).length
  return {
    add: count('add'),
    change: count('change') + count('replace'),
    remove: count('remove'),
    keep: count('keep'),
    leave: count('leave'),
  }
}

/** Whether there is anything to do. */
export const hasChanges = ({ changes }: Pick<AccountPlan, 'changes'>): boolean => changes.some(isChange)
