// Builds the missing layers with a single packer build.

import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { waitIfInterrupted, withCleanup, withoutInterruption } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { killSandboxes } from '../_helpers/sandbox.ts'
import type { Box } from '../box/box.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import { type LayerRecord, layersFolder } from '../cache/store.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import { stageLayer } from '../plan/stage.ts'
import { fetchBase } from './base.ts'
import type { Builder } from './builders.ts'
import { stageImages } from './container-images.ts'
import { followEvents } from './events.ts'
import { layerFailure, type OnError } from './failure.ts'
import { feedInputs } from './feed.ts'
import { followBuild } from './follow.ts'
import { fetchInputs, needsLab } from './inputs.ts'
import { startLabServer } from './lab-server.ts'
import { boxFolder } from './manifest.ts'
import { type BakeNetwork, bakeNetwork } from './mirrors.ts'
import { writeNetworkFolder } from './network-folder.ts'
import { networkHint } from './network-hint.ts'
import type { BakeFolders } from './packer.ts'
import type { Progress } from './progress.ts'
import { recordBuilt } from './record.ts'

const stagedIn = (work: WorkFolder, layer: PlannedLayer): string => join(work.path, 'layers', layer.name)

/** Stages the layers and starts the build. A signal in between could recreate the work folder after its clean-up. */
const begin = (
  missing: readonly PlannedLayer[],
  builder: Builder,
  folders: BakeFolders,
  network: BakeNetwork,
  project: Project,
) =>
  withoutInterruption(async () => {
    const { work, logs } = folders
    for (const folder of [logs, layersFolder(project), join(work.path, 'inputs')])
      await mkdir(folder, { recursive: true })
    await writeNetworkFolder(folders.network, network)
    // Remove logs of earlier runs, so that none of their failures is taken for one of this run.
    for (const name of await readdir(logs)) await rm(join(logs, name), { recursive: true })
    for (const layer of missing) await stageLayer(layer, stagedIn(work, layer), project)
    const server = missing.some(needsLab) ? await startLabServer() : undefined
    return { server, packer: await builder.start(missing, folders, project) }
  })

/** No layer has failed, and yet some are missing. */
const packerFailure = (code: number | null, built: number, missing: number, { logs }: BakeFolders): BoxhoundError =>
  new BoxhoundError('E_PACKER', `packer build ended with status ${code}`, {
    file: join(logs, 'packer.log'),
    expected: `${missing} layers`,
    found: `${built} layers`,
    next: 'read the log',
  })

/**
 * Builds the missing layers with a single `packer build` and records each in the store.
 *
 * The inputs of all layers are fetched in parallel, while Packer works from the bottom up. However the run ends,
 * nothing of it is left: no work folder, unfinished overlays, mounts, loop devices or processes.
 *
 * @returns the records of the built layers, in order.
 * @throws BoxhoundError E_LAYER, E_INPUT or E_PACKER; layers finished before stay in the store.
 */
export const buildLayers = async (
  missing: readonly PlannedLayer[],
  options: {
    readonly box: Box
    readonly base: string
    /** The stored layer below the first missing one; undefined if the lowest is missing. */
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
    logs: join(boxFolder(box.name, project), 'logs'),
    failed: join(layersFolder(project), `.failed-${box.name}.qcow2`),
    apt: join(project.cache, 'apt', options.base),
    network: join(work.path, 'network'),
  }
  const { server, packer } = await begin(missing, builder, folders, network, project)
  const build = followBuild(missing, below, progress, project)
  const stopFollowing = followEvents(join(work.path, 'events.jsonl'), build.onEvent)
  const serve = (name: string, folder: string): string => {
    if (server === undefined) throw new Error('no layer asked for the lab server')
    return server.serve(name, folder)
  }
  const places = { logs: folders.logs, scratch: join(work.path, 'downloads'), network, networkFolder: folders.network }
  const fetch = async (layer: PlannedLayer): Promise<void> => {
    const staged = stagedIn(work, layer)
    const doing = (text: string): void => progress.doing(layer.name, text)
    if (layer.rendered === null) return fetchBase(box, layer.id, staged, places, project, doing)
    await Promise.all([
      fetchInputs(layer, staged, places, { serve, note }, project),
      stageImages(layer, staged, places, { note, doing }, project),
    ])
  }
  const inputs = feedInputs(missing, fetch, () => packer.kill(), work)
  return withCleanup(
    async () => {
      await killSandboxes()
      await inputs.ended
      await stopFollowing()
      await server?.close()
    },
    async () => {
      const code = await packer.ended
      await waitIfInterrupted()
      await stopFollowing()
      const built = await recordBuilt(await build.built(), work, project)
      if (code === 0 && built.length === missing.length) return built
      await progress.close()
      await inputs.ended
      const lacking = inputs.error()
      if (lacking !== undefined) throw lacking
      const failed = build.failed()
      throw failed === undefined
        ? packerFailure(code, built.length, missing.length, folders)
        : await layerFailure(
            failed,
            { log: join(folders.logs, `${failed.name}.log`), overlay: folders.failed, staged: stagedIn(work, failed) },
            onError,
            box.name,
            project,
            (output) => networkHint(output, network),
          )
    },
  )
}
