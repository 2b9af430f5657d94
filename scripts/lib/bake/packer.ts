// Renders the template and runs Packer.

import { chmod, mkdir, open, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { networkEnvironment } from '../_helpers/environment.ts'
import type { Project } from '../_helpers/paths.ts'
import { type Sandbox, startSandbox } from '../_helpers/sandbox.ts'
import type { WorkFolder } from '../cache/leftovers.ts'
import { layersFolder } from '../cache/store.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import { renderTemplateFile } from '../render/template.ts'
import { packerEnvironment } from './packer-version.ts'

/** Folders that the steps of a bake use, as absolute paths. */
export interface BakeFolders {
  readonly work: WorkFolder
  readonly logs: string
  /** The name for a failing layer's overlay. */
  readonly failed: string
  /** apt's lists and archives, shared by all boxes on one base. */
  readonly apt: string
  /** Settings for everything that uses this network; contains passwords. */
  readonly network: string
}

/** apt gets proxies by file. Programs running in a layer must not find them in their environment. */
const withoutProxies = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/_proxy$/i.test(name)))

/** The Packer template for these layers, as text. */
export const renderPackerTemplate = (
  layers: readonly Pick<PlannedLayer, 'name' | 'id' | 'parent'>[],
  project: Project,
): string => {
  const context = {
    script: join(project.tool, 'packer/chroot/layer.sh'),
    layers: layers.map(({ name, id, parent }) => ({
      variables: [`BOXHOUND_LAYER=${name}`, `BOXHOUND_ID=${id}`, `BOXHOUND_PARENT=${parent ?? ''}`],
    })),
  }
  const source = 'packer/chroot.pkr.hcl.hbs'
  return renderTemplateFile(join(project.tool, source), context, { source }).content
}

/**
 * Starts the bake's only `packer build`, for the missing layers. Packer's own output goes to `logs/packer.log`, each
 * layer's to its own file. Progress is read from events in the work folder, and the result from the exit status.
 *
 * The same template and command line work with all generations: the null source and shell-local are built into both
 * 1.6.6 and 1.16, so no plugin and no `packer init`, which would need the network, are necessary.
 */
export const startPacker = async (
  missing: readonly PlannedLayer[],
  folders: BakeFolders,
  project: Project,
): Promise<Sandbox> => {
  const { work, logs, failed, apt, network } = folders
  const template = join(work.path, 'packer')
  const home = join(work.path, 'home')
  for (const folder of [template, join(work.path, 'tmp'), logs, apt, home]) await mkdir(folder, { recursive: true })
  // The image's programs write here as root. Nobody else may find a setuid file or a device that they leave.
  await chmod(dirname(apt), 0o700)
  await writeFile(join(template, 'chroot.pkr.hcl'), renderPackerTemplate(missing, project))
  const log = await open(join(logs, 'packer.log'), 'w')
  const sandbox = startSandbox(['packer', 'build', '-color=false', '-on-error=abort', template], {
    cwd: work.path,
    environment: {
      ...withoutProxies(networkEnvironment()),
      ...packerEnvironment(home),
      // Relative to the work folder, where Packer runs. Its processes communicate over sockets in there, whose paths
      // are limited to 107 bytes: with a store in a deep folder every generation crashes on an absolute path.
      TMPDIR: 'tmp',
      BOXHOUND_WORK: work.path,
      BOXHOUND_RUN: work.run,
      BOXHOUND_STORE: layersFolder(project),
      BOXHOUND_LOGS: logs,
      BOXHOUND_FAILED: failed,
      BOXHOUND_APT: apt,
      BOXHOUND_ENGINE: missing[0]?.engine ?? '',
      BOXHOUND_NETWORK: network,
    },
    stdio: ['ignore', log.fd, log.fd],
  })
  sandbox.ended.finally(() => log.close()).catch(() => {})
  return sandbox
}
