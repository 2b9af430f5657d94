import { BoxhoundError } from '../_helpers/errors.ts'
import type { Expectations } from '../render/types.ts'

const agentIds = ['agent.running', 'agent.version', 'agent.tags', 'agent.unkeyed']
const imageIds = ['image.identity', 'image.secrets', 'image.users', 'image.units', 'image.kernel']

/** Every check id that a box of these expectations is judged by; what the box doesn't have is not planned at all. */
export const allIds = ({ checks, database, app }: Expectations): string[] => [
  'first-boot',
  ...agentIds,
  ...checks.flatMap(({ name }) => [`check.${name}`, `check.${name}.interval`]),
  ...(database === null ? [] : ['database.running', 'database.grants', 'database.logs']),
  ...(app === null ? [] : ['app.routes', 'app.traces', 'app.logs']),
  ...imageIds,
]

/**
 * The ids to run.
 *
 * @param only ids of the caller; empty means all of them.
 * @throws E_UNKNOWN_CHECK (exit code 2) for an id that this box doesn't have.
 */
export const planIds = (expectations: Expectations, only: readonly string[]): string[] => {
  const all = allIds(expectations)
  const unknown = only.find((id) => !all.includes(id))
  if (unknown !== undefined) {
    throw new BoxhoundError('E_UNKNOWN_CHECK', `${expectations.box} has no check "${unknown}"`, {
      expected: `one of ${all.join(', ')}`,
      found: unknown,
      exitCode: 2,
    })
  }
  return only.length === 0 ? all : all.filter((id) => only.includes(id))
}
