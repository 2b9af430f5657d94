// Chosen rows, one after the other, in one work folder.

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
  /** One line for the user. */
  readonly say: (line: string) => void
}

/** KVM where a kernel is seen to boot under it. Without a published image none can be tried, and peers too run on an emulated processor. */
const acceleratorHere = async (project: Project): Promise<Accelerator> => {
  const image = imagePath('lab', project)
  return chooseAccelerator({
    cache: project.cache,
    environment: process.env,
    ...(existsSync(image) ? { kernelBoots: () => kernelBootsUnderKvm('lab', image) } : {}),
  })
}

/** Packages of the rows chosen; a quick run has no peer but Packer. */
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
    // Each row has a folder of its own that goes away with it: some take gigabytes.
    const work = join(bench.work, `row-${row.number}`)
    await mkdir(work)
    const result = await measureRow(row, pairs, { ...bench, work }, join(out, 'logs'), events)
    await rm(work, { recursive: true, force: true })
    for (const line of rowLines(result)) say(line)
    measured.push(result)
    // After each row: an hour's work must not be lost with its last minute.
    results = await writeResults({ ...results, rows: measured }, out, bench.project.root)
  }
  return { results, measured }
}

/** What was to be measured and could not be: rows whose preparation failed, and sides of which every run failed. */
export const failuresOf = (measured: readonly RowResult[]): string[] =>
  measured.flatMap(({ number, sides, broken, notRun }) => [
    ...(broken === true ? [`row ${number} could not be prepared: ${notRun}`] : []),
    ...deadSides(sides).map((name) => `row ${number}: every run of ${name} failed`),
  ])

/**
 * Measures rows, writes results.json and report.html after each. All that it makes lies in one work folder of the store, and goes with it.
 *
 * @returns the results, rows of earlier runs among them, and what could not be measured.
 * @throws BoxhoundError E_NOT_ROOT (exit code 3): layers and peers' disks are mounted.
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
