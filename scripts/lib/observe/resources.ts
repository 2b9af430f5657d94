import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { nearest } from '../box/nearest.ts'
import { displayPath } from '../box/read.ts'
import type { Box } from '../box/types.ts'
import type { Schedule } from './calendar/recurrence.ts'
import type { Wish } from './calendar/week.ts'
import { dashboardWire } from './dashboard.ts'
import { downtimeWire, schedulesOf, wishOf } from './downtimes.ts'
import type { ObserveFiles, ReadPart } from './files.ts'
import { monitorWire } from './monitors.ts'
import type { MonitorFile } from './schema.ts'
import type { Resource } from './types.ts'

/** Everything that a box wants in an account. */
export interface Wanted {
  readonly resources: readonly Resource[]
  /** Null without downtimes. */
  readonly calendar: { readonly schedules: readonly Schedule[]; readonly wish: Wish; readonly timezone: string } | null
}

interface Named {
  readonly name: string
  readonly source: string
  readonly file: MonitorFile
}

const monitorsOf = (parts: readonly ReadPart[]): Named[] =>
  parts.flatMap(({ source, data }) => Object.entries(data.monitors).map(([name, file]) => ({ name, source, file })))

const choiceError = (
  box: Box,
  project: Project,
  message: string,
  found: string,
  known: readonly string[],
): BoxhoundError => {
  const best = nearest(found, known)
  return new BoxhoundError('E_BOX_FILE', message, {
    file: displayPath(box.file, project),
    expected: known.length === 0 ? 'nothing here' : `one of ${known.join(', ')}`,
    found,
    next: best === undefined ? 'take one of them, or remove the line' : `did you mean "${best}"?`,
    exitCode: 2,
  })
}

/** What the box file says of monitors must name monitors, and variants, that its files have. */
const assertChoices = (box: Box, monitors: readonly Named[], project: Project): void => {
  const names = monitors.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new BoxhoundError('E_BOX_FILE', `two monitors are named "${twice}"`, {
      file: monitors
        .filter(({ name }) => name === twice)
        .map(({ source }) => source)
        .join(' and '),
      expected: 'each name once in a box',
      found: twice,
      next: 'rename one of the two',
      exitCode: 2,
    })
  for (const [name, choice] of Object.entries(box.observe.monitors)) {
    const file = monitors.find((one) => one.name === name)?.file
    if (file === undefined)
      throw choiceError(box, project, `observe.monitors: no monitor is named "${name}"`, name, names)
    const variants = Object.keys(file.variants ?? {})
    if (choice !== false && !variants.includes(choice))
      throw choiceError(box, project, `observe.monitors.${name}: no such variant`, choice, ['false', ...variants])
  }
}

const monitorResources = (box: Box, monitors: readonly Named[]): Resource[] =>
  monitors.flatMap(({ name, source, file }) => {
    const choice = box.observe.monitors[name]
    if (choice === false) return []
    return [{ kind: 'monitor', name, source, wire: monitorWire(file, choice, box.observe) }]
  })

/**
 * Everything that a box wants in an account, as the API takes it.
 *
 * @param timezone IANA name of the zone that downtimes go by.
 * @throws BoxhoundError E_BOX_FILE (exit code 2) when the box file names a monitor or a variant that there isn't.
 */
export const wantedOf = (box: Box, files: ObserveFiles, timezone: string, now: Date, project: Project): Wanted => {
  const monitors = monitorsOf(files.parts)
  assertChoices(box, monitors, project)
  const { board, downtimes } = files
  const schedules = downtimes === null ? [] : schedulesOf(downtimes.data, timezone, now)
  return {
    resources: [
      ...monitorResources(box, monitors),
      { kind: 'dashboard', name: 'board', source: board.source, wire: dashboardWire(files) },
      ...(downtimes === null
        ? []
        : schedules.map(
            (schedule): Resource => ({
              kind: 'downtime',
              name: schedule.name,
              source: downtimes.source,
              wire: downtimeWire(schedule, downtimes.data.downtimes[schedule.name]?.message ?? '', box.name),
            }),
          )),
    ],
    calendar: downtimes === null ? null : { schedules, wish: wishOf(downtimes.data), timezone },
  }
}
