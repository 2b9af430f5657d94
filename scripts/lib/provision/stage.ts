// Stages a plan's layers with their external inputs.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withCleanup, withoutInterruption } from '../_helpers/cleanup.ts'
import type { Project } from '../_helpers/paths.ts'
import { killSandboxes } from '../_helpers/sandbox.ts'
import { stageImages } from '../bake/container-images.ts'
import { fetchInputs, needsLab } from '../bake/inputs.ts'
import { startLabServer } from '../bake/lab-server.ts'
import { bakeNetwork } from '../bake/mirrors.ts'
import { writeNetworkFolder } from '../bake/network-folder.ts'
import type { Plan, PlannedLayer } from '../plan/planned-layer.ts'
import { stageLayer } from '../plan/stage.ts'

/** What becomes of the machine: it runs as an instance, or an image is made of its disk. */
export type Purpose = 'instance' | 'image'

/**
 * The layers that turn a running machine into the box. An instance goes without the seal, which removes the identity
 * that a running machine needs.
 */
export const stockLayers = ({ layers }: Plan, purpose: Purpose = 'instance'): PlannedLayer[] =>
  layers.filter(({ rendered, name }) => rendered !== null && (name !== 'seal' || purpose === 'image'))

/** Where the engine finds a layer in the guest. */
const inGuest = '/run/boxhound/layer'

/**
 * Includes what the lab serves on this machine's loopback, which the guest can't reach; apt reads it as files instead.
 * It is the same repository, verified by the same signature.
 */
const carryServed = async (staged: string, served: ReadonlyMap<string, { name: string; folder: string }>) => {
  const path = join(staged, 'repositories.tsv')
  let rows = await readFile(path, 'utf8')
  for (const [address, { name, folder }] of served) {
    if (!rows.includes(address)) continue
    await cp(folder, join(staged, 'served', name), { recursive: true })
    rows = rows.replaceAll(address, `file:${inGuest}/served/${name}/`)
  }
  await writeFile(path, rows)
}

/**
 * Stages the layers of a plan below one folder, each with all its external inputs except packages, which the guest's
 * own apt downloads.
 *
 * @param folder gets `NAME/apply.sh` and so on, one folder per layer.
 * @param scratch for logs, downloads and apt's network settings; the caller removes it.
 */
export const stageStock = async (
  plan: Plan,
  folder: string,
  scratch: string,
  project: Project,
  note: (line: string) => void,
  purpose: Purpose = 'instance',
): Promise<void> => {
  const network = await bakeNetwork(plan.rendered.box)
  const folders = {
    network,
    networkFolder: join(scratch, 'network'),
    logs: join(scratch, 'logs'),
    scratch: join(scratch, 'downloads'),
  }
  const layers = stockLayers(plan, purpose)
  // A signal removes the folders, so nothing may be created in them after that.
  await withoutInterruption(async () => {
    await mkdir(folders.logs, { recursive: true })
    await writeNetworkFolder(folders.networkFolder, network)
    for (const layer of layers) await stageLayer(layer, join(folder, layer.name), project)
  })
  const server = layers.some(needsLab) ? await startLabServer() : undefined
  return withCleanup(
    async () => {
      await killSandboxes()
      await server?.close()
    },
    async () => {
      for (const layer of layers) {
        const staged = join(folder, layer.name)
        const served = new Map<string, { name: string; folder: string }>()
        const serve = (name: string, from: string): string => {
          if (server === undefined) throw new Error('no layer asked for the lab server')
          const address = server.serve(name, from)
          served.set(address, { name, folder: from })
          return address
        }
        await fetchInputs(layer, staged, folders, { serve, note }, project)
        await stageImages(layer, staged, folders, { note, doing: () => {} }, project)
        await withoutInterruption(() => carryServed(staged, served))
      }
    },
  )
}
