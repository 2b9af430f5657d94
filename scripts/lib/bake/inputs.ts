// Fetches wheels and repositories on the host.

import { copyFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { temporaryName, writeAtomic } from '../_helpers/atomic.ts'
import { networkEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { startSandbox } from '../_helpers/sandbox.ts'
import { span } from '../_helpers/trace.ts'
import { digestFolder } from '../plan/digest.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import type { WheelSet } from '../render/rendered-box.ts'
import { digestContents } from './contents.ts'
import type { BakeNetwork } from './mirrors.ts'
import { bundleName } from './network-folder.ts'
import { networkHint } from './network-hint.ts'
import { pipEnvironment } from './pip.ts'
import { type Origins, stageRepositories } from './repositories.ts'

/** Where a bake keeps the logs of its downloads and unfinished files. */
export interface InputFolders {
  readonly logs: string
  /** In the run's work folder, on the store's file system. */
  readonly scratch: string
  readonly network: BakeNetwork
  /** The folder with apt's and pip's network settings. */
  readonly networkFolder: string
}

/** Timeout in seconds for a step that downloads or packs; the slowest takes about one minute. */
const longest = 1800

/** Runs a host-side step in a sandbox, its output in a log; throws with the log's last lines. */
export const run = async (
  command: readonly string[],
  log: string,
  cwd: string,
  { network, networkFolder }: InputFolders,
  extra: Record<string, string> = {},
): Promise<void> => {
  const environment = pipEnvironment(networkEnvironment(), network, join(networkFolder, bundleName))
  // pip's own timeout notices a silent server, but not one that sends a byte now and then (fault 73).
  const sandbox = startSandbox(['timeout', '--kill-after=10', String(longest), ...command], {
    cwd,
    environment: { ...environment, LANG: 'C.UTF-8', BOXHOUND_NETWORK: networkFolder, ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  for (const stream of [sandbox.child.stdout, sandbox.child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const name = basename(log, '.log')
  const code = await span(`fetch ${name}`, name, () => sandbox.ended)
  const output = network.redact(Buffer.concat(chunks).toString('utf8'))
  await writeFile(log, output)
  const late = code === 124 || code === 137
  if (code !== 0)
    throw new BoxhoundError(
      'E_INPUT',
      `${command[0]} ${late ? `did not end within ${longest} s` : `failed with status ${code}`}`,
      {
        file: log,
        found: output.trimEnd().split('\n').slice(-5).join('\n            '),
        next: networkHint(output, network) ?? 'read the log; if a mirror did not answer, try again',
      },
    )
}

/** Folders that this process is currently creating. */
const making = new Map<string, Promise<string>>()

const isThere = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    () => true,
    () => false,
  )

/** The file beside a folder that holds the digest of its content. */
const sumOf = (folder: string): string => `${folder}.sha256`

/** Whether a folder is intact: bit rot, a full disk or a power failure can leave a damaged one under the right name. */
const isWhole = async (folder: string): Promise<boolean> => {
  const known = await readFile(sumOf(folder), 'utf8').catch(() => undefined)
  return known !== undefined && known === (await digestContents(folder).catch(() => undefined))
}

/** Moves a folder away with one rename, since another bake may be copying from it. */
const setAside = async (folder: string, scratch: string): Promise<void> => {
  await mkdir(scratch, { recursive: true })
  const aside = temporaryName(join(scratch, 'damaged'))
  await rename(folder, aside).catch(() => {}) // another bake was faster
  await rm(aside, { recursive: true, force: true })
}

/**
 * A folder created once per content: `make` fills a temporary folder in `scratch`, which is then renamed. A damaged
 * folder, or one of an older boxhound without a digest, is created again.
 */
export const once = async (
  folder: string,
  scratch: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> => {
  // Boxes baked in parallel need the same folders. If the other bake fails, this one creates the folder.
  for (let other = making.get(folder); other !== undefined; other = making.get(folder)) await other.catch(() => {})
  const made = isWhole(folder).then(async (whole) => {
    if (whole) return folder
    if (await isThere(folder)) await setAside(folder, scratch)
    return makeOnce(folder, scratch, make)
  })
  making.set(folder, made)
  try {
    return await made
  } finally {
    making.delete(folder)
  }
}

const makeOnce = async (
  folder: string,
  scratch: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> => {
  await mkdir(join(folder, '..'), { recursive: true })
  await mkdir(scratch, { recursive: true })
  const temporary = temporaryName(join(scratch, 'new'))
  await mkdir(temporary)
  try {
    await make(temporary)
    await writeAtomic(sumOf(folder), await digestContents(temporary))
    // Another bake may have been faster with the same content.
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return folder
}

const wheelhouse = async (set: WheelSet, folders: InputFolders, project: Project): Promise<string> => {
  const { logs, scratch } = folders
  const requirements = join(project.root, set.requirements)
  const key = sha256(`${set.python}\0${await readFile(requirements, 'utf8')}`)
  return once(join(project.cache, 'wheels', key), scratch, (folder) =>
    run(
      [
        'python3',
        '-m',
        'pip',
        'download',
        '--quiet',
        '--no-deps',
        '--require-hashes',
        '--only-binary',
        ':all:',
        '--implementation',
        'cp',
        '--python-version',
        set.python,
        '--platform',
        'manylinux_2_28_x86_64',
        '--platform',
        'manylinux_2_17_x86_64',
        '--platform',
        'manylinux2014_x86_64',
        '--dest',
        folder,
        '--requirement',
        requirements,
      ],
      join(logs, `wheels-${set.name}.log`),
      project.tool,
      folders,
    ),
  )
}

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
