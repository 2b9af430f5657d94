// Everything that a box wants in an account.

import { BoxhoundError } from '../_helpers/errors.ts'
import { repeated } from '../_helpers/lists.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { nearest } from '../box/nearest.ts'
import type { Problem } from '../box/problems.ts'
import { readSource } from '../box/read.ts'
import { keyOffset, type Source, valueOffset } from '../box/source.ts'
import { assertNone } from '../box/validate.ts'
import type { Schedule } from './calendar/recurrence.ts'
import type { Wish } from './calendar/week.ts'
import { boardWire, dashboardPlace, dashboardWire } from './dashboard.ts'
import { downtimeWire, schedulesOf, wishOf } from './downtimes.ts'
import type { ObserveFiles, ReadPart } from './files.ts'
import { monitorWire } from './monitors.ts'
import { rawResources } from './raw.ts'
import type { Resource } from './resource-kinds.ts'
import type { MonitorFile } from './schema.ts'

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

const meant = (word: string, known: readonly string[]): string => {
  const best = nearest(word, known)
  return best === undefined ? 'take one of them, or remove the line' : `did you mean "${best}"?`
}

/** What is wrong with the box file's choice for a monitor. */
const choiceProblem = (
  name: string,
  choice: string | false,
  monitors: readonly Named[],
  source: Source,
): Problem | undefined => {
  const path = ['observe', 'monitors', name]
  const file = monitors.find((one) => one.name === name)?.file
  if (file === undefined) {
    const names = monitors.map((one) => one.name)
    return {
      offset: keyOffset(source, path),
      message: `observe.monitors: no monitor named "${name}"`,
      found: name,
      expected: names.length === 0 ? 'no entries: the box has no monitors' : `one of ${names.join(', ')}`,
      next: meant(name, names),
    }
  }
  const variants = Object.keys(file.variants ?? {})
  if (choice === false || variants.includes(choice)) return undefined
  const place = { offset: valueOffset(source, path), found: choice }
  if (variants.length === 0)
    return {
      ...place,
      message: `observe.monitors.${name}: this monitor has no variants`,
      expected: 'false, to leave the monitor out, or no entry',
      next: `write ${name}: false, or remove it`,
    }
  return {
    ...place,
    message: `observe.monitors.${name}: no such variant`,
    expected: `false, or one of ${variants.join(', ')}`,
    next: meant(choice, ['false', ...variants]),
  }
}

/** Checks that the monitors and variants in the box file exist in its files. */
const assertChoices = (box: Box, monitors: readonly Named[], project: Project): void => {
  const names = monitors.map(({ name }) => name)
  const [twice] = repeated(names)
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
  const choices = Object.entries(box.observe.monitors)
  if (choices.length === 0) return
  // The box is plain data without positions, so its file is parsed again for them.
  const source = readSource(box.file, project)
  assertNone(
    source,
    choices.flatMap(([name, choice]) => choiceProblem(name, choice, monitors, source) ?? []),
  )
}

/**
 * Checks that exports don't use the names of the box's own resources. @throws BoxhoundError E_BOX_FILE (exit code 2)
 */
const assertUnlike = (
  raw: readonly Resource[],
  monitors: readonly Named[],
  schedules: readonly Schedule[],
): readonly Resource[] => {
  const own = { monitor: monitors, downtime: schedules, dashboard: [] }
  const same = raw.find(({ kind, name }) => own[kind].some((one) => one.name === name))
  if (same === undefined) return raw
  throw new BoxhoundError('E_BOX_FILE', `two ${same.kind}s are named "${same.name}"`, {
    file: same.source,
    expected: 'each name once in a box',
    found: same.name,
    next: 'give the file another name, in observe.exports too',
    exitCode: 2,
  })
}

const monitorResources = (box: Box, monitors: readonly Named[]): Resource[] =>
  monitors.flatMap(({ name, source, file }) => {
    const choice = box.observe.monitors[name]
    if (choice === false) return []
    return [{ kind: 'monitor', name, source, wire: monitorWire(file, choice, box.observe) }]
  })

/**
 * Everything that a box wants in an account, in the API's format.
 *
 * @param timezone IANA name of the downtimes' time zone.
 * @throws BoxhoundError E_BOX_FILE (exit code 2) if the box file names a monitor or variant that doesn't exist.
 */
export const wantedOf = (box: Box, files: ObserveFiles, timezone: string, now: Date, project: Project): Wanted => {
  const monitors = monitorsOf(files.parts)
  assertChoices(box, monitors, project)
  const { board, downtimes } = files
  const schedules = downtimes === null ? [] : schedulesOf(downtimes.data, timezone, now)
  return {
    resources: [
      ...monitorResources(box, monitors),
      {
        kind: 'dashboard',
        name: 'board',
        source: board.source,
        wire: dashboardWire(files),
        placeOf: dashboardPlace(files),
      },
      ...files.boards.map(
        (one): Resource => ({
          kind: 'dashboard',
          name: one.name,
          source: one.source,
          wire: boardWire(one),
          isPasted: true,
        }),
      ),
      ...assertUnlike(rawResources(files.exports, files.server, now), monitors, schedules),
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
