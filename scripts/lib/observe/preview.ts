// Writes the page of a box.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { readDefinition } from '../box/definition.ts'
import { type RecordedPoints, readRecord, recordFile } from '../wire/record.ts'
import { judge } from './calendar/judge.ts'
import { slotsOf } from './calendar/slots.ts'
import { readFiles } from './files.ts'
import type { Kind } from './resource-kinds.ts'
import { type Wanted, wantedOf } from './resources.ts'
import { samplesOf } from './samples.ts'
import { previewPage } from './show/page.ts'
import type { Hints, PreviewWeek } from './show/page-data.ts'

/** Messages for a path that cannot be written; other errors have nothing to do with the path. */
const unwritable: Readonly<Record<string, string>> = {
  EISDIR: 'a folder',
  ENOENT: 'a folder that cannot be made',
  ENOTDIR: 'a path through something that is no folder',
  EEXIST: 'a path through something that is no folder',
  EACCES: 'a folder that may not be written',
  EPERM: 'a folder that may not be written',
  EROFS: 'a file system that is read-only',
  ENAMETOOLONG: 'a name that is too long',
}

const writePage = async (file: string, page: string): Promise<void> => {
  try {
    await writeAtomic(file, page)
  } catch (cause) {
    const reason = unwritable[cause instanceof Error && 'code' in cause ? String(cause.code) : '']
    if (reason === undefined) throw cause
    const isFolder = existsSync(`${file}/`)
    throw new BoxhoundError('E_OUT', 'the page cannot be written', {
      file: shown(file),
      expected: 'a file in a writable folder',
      cause,
      found: isFolder ? 'a folder' : reason,
      next: isFolder ? `--out ${shown(join(file, 'observe.html'))}` : '--out with another file',
      exitCode: 2,
    })
  }
}

/** The time zone for downtimes of a box without one of its own: the lab account's, since no account is queried. */
const drawnZone = 'Europe/Paris'

/** What a check may send, by its own definition, as bounds for the sample data. */
const hintsOf = ({ checks }: Box, project: Project): Hints =>
  Object.fromEntries(
    checks.flatMap(({ folder, interval, options }) => {
      const { ranges } = readDefinition(join(folder, 'check.yaml'), project).definition.expect
      return Object.entries(ranges).map(([metric, { min, max }]) => {
        const number = (bound: typeof min): number => Number(typeof bound === 'number' ? bound : options[bound.option])
        return [metric, { min: number(min), max: number(max), interval }]
      })
    }),
  )

const weeksOf = ({ calendar }: Wanted, now: Date): PreviewWeek[] => {
  if (calendar === null) return []
  const { weeks, findings } = judge(calendar.schedules, calendar.wish, calendar.timezone, now)
  return weeks.map(({ week, label }, index) => ({
    rows: slotsOf(week),
    label,
    notes: index === 0 ? findings : [],
  }))
}

/**
 * The points that the box's machine sent in its last `verify --wire`.
 *
 * @throws BoxhoundError E_NOT_RECORDED (exit code 2) if there was none.
 */
const recordedOf = async (box: Box, project: Project): Promise<RecordedPoints> => {
  const folder = join(project.out, box.name, 'verify-wire')
  const record = await readRecord(folder)
  if (record !== undefined) return record
  throw new BoxhoundError('E_NOT_RECORDED', `nothing was recorded from a machine of ${box.name}`, {
    file: recordFile(folder),
    next: `npm run verify -- ${box.name} --wire or npm run traffic -- ${box.name} --wire, or leave --recorded out`,
    exitCode: 2,
  })
}

export interface PreviewOptions {
  readonly now: Date
  /** Default `out/BOX/observe.html`. */
  readonly out?: string | undefined
  /** True shows data that a machine has sent, where there is any, instead of sample data. */
  readonly recorded: boolean
}

/**
 * Writes the page that shows what a box creates in an account, without contacting one.
 *
 * @returns the page's file.
 */
export const writePreview = async (box: Box, options: PreviewOptions, project: Project): Promise<string> => {
  const { now, out } = options
  const isAssumed = box.observe.timezone === 'account'
  const timezone = isAssumed ? drawnZone : box.observe.timezone
  const wanted = wantedOf(box, readFiles(box, project), timezone, now, project)
  const of = (kind: Kind) => wanted.resources.filter((one) => one.kind === kind)
  const file = out ?? join(project.out, box.name, 'observe.html')
  await writePage(
    file,
    previewPage({
      box: box.name,
      version: box.version,
      now,
      timezone,
      isAssumed,
      dashboards: of('dashboard'),
      monitors: of('monitor'),
      downtimes: of('downtime'),
      week: weeksOf(wanted, now),
      hints: hintsOf(box, project),
      samples: samplesOf(box, project),
      ...(options.recorded ? { recorded: await recordedOf(box, project) } : {}),
    }),
  )
  return file
}
