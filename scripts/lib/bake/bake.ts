// Bakes a plan into a published image.

import { mkdir, rm } from 'node:fs/promises'
import { clearTemporary } from '../_helpers/atomic.ts'
import { withCleanup, withoutInterruption } from '../_helpers/cleanup.ts'
import type { Project } from '../_helpers/paths.ts'
import { askSandbox, killSandboxes } from '../_helpers/sandbox.ts'
import { span } from '../_helpers/trace.ts'
import { boxhoundVersion } from '../_helpers/version.ts'
import { droppedLines } from '../cache/binding.ts'
import { clearDeadRuns, clearRun, dropUnusable, makeWorkFolder, type WorkFolder } from '../cache/leftovers.ts'
import { withLock } from '../cache/lock.ts'
import { overlayPath } from '../cache/store.ts'
import type { Plan } from '../plan/planned-layer.ts'
import { pullMissing } from '../registry/sources.ts'
import { buildLayers } from './build.ts'
import type { Builder } from './builders.ts'
import { writeContainer } from './container-format.ts'
import type { OnError } from './failure.ts'
import { makeImages, publishStep, stagingFolder } from './images.ts'
import { boxFolder, looksPublished, type Manifest, readManifest, writeDraft } from './manifest.ts'
import { readPackerVersion, recallPackerVersion, requirePacker } from './packer-version.ts'
import type { Progress } from './progress.ts'
import { dropStale, publishSet, staleImages, updateExpectations } from './publish.ts'
import { usableLayers } from './stored.ts'
import { sumsFit } from './sums.ts'

export interface BakeOptions {
  /** Stop at the layer below the seal and publish nothing. */
  readonly draft: boolean
  readonly builder: Builder
  readonly onError: OnError
  readonly progress: (steps: readonly string[]) => Progress
  /** One line for the user, e.g. about leftovers of a killed run. */
  readonly note: (line: string) => void
}

export interface Baked {
  readonly manifest: Manifest
  /** False when the published image was up to date. */
  readonly changed: boolean
}

/** A bootable overlay, neither sealed nor published. */
export interface Draft {
  readonly overlay: string
  readonly layers: Manifest['layers']
  readonly seconds: number
}

/** The published image if it already matches the plan; starts nothing and reads no layer or image. */
export const findPublished = async (plan: Plan, project: Project): Promise<Manifest | undefined> => {
  const { name, image } = plan.rendered.box
  const manifest = await readManifest(name, project)
  if (manifest === undefined || manifest.layers.at(-1)?.id !== plan.layers.at(-1)?.id) return undefined
  if (manifest.images.map(({ format }) => format).join() !== image.formats.join()) return undefined
  if ((await staleImages(name, image.formats, project)).length > 0) return undefined
  return (await looksPublished(manifest, project)) && (await sumsFit(manifest, project)) ? manifest : undefined
}

const expectationsText = ({ rendered }: Plan): string => `${JSON.stringify(rendered.expectations, null, 2)}\n`

const qemuVersion = async (): Promise<string> =>
  /\d+\.\d+\.\d+/.exec((await askSandbox(['qemu-img', '--version'])).stdout)?.[0] ?? 'unknown'

const describeBase = ({ rendered, layers }: Plan): Record<string, string> => {
  const { base } = rendered.box
  const id = layers[0]?.id ?? ''
  const system = base.system.name
  return base.kind === 'image'
    ? { kind: 'image', system, image: base.image, sha256: base.sha256, id }
    : { kind: base.kind, system, release: base.release, id }
}

/** Removes leftovers of killed runs, and reports them. */
const clearLeftovers = async (box: string, note: BakeOptions['note'], project: Project): Promise<void> => {
  for (const line of await clearDeadRuns(project)) note(line)
  await clearTemporary(boxFolder(box, project))
  for (const line of droppedLines(await dropUnusable(project))) note(line)
}

