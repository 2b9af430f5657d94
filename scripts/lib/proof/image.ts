// Collects evidence for the proofs of an image.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import type { Project } from '../_helpers/paths.ts'
import { chooseAccelerator } from '../boot/accelerator.ts'
import { kernelBootsUnderKvm } from '../boot/kernel-probe.ts'
import { chooseKind, type MachineChoice } from '../boot/kind.ts'
import type { Published } from '../boot/published-image.ts'
import { clearLeftovers, createRunFolder } from '../boot/run-folder.ts'
import { thisBuilder, withoutKept } from './builder.ts'
import { examine } from './disk.ts'
import type { ImageEvidence } from './evidence.ts'
import { meetMachines } from './machines.ts'
import { patternsFor } from './patterns.ts'
import { plantCopy } from './plant.ts'
import { scan } from './raw.ts'

export interface ProofOptions {
  readonly environment: NodeJS.ProcessEnv
  /** What the machines run as. */
  readonly machine: MachineChoice
  /** False leaves the machines out and judges the disk alone. */
  readonly machines: boolean
  readonly onNote: (text: string) => void
}

/** Gathers what the tests of a published image judge; nothing of the machines and disks outlives `work`. */
export const withImageEvidence = async <T>(
  { image, sha256, expectations }: Published,
  { environment, machine, machines, onNote }: ProofOptions,
  project: Project,
  work: (evidence: ImageEvidence, folder: string) => Promise<T>,
): Promise<T> => {
  for (const folder of await clearLeftovers(project.cache)) onNote(`removed leftovers of a killed run in ${folder}`)
  const run = await createRunFolder(project.cache)
  return withCleanup(run.remove, async () => {
    const { box, seed, database, app, accounts } = expectations
    const kept = expectations.kept ?? null
    const builder = withoutKept(await thisBuilder(environment, project), kept)
    const patterns = patternsFor(builder)
    const raw = join(run.path, 'disk.raw')
    const tables = database?.tables ?? []
    const published = await examine(image, raw, { patterns, tables }, project)
    onNote(`searched ${Math.round(published.searched / 1e6)} MB of the expanded disk`)
    const copy = await plantCopy(raw, run.path, { builder, database }, project)
    await rm(raw)
    const compressed = (await scan(copy, patterns)).findings
    const planted = await examine(copy, raw, { patterns, tables }, project)
    onNote(`searched a copy with ${planted.findings.length} planted secrets`)
    await Promise.all([rm(raw), rm(copy)])
    const kind = machines ? await chooseKind(machine, project, onNote) : 'qemu'
    const kernelBoots = (): Promise<boolean> => kernelBootsUnderKvm(box, image)
    const accelerator =
      machines && kind === 'qemu' ? await chooseAccelerator({ cache: project.cache, environment, kernelBoots }) : 'tcg'
    const options = { box, image, database, seed, folder: run.path, kind, accelerator, onNote }
    const met = machines ? await meetMachines(options, project) : null
    const kinds = [...new Set(patterns.map(({ kind }) => kind))]
    const { agent } = expectations
    const agentSource = agent.package === null ? null : agent.source
    return work(
      {
        box,
        sha256,
        database,
        app,
        accounts,
        agentSource,
        kept,
        seed,
        kinds,
        published,
        planted,
        compressed,
        machine: kind,
        machines: met,
      },
      run.path,
    )
  })
}
