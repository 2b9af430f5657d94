import type { Change } from './changes.ts'

/** Names of the downtimes whose rules the account is told now: new ones, and those with other rules. The rest runs on as it is. */
export const freshDowntimes = (
  changes: readonly Pick<Change, 'action' | 'kind' | 'name' | 'fields'>[],
): ReadonlySet<string> =>
  new Set(
    changes
      .filter(
        ({ action, kind, fields }) =>
          kind === 'downtime' &&
          (action === 'add' || (action === 'change' && fields.some(({ path }) => path.startsWith('schedule')))),
      )
      .map(({ name }) => name),
  )
