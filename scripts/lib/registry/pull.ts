// Pulls a plan's layers into the store.

import { link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncPath } from '../_helpers/atomic.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes } from '../_helpers/format.ts'
import type { Project } from '../_helpers/paths.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import { type LayerRecord, layersFolder, overlayPath, readRecord, recordLayer } from '../cache/store.ts'
import { type Download, downloadMeter, downloadText } from '../fetch/progress.ts'
import type { Patience } from '../fetch/retry.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import { alone } from './alone.ts'
import { withBlob } from './blob.ts'
import { oneLine } from './failure.ts'
import { asStored, badLayer } from './manifest.ts'
import { overlayFault } from './overlay.ts'
import type { Registry } from './registry.ts'
import type { RemoteLayer } from './remote.ts'
import { resolveLayers } from './resolve.ts'
import { expandFile } from './zstd.ts'

/** How to report a pull's progress; a bake's progress display implements this. */
export interface PullProgress {
  readonly doing: (layer: string, text: string) => void
  readonly ended: (layer: string, outcome: { kind: 'pulled'; seconds: number; bytes: number }) => void
}

export interface PullOptions {
  readonly patience: Patience
  readonly progress: PullProgress
  /** Called with the reason why something is not used, in one line. */
  readonly tell: (line: string) => void
}

/** A pulled layer. */
export interface Pulled {
  readonly record: LayerRecord
  /** Size in bytes of its overlay in the registry. */
  readonly transferred: number
  readonly registry: string
}

/** Number of layers processed in parallel: one can be downloaded while another is decompressed. */
const sideBySide = 2

interface Job {
  readonly options: PullOptions
  readonly work: WorkFolder
  readonly project: Project
  /** Aborts downloads whose results are no longer needed. */
  readonly signal: AbortSignal
}

/** A run's unfinished overlay, named so that clean-up finds it (cache/leftovers.ts). */
const temporaryOverlay = ({ project, work }: Job, id: string): string =>
  join(layersFolder(project), `.tmp-${work.run}-${id}.qcow2`)

/** Downloads a layer's blob and decompresses it beside the store. Its digest is verified before and after. */
const fetchOverlay = async (remote: RemoteLayer, job: Job): Promise<void> => {
  const { registry, record, overlay } = remote
  const { progress, patience } = job.options
  const target = temporaryOverlay(job, record.id)
  const doing = (text: string): void => progress.doing(record.name, `pulling   ${text}`)
  const meter = downloadMeter((state: Download) => doing(downloadText(state)))
  const options = {
    folder: join(job.project.cache, 'registry'),
    patience,
    tell: doing,
    signal: job.signal,
    received: (bytes: number) => meter.received(bytes, overlay.bytes),
  }
  try {
    await alone(overlay.sha256, { verb: 'pull a layer', signal: job.signal, project: job.project }, () =>
      withBlob(overlay, registry, options, async (path) => {
        const expanded = await expandFile(path, target, record.bytes)
        if (expanded.bytes !== record.bytes || expanded.sha256 !== record.sha256)
          throw new Error('its content does not match its record')
        const fault = await overlayFault(target, record.parent)
        if (fault !== undefined) throw new Error(`its overlay has ${fault}`)
      }),
    )
  } catch (error) {
    await rm(target, { force: true })
    throw error
  }
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST'

/**
 * Gives a downloaded overlay its name in the store and records it. Never replaces a file that a bake may be building
 * on: if another run has stored one meanwhile, that stays, and ours can only be used if it is identical.
 */
const store = async ({ record: remote }: RemoteLayer, job: Job): Promise<LayerRecord> => {
  const record = asStored(remote)
  const [from, to] = [temporaryOverlay(job, record.id), overlayPath(record.id, job.project)]
  await syncPath(from)
  try {
    await link(from, to)
  } catch (error) {
    if (!isTaken(error)) throw error
    const there = await readRecord(record.id, job.project)
    if (there?.sha256 === record.sha256) return there
    throw new Error('another run has built it here meanwhile')
  }
  await syncPath(layersFolder(job.project))
  await recordLayer(record, job.project)
  return record
}

/** Starts all downloads, a few at a time. Each resolves with the seconds it took. */
const startAll = (layers: readonly RemoteLayer[], job: Job): Promise<number>[] => {
  const lanes: Promise<unknown>[] = []
  return layers.map((layer, index) => {
    const fetched = (lanes[index % sideBySide] ?? Promise.resolve()).then(async () => {
      job.signal.throwIfAborted()
      const began = performance.now()
      await fetchOverlay(layer, job)
      return (performance.now() - began) / 1000
    })
    lanes[index % sideBySide] = fetched.catch(() => {})
    return fetched
  })
}

/** Pulls a chain, lowest layer first. Stops before the first layer that can't be used, and reports why. */
const pullChain = async (chain: readonly RemoteLayer[], whole: Omit<Job, 'signal'>): Promise<Pulled[]> => {
  const { options, project } = whole
  await mkdir(layersFolder(project), { recursive: true })
  const abort = new AbortController()
  const job: Job = { ...whole, signal: abort.signal }
  const pulled: Pulled[] = []
  return withCleanup(
    async () => {
      abort.abort()
      for (const { record } of chain) await rm(temporaryOverlay(job, record.id), { force: true })
    },
    async () => {
      const fetches = startAll(chain, job)
      const all = Promise.allSettled(fetches)
      for (const [index, remote] of chain.entries()) {
        const { registry, record, overlay } = remote
        try {
          const seconds = (await fetches[index]) ?? 0
          const stored = await store(remote, job)
          options.progress.ended(record.name, { kind: 'pulled', seconds, bytes: record.bytes })
          pulled.push({ record: stored, transferred: overlay.bytes, registry: registry.name })
        } catch (error) {
          abort.abort()
          if (error instanceof BoxhoundError && error.code === 'E_INTERRUPTED') throw error
          options.tell(oneLine(badLayer(registry.name, record.name, oneLine(error))))
          break
        }
      }
      await all // downloads that were started but are no longer needed
      return pulled
    },
  )
}

/**
 * Pulls a plan's missing layers from registries into the store, as far as they continue the stored layers without a
 * gap.
 *
 * Nothing from a registry is trusted: manifest, record and blobs are checked against the plan, their digests and the
 * layer below. Whatever doesn't match is reported and skipped. A layer is recorded only after the one below it.
 *
 * @param layers bottom up.
 * @param below the stored layer under the first one; undefined if that is the lowest.
 * @returns the pulled layers, bottom up; fewer than requested if a registry lacks some, does not respond, or sends
 *   something else.
 */
export const pullLayers = async (
  layers: readonly PlannedLayer[],
  below: LayerRecord | undefined,
  registries: readonly Registry[],
  options: PullOptions,
  work: WorkFolder,
  project: Project,
): Promise<Pulled[]> => {
  const chain = await resolveLayers(registries, layers, below?.sha256 ?? null, options.patience, options.tell)
  return chain.length === 0 ? [] : pullChain(chain, { options, work, project })
}

/** `5 layers pulled from ghcr.io/team/layers, 219 MB`. */
export const pulledText = (pulled: readonly Pulled[]): string => {
  const bytes = pulled.reduce((sum, { transferred }) => sum + transferred, 0)
  const names = [...new Set(pulled.map(({ registry }) => registry))].join(', ')
  return `${pulled.length} ${pulled.length === 1 ? 'layer' : 'layers'} pulled from ${names}, ${formatBytes(bytes)}`
}
