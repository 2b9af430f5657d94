import { isKeyed } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { judge, list, type Verdict } from '../verdict.ts'

const always = ['boxhound-first-boot.service']

export interface UnitState {
  readonly id: string
  readonly file: string
  readonly active: string
}

/**
 * Parses the blocks of `systemctl show -p UnitFileState -p ActiveState UNIT…`, one per unit, in the order of `names`.
 * The blocks' own names are not used, since an alias has a different one.
 */
export const parseUnits = (names: readonly string[], output: string): UnitState[] => {
  const blocks = output.trim().split('\n\n')
  return names.map((id, index) => {
    const lines = (blocks[index] ?? '').split('\n')
    const fields = new Map(lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]))
    return { id, file: fields.get('UnitFileState') ?? '', active: fields.get('ActiveState') ?? '' }
  })
}

const withSuffix = (unit: string): string => (unit.includes('.') ? unit : `${unit}.service`)

/** The units that must be enabled for this box, each once. */
export const wantedUnits = (units: readonly string[]): string[] => [...new Set([...units, ...always].map(withSuffix))]

/** Without an API key this unit exits at once until systemd gives up on it. That is correct on such an instance. */
const needsKey = 'datadog-agent-trace.service'

/**
 * Judges what is enabled, what is disabled, and that nothing has failed.
 *
 * @param keyed whether this instance has an API key.
 */
export const judgeUnits = (
  wanted: readonly string[],
  unwanted: readonly string[],
  states: readonly UnitState[],
  allFailed: readonly string[],
  keyed = true,
): Verdict => {
  const failed = allFailed.filter((unit) => keyed || unit !== needsKey)
  const state = (unit: string): UnitState | undefined => states.find(({ id }) => id === unit)
  return judge(
    `enabled: ${list(wanted)}; disabled: ${list(unwanted)}; no failed unit`,
    `${wanted.length} units enabled, none failed${failed.length === allFailed.length ? '' : ` except ${needsKey}, which exits without an API key`}`,
    [
      ...wanted
        .filter((unit) => !['enabled', 'alias'].includes(state(unit)?.file ?? ''))
        .map((unit) => `${unit} is ${state(unit)?.file || 'unknown'}, not enabled`),
      ...unwanted
        .filter((unit) => state(unit)?.file === 'enabled' || state(unit)?.active === 'active')
        .map((unit) => `${unit} is enabled or running`),
      ...failed.map((unit) => `${unit} has failed`),
    ],
  )
}

export const check: BoxCheck = {
  run: async (guest) => {
    const { units, off } = guest.context.expectations
    const wanted = wantedUnits(units)
    const all = [...wanted, ...off]
    const show = ['systemctl', 'show', '-p', 'UnitFileState', '-p', 'ActiveState', '--', ...all]
    const failures = ['systemctl', 'list-units', '--state=failed', '--plain', '--no-legend', '--full']
    const [states, failed] = await Promise.all([guest.run(show, { name: 'systemctl show' }), guest.run(failures)])
    const names = failed.stdout.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '')
    const failing = names.filter((name) => name !== '')
    const keyed = !failing.includes(needsKey) || (await isKeyed(guest))
    return judgeUnits(wanted, off, parseUnits(all, states.stdout), failing, keyed)
  },
}