const bakeLayers = async (
  plan: Plan,
  work: WorkFolder,
  options: BakeOptions,
  project: Project,
): Promise<Baked | Draft> => {
  const begin = performance.now()
  const { box } = plan.rendered
  const wanted = options.draft ? plan.layers.filter(({ name }) => name !== 'seal') : plan.layers
  // Started now, so that it runs while the layers are hashed.
  const { draft } = options
  const versions = span('versions', 'versions of tools', () =>
    Promise.all([
      draft ? recallPackerVersion(work.path, project) : readPackerVersion(work.path),
      draft ? undefined : qemuVersion(),
    ]),
  )
  versions.catch(() => {}) // reported where it is awaited; a bake that fails earlier has another reason
  const stored = await usableLayers(wanted, options, project)
  const [packer, qemu] = await versions
  const progress = options.progress([
    ...wanted.map(({ name }) => name),
    ...(options.draft ? [] : box.image.formats.map(publishStep)),
  ])
  for (const { name, bytes } of stored) progress.ended(name, { kind: 'cached', bytes })
  const staging = stagingFolder(box.name, project)
  return withCleanup(
    async () => {
      await killSandboxes()
      await progress.close()
      await rm(staging, { recursive: true, force: true })
    },
    async () => {
      const base = plan.layers[0]?.id ?? ''
      const pulled = await pullMissing({ layers: wanted, stored }, { box, progress, note: options.note }, work, project)
      const present = [...stored, ...pulled]
      const missing = wanted.slice(present.length)
      if (missing.length > 0) requirePacker(packer)
      const built =
        missing.length === 0
          ? []
          : await span('bake', 'build', () =>
              buildLayers(
                missing,
                {
                  box,
                  base,
                  below: present.at(-1),
                  builder: options.builder,
                  onError: options.onError,
                  progress,
                  note: options.note,
                },
                work,
                project,
              ),
            )
      const records = [...present, ...built]
      const layers = records.map(({ id, name, parent, seconds, bytes }, index) => ({
        name,
        id,
        parent,
        cached: index < present.length,
        seconds,
        bytes,
      }))
      const seconds = (): number => Math.round(performance.now() - begin) / 1000
      const tip = records.at(-1)
      if (options.draft) {
        const overlay = overlayPath(tip?.id ?? '', project)
        const { seed } = plan.rendered.expectations
        await writeDraft(box.name, { file: overlay, sha256: tip?.sha256 ?? '', seed }, project)
        return { overlay, layers, seconds: seconds() }
      }
      const earlier = await readManifest(box.name, project)
      const publication = {
        box: box.name,
        tip: tip?.id ?? '',
        formats: box.image.formats,
        earlier,
        staging,
        writeContainer: (target: string) =>
          writeContainer(plan, target, { work, progress, note: options.note }, project),
      }
      const published = await span('bake', 'make images', () => makeImages(publication, progress, project))
      const manifest: Manifest = {
        box: box.name,
        version: box.version,
        builder: options.builder.name,
        labAgent: plan.rendered.expectations.agent.lab,
        ...published,
        layers,
        packages: tip?.packages ?? [],
        base: describeBase(plan),
        tools: {
          boxhound: boxhoundVersion,
          packer: packer ?? 'unknown',
          qemu: qemu ?? 'unknown',
          node: process.versions.node,
        },
        seconds: seconds(),
      }
      await span('bake', 'publish', () => publishSet(manifest, expectationsText(plan), staging, project))
      for (const line of await dropStale(box.name, box.image.formats, project)) options.note(line)
      return { manifest, changed: true }
    },
  )
}

/** Everything that must not outlive a run is tied to its work folder, which is created first and removed last. */
const bakeLocked = async (plan: Plan, options: BakeOptions, project: Project): Promise<Baked | Draft> => {
  const { name } = plan.rendered.box
  await span('bake', 'clear leftovers', () => withoutInterruption(() => clearLeftovers(name, options.note, project)))
  let making: Promise<WorkFolder> | undefined
  return withCleanup(
    async () => {
      await killSandboxes()
      const work = await making?.catch(() => undefined)
      if (work !== undefined) await clearRun(work, project)
    },
    async () => {
      making = makeWorkFolder(
        `bake ${name}`,
        plan.layers.map(({ id }) => id),
        project,
      )
      return bakeLayers(plan, await making, options, project)
    },
  )
}

/**
 * Bakes a plan: builds what the store lacks, then publishes the image under out/BOX/.
 *
 * @returns a Draft with `draft`, else the published image; `changed: false` if it was up to date and nothing was
 *   started.
 * @throws BoxhoundError E_LOCKED if another bake of this box is running; E_LAYER, E_INPUT, E_PUBLISH if the work fails.
 */
export const bakePlan = async (plan: Plan, options: BakeOptions, project: Project): Promise<Baked | Draft> => {
  const { name, notes = [] } = plan.rendered.box
  for (const line of notes) options.note(line)
  if (!options.draft) {
    const published = await span('bake', 'look at what is published', () => findPublished(plan, project))
    if (published !== undefined) {
      await updateExpectations(published, expectationsText(plan), project)
      return { manifest: published, changed: false }
    }
  }
  options.builder.requireHere()
  await mkdir(project.cache, { recursive: true })
  return withLock(`box-${name}`, `bake ${name}`, project, ({ note }) => {
    if (note !== undefined) options.note(note)
    return bakeLocked(plan, options, project)
  })
}
