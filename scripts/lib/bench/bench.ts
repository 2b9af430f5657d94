// Runs the selected rows one after another, in one work folder.

import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { killSandboxes } from '../_helpers/sandbox.ts'
import { boxhoundVersion } from '../_helpers/version.ts'
import { imagePath } from '../bake/manifest.ts'
import { chooseAccelerator } from '../boot/accelerator.ts'
import { kernelBootsUnderKvm } from '../boot/kernel-probe.ts'
import type { Accelerator } from '../boot/machine-spec.ts'
import { clearDeadRuns, clearRun, makeWorkFolder, type WorkFolder } from '../cache/leftovers.ts'
import { listRecords } from '../cache/store.ts'
import { deadSides } from './compare.ts'
import { rowLines, tellProgress } from './lines.ts'
import { describeMachine, toolVersions } from './machine.ts'
import { measureRow } from './measure.ts'
import type { Bench, BenchResults, Row, RowResult } from './measurement.ts'
import { writeResults } from './results.ts'

export interface BenchOptions {
  readonly pairs: number
  readonly quick: boolean
  /** Folder of results.json, report.html and logs/. */
  readonly out: string
  /** Prints one line for the user. */
  readonly say: (line: string) => void
}

/** KVM if a kernel boots under it. Without a published image this can't be tested, so all sides use an emulated processor. */
const acceleratorHere = async (project: Project): Promise<Accelerator> => {
  const image = imagePath('lab', project)
  return chooseAccelerator({
    cache: project.cache,
    environment: process.env,
    ...(existsSync(image) ? { kernelBoots: () => kernelBootsUnderKvm('lab', image) } : {}),
  })
}

/** Packages of the selected rows; in a quick run Packer is the only peer. */
export const packagesOf = (rows: readonly Row[], quick: boolean): string[] => [
  ...new Set(rows.flatMap(({ packages }) => packages).filter((name) => !quick || name === 'packer')),
]

const measureAll = async (
  rows: readonly Row[],
  bench: Bench,
  { pairs, out, say }: BenchOptions,
): Promise<{ results: BenchResults; measured: RowResult[] }> => {
  const events = tellProgress(say, pairs)
  const machine = await describeMachine(bench.accelerator)
  const tools = await toolVersions(packagesOf(rows, bench.quick))
  const measured: RowResult[] = []
  let results: BenchResults = { schema: 1, boxhound: boxhoundVersion, machine, tools, rows: [] }
  for (const row of rows) {
    // Each row has its own folder, removed after it: some take gigabytes.
    const work = join(bench.work, `row-${row.number}`)
    await mkdir(work)
    const result = await measureRow(row, pairs, { ...bench, work }, join(out, 'logs'), events)
    await rm(work, { recursive: true, force: true })
    for (const line of rowLines(result)) say(line)
    measured.push(result)
    // Written after each row, so that a late failure doesn't lose an hour of results.
    results = await writeResults({ ...results, rows: measured }, out, bench.project.tool)
  }
  return { results, measured }
}

/** What could not be measured: rows whose preparation failed, and sides whose every run failed. */
export const failuresOf = (measured: readonly RowResult[]): string[] =>
  measured.flatMap(({ number, sides, broken, notRun }) => [
    ...(broken === true ? [`row ${number} could not be prepared: ${notRun}`] : []),
    ...deadSides(sides).map((name) => `row ${number}: every run of ${name} failed`),
  ])

/**
 * Measures rows and writes results.json and report.html after each. All other files are in one work folder of the store,
 * which is removed.
 *
 * @returns the results, including rows of earlier runs, and what could not be measured.
 * @throws BoxhoundError E_NOT_ROOT (exit code 3), since layers and peers' disks are mounted.
 */
export const runBench = async (
  rows: readonly Row[],
  options: BenchOptions,
  project: Project,
): Promise<{ readonly results: BenchResults; readonly failures: readonly string[] }> => {
  if (process.getuid?.() !== 0)
    throw new BoxhoundError('E_NOT_ROOT', 'npm run bench needs root: it bakes and mounts disks', {
      exitCode: 3,
      next: 'sudo npm run bench',
    })
  await mkdir(project.cache, { recursive: true })
  for (const line of await clearDeadRuns(project)) options.say(line)
  let making: Promise<WorkFolder> | undefined
  return withCleanup(
    async () => {
      await killSandboxes()
      const work = await making?.catch(() => undefined)
      if (work !== undefined) await clearRun(work, project)
    },
    async () => {
      const ids = (await listRecords(project)).map(({ id }) => id)
      making = makeWorkFolder('bench', ids, project)
      const { path } = await making
      const accelerator = await acceleratorHere(project)
      const bench: Bench = {
        project,
        work: path,
        accelerator,
        quick: options.quick,
        say: (line) => options.say(`  ${line}`),
      }
      const { results, measured } = await measureAll(rows, bench, options)
      return { results, failures: failuresOf(measured) }
    },
  )
}
