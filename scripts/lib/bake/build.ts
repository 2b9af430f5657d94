// The missing layers, by one packer build.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitIfInterrupted, withCleanup, withoutInterruption } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256File } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { killSandboxes } from '../_helpers/sandbox.ts'
import { span } from '../_helpers/trace.ts'
import type { Box } from '../box/types.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import { type LayerRecord, layersFolder, overlayPath, readRecord, recordLayer } from '../cache/store.ts'
import { stageLayer } from '../plan/stage.ts'
import type { PlannedLayer } from '../plan/types.ts'
import { fetchBase } from './base.ts'
import type { Builder } from './builders.ts'
import { followEvents, type StepEvent } from './events.ts'
import { layerFailure, type OnError } from './failure.ts'
import { fetchInputs, needsLab } from './inputs.ts'
import { startLabServer } from './lab-server.ts'
import { layerSpans } from './layer-spans.ts'
import { boxFolder } from './manifest.ts'
import { bakeNetwork } from './mirrors.ts'
import { writeNetworkFolder } from './network-folder.ts'
import { networkHint } from './network-hint.ts'
import type { BakeFolders } from './packer.ts'
import type { Progress } from './progress.ts'

const readPackages = async (work: WorkFolder): Promise<NonNullable<LayerRecord['packages']>> => {
  const text = await readFile(join(work.path, 'packages.tsv'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [name = '', version = '', source = ''] = row.split('\t')
      return { name, version, source }
    })
}

