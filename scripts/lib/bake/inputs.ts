// Fetches wheels and repositories on the host.

import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { digestFolder } from '../plan/digest.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import { type InputFolders, run } from './host-step.ts'
import { once } from './once.ts'
import { type Origins, stageRepositories } from './repositories.ts'
import { wheelhouse } from './wheels.ts'

/**
 * Builds lab packages into a signed repository and returns the folder to serve. Each set of packages is built separately,
 * when a layer needs it; all are signed with the same key.
 *
 * @param set folder of the project whose build.sh builds the packages, such as `lab/agent`.
 */
export const labRepository = async (set: string, folders: InputFolders, project: Project): Promise<string> => {
  const { logs, scratch } = folders
  const name = basename(set)
  const key = sha256(
    (await Promise.all([set, 'lab/repository'].map((folder) => digestFolder(join(project.tool, folder))))).join(),
  )
  const lab = join(project.cache, 'lab')
  return once(join(lab, `repository-${key}`), scratch, async (folder) => {
    const packages = `${folder}.deb`
    await mkdir(packages, { recursive: true })
    try {
      const environment = {
        BOXHOUND_WHEELS: join(project.cache, 'wheels'),
        BOXHOUND_GO: join(project.cache, 'go'),
        BOXHOUND_SCRATCH: scratch,
      }
      await run(
        ['bash', join(project.tool, set, 'build.sh'), packages],
        join(logs, `lab-${name}.log`),
        project.tool,
        folders,
        environment,
      )
      await mkdir(join(lab, 'gnupg'), { recursive: true, mode: 0o700 })
      await run(
        ['bash', join(project.tool, 'lab/repository/build.sh'), packages, folder, join(lab, 'gnupg')],
        join(logs, `lab-${name}-repository.log`),
        project.tool,
        folders,
      )
    } finally {
      await rm(packages, { recursive: true, force: true })
    }
  })
}

const placeWheels = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) {
    // A hard link costs nothing; across file systems it has to be a copy.
    await link(join(from, name), join(to, name)).catch(() => copyFile(join(from, name), join(to, name)))
  }
}

/** Whether a layer installs from the lab's repository. */
export const needsLab = (layer: PlannedLayer): boolean =>
  layer.rendered?.spec.repositories.some(({ lab }) => lab !== false) ?? false

/**
 * Downloads a layer's external inputs to its staged folder: wheels by hash, and repositories' signing keys. This
 * happens on the host, so that a closed network's certificate never gets into the guest.
 *
 * @param told how to serve folders during the build, and where to send notes.
 */
export const fetchInputs = async (
  layer: PlannedLayer,
  staged: string,
  folders: InputFolders,
  told: Pick<Origins, 'serve' | 'note'>,
  project: Project,
): Promise<void> => {
  const { spec } = layer.rendered ?? { spec: undefined }
  if (spec === undefined) return
  const origins: Origins = { ...told, ...folders, lab: (set) => labRepository(set, folders, project) }
  await Promise.all([
    ...spec.wheels.map(async (set) =>
      placeWheels(await wheelhouse(set, folders, project), join(staged, 'wheels', set.name)),
    ),
    stageRepositories(spec.repositories, staged, origins, project),
  ])
}
