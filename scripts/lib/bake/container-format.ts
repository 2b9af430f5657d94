// Publishes the format `oci` in a bake.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import type { Plan } from '../plan/planned-layer.ts'
import { localImage } from './container-images.ts'
import { publishStep } from './images.ts'
import { boxFolder } from './manifest.ts'
import { bakeNetwork } from './mirrors.ts'
import { writeNetworkFolder } from './network-folder.ts'
import { agentImageOf, checksLayer, writeOci } from './oci.ts'
import type { Progress } from './progress.ts'

/**
 * Writes the container image of a box's Agent with its checks. What had to be left out is reported.
 *
 * @returns the digest of its manifest.
 * @throws BoxhoundError E_PUBLISH, and the errors of `localImage`.
 */
export const writeContainer = async (
  { rendered, layers }: Plan,
  target: string,
  {
    work,
    progress,
    note,
  }: { readonly work: WorkFolder; readonly progress: Pick<Progress, 'doing'>; readonly note: (line: string) => void },
  project: Project,
): Promise<string> => {
  const { box } = rendered
  const set = agentImageOf(rendered)
  if (set === undefined)
    throw new BoxhoundError('E_PUBLISH', 'the format oci needs an Agent that runs in a container', {
      file: box.file,
      expected: 'agent: { run: container }',
      found: 'a package',
      exitCode: 2,
      next: 'remove oci from image.formats, or set agent.run',
    })
  const network = await bakeNetwork(box)
  const folders = {
    logs: join(boxFolder(box.name, project), 'logs'),
    scratch: join(work.path, 'downloads'),
    network,
    networkFolder: join(work.path, 'network-oci'),
  }
  for (const folder of [folders.logs, folders.scratch]) await mkdir(folder, { recursive: true })
  await writeNetworkFolder(folders.networkFolder, network)
  const told = { note, doing: (text: string) => progress.doing(publishStep('oci'), text) }
  const local = await localImage(set, layers[0]?.period ?? '', folders, told, project)
  for (const line of checksLayer(rendered).left) note(`${box.name}.oci.tar leaves out ${line}`)
  const { sha256 } = await writeOci(rendered, local, target, temporaryName(join(folders.scratch, 'layer')))
  return `sha256:${sha256}`
}