/** Tells a waiting step that its inputs are there, or why they never will be; a rename, so that it never reads half a message. */
const announce = async (work: WorkFolder, layer: string, state: 'ready' | 'failed', text = ''): Promise<void> => {
  const path = join(work.path, 'inputs', `${layer}.${state}`)
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

/**
 * Another box's bake drops a damaged layer and builds it again, also while this one builds on it.
 *
 * @throws BoxhoundError E_LAYER_REPLACED: what was built stands on a file that is gone, or beside one of its own id.
 */
const assertUnreplaced = async (record: LayerRecord, project: Project): Promise<void> => {
  const under = record.parent === null ? undefined : await readRecord(project, record.parent)
  const there = await readRecord(project, record.id)
  const isOther = there !== undefined && (there.sha256 !== record.sha256 || there.parentSha256 !== record.parentSha256)
  if ((under?.sha256 ?? null) === record.parentSha256 && !isOther) return
  throw new BoxhoundError(
    'E_LAYER_REPLACED',
    `layer "${record.name}" stands on layers that another bake has replaced`,
    {
      expected: `the layer below as it was at the start: SHA-256 ${record.parentSha256}`,
      found: isOther ? 'the same layer, built on another file' : (under?.sha256 ?? 'no such layer'),
      next: 'bake again',
    },
  )
}

/**
 * Builds the missing layers by one `packer build` and records each in the store.
 *
 * Inputs of all layers are fetched side by side while Packer works from the bottom up. Whatever ends the run, nothing of it stays:
 * the work folder, unfinished overlays, mounts, loop devices and processes.
 *
 * @returns the records of the built layers, in order.
 * @throws BoxhoundError E_LAYER, E_INPUT or E_PACKER; layers that were finished before stay stored.
 */
export const buildLayers = async (
  missing: readonly PlannedLayer[],
  options: {
    readonly box: Box
    readonly base: string
    /** The stored layer under the first missing one; undefined when that is the lowest. */
    readonly below: LayerRecord | undefined
    readonly builder: Builder
    readonly onError: OnError
    readonly progress: Progress
    readonly note: (line: string) => void
  },
  work: WorkFolder,
  project: Project,
): Promise<LayerRecord[]> => {
  const { box, below, builder, onError, progress, note } = options
  const network = await bakeNetwork(box)
  const folders: BakeFolders = {
    work,
    logs: join(boxFolder(project, box.name), 'logs'),
    failed: join(layersFolder(project), `.failed-${box.name}.qcow2`),
    apt: join(project.cache, 'apt', options.base),
    network: join(work.path, 'network'),
  }
  const staged = (layer: PlannedLayer): string => join(work.path, 'layers', layer.name)
  // A signal in between would have what is written here made anew behind the back of who clears the work folder.
  const { server, packer } = await withoutInterruption(async () => {
    for (const folder of [folders.logs, layersFolder(project), join(work.path, 'inputs')])
      await mkdir(folder, { recursive: true })
    await writeNetworkFolder(folders.network, network)
    // Only this run's logs: a line of an earlier failure must not be taken for one of now.
    for (const name of await readdir(folders.logs)) await rm(join(folders.logs, name), { recursive: true })
    for (const layer of missing) await stageLayer(layer, staged(layer), project)
    const server = missing.some(needsLab) ? await startLabServer() : undefined
    return { server, packer: await builder.start(missing, folders, project) }
  })
  const records: Promise<LayerRecord>[] = []
  const startedAt = new Map<string, number>()
  let failed: PlannedLayer | undefined
  let inputError: unknown

  const trace = layerSpans()
  const onEvent = (event: StepEvent): void => {
    trace(event)
    const layer = missing.find(({ name }) => name === event.layer)
    if (layer === undefined) return
    const seconds = event.at - (startedAt.get(layer.name) ?? event.at)
    if (event.event === 'started') {
      startedAt.set(layer.name, event.at)
      progress.started(layer.name)
    } else if (event.event === 'failed') {
      failed = layer
      progress.ended(layer.name, { kind: 'failed', seconds })
    } else if (event.event === 'built') {
      const bytes = event.bytes ?? 0
      progress.ended(layer.name, { kind: 'built', seconds, bytes })
      // Hashed while the next layer is built; recorded only then.
      const hash = span(`hash ${layer.name}`, 'hash', () => sha256File(overlayPath(project, layer.id)))
      const parent = records.at(-1) ?? Promise.resolve(below)
      records.push(
        Promise.all([hash, parent]).then(([sha256, under]) => ({
          id: layer.id,
          name: layer.name,
          parent: layer.parent,
          parentSha256: under?.sha256 ?? null,
          sha256,
          bytes,
          seconds,
          created: new Date().toISOString(),
        })),
      )
    }
  }

  const serve = (name: string, folder: string): string => {
    if (server === undefined) throw new Error('no layer asked for the lab server')
    return server.serve(name, folder)
  }
  const stopFollowing = followEvents(join(work.path, 'events.jsonl'), onEvent)
  const inputs = missing.map(async (layer) => {
    try {
      const places = {
        logs: folders.logs,
        scratch: join(work.path, 'downloads'),
        network,
        networkFolder: folders.network,
      }
      const fetched =
        layer.rendered === null
          ? fetchBase(box, layer.id, staged(layer), places, (text) => progress.doing(layer.name, text), project)
          : fetchInputs(layer, staged(layer), places, { serve, note }, project)
      await span(`inputs ${layer.name}`, `inputs of ${layer.name}`, () => fetched).then(
        () => announce(work, layer.name, 'ready'),
        (error: unknown) => {
          inputError ??= error
          const reason = error instanceof Error ? error.message : String(error)
          return announce(work, layer.name, 'failed', `inputs of this layer could not be fetched: ${reason}\n`)
        },
      )
    } catch (error) {
      // A full disk has no room for the message either: the step would wait for ever.
      inputError ??= error
      await packer.kill()
    }
  })
  return withCleanup(
    async () => {
      await killSandboxes()
      await Promise.all(inputs)
      await stopFollowing()
      await server?.close()
    },
    async () => {
      const code = await packer.ended
      await waitIfInterrupted()
      await stopFollowing()
      const built = await Promise.all(records)
      for (const [index, record] of built.entries()) {
        const packages = record.name === 'seal' ? { packages: await readPackages(work) } : {}
        built[index] = { ...record, ...packages }
        await assertUnreplaced(record, project)
        await recordLayer(project, { ...record, ...packages })
      }
      if (code === 0 && built.length === missing.length) return built
      await progress.close()
      await Promise.all(inputs)
      if (inputError !== undefined) throw inputError
      if (failed !== undefined) {
        const log = join(folders.logs, `${failed.name}.log`)
        throw await layerFailure(
          failed,
          { log, overlay: folders.failed, staged: staged(failed) },
          onError,
          box.name,
          project,
          (output) => networkHint(output, network),
        )
      }
      throw new BoxhoundError('E_PACKER', `packer build ended with status ${code}`, {
        file: join(folders.logs, 'packer.log'),
        expected: `${missing.length} layers`,
        found: `${built.length} layers`,
        next: 'read the log',
      })
    },
  )
}
