// Stages its layers with their external inputs.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withCleanup, withoutInterruption } from '../_helpers/cleanup.ts'
import type { Project } from '../_helpers/paths.ts'
import { killSandboxes } from '../_helpers/sandbox.ts'
import { fetchInputs, needsLab } from '../bake/inputs.ts'
import { startLabServer } from '../bake/lab-server.ts'
import { bakeNetwork } from '../bake/mirrors.ts'
import { writeNetworkFolder } from '../bake/network-folder.ts'
import type { Plan, PlannedLayer } from '../plan/planned-layer.ts'
import { stageLayer } from '../plan/stage.ts'

/** The layers that make a running machine the box. Not the seal: it takes away what tells an instance from its clones. */
export const stockLayers = ({ layers }: Plan): PlannedLayer[] =>
  layers.filter(({ rendered, name }) => rendered !== null && name !== 'seal')

/** Where the engine finds a layer in the guest. */
const inGuest = '/run/boxhound/layer'

/**
 * What the lab serves on this machine's loopback goes along instead, and apt reads it as files: to the guest another machine's loopback is its
 * own. The same repository, checked by the same signature.
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
 * Stages the layers of a plan below one folder, each with everything that it wants from outside but packages, which the guest's own apt
 * fetches.
 *
 * @param folder becomes `NAME/apply.sh` and so on, one folder per layer.
 * @param scratch for logs, downloads and what apt would need of this network; the caller removes it.
 */
export const stageStock = async (
  plan: Plan,
  folder: string,
  scratch: string,
  project: Project,
  note: (line: string) => void,
): Promise<void> => {
  const network = await bakeNetwork(plan.rendered.box)
  const folders = {
    network,
    networkFolder: join(scratch, 'network'),
    logs: join(scratch, 'logs'),
    scratch: join(scratch, 'downloads'),
  }
  const layers = stockLayers(plan)
  // A signal removes the folders: nothing may be made in them after that.
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
        await withoutInterruption(() => carryServed(staged, served))
      }
    },
  )
}
