// Repositories of a layer, with their keyrings.

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { folderAddress } from '../fetch/address.ts'
import type { LayerRepository } from '../render/rendered-box.ts'
import { makeKeyring } from './keyring.ts'
import type { BakeNetwork } from './mirrors.ts'
import { fetchKeys, inFolder } from './public-keys.ts'

/** Where a bake gets what layers install from. */
export interface Origins {
  readonly network: BakeNetwork
  /** Builds the lab's repository and returns its folder (lab/repository/build.sh). */
  readonly lab: (set: string) => Promise<string>
  /** Serves a folder on loopback under a name and returns its address. */
  readonly serve: (name: string, folder: string) => string
  /** In the run's work folder. */
  readonly scratch: string
  /** One line for the user. */
  readonly note: (line: string) => void
}

/** How a repository is reached during this bake; folder addresses end in a slash. */
export interface Reached {
  readonly address: string
  readonly keyUrls: readonly string[]
  /** Full fingerprints. */
  readonly keys: readonly string[]
}

const published = (fingerprint: string): string => `DATADOG_APT_KEY_${fingerprint.slice(-8)}.public`

/**
 * The box file's mirror, or the lab's server, or the repository itself. The lab is treated as a mirror: its files are
 * downloaded and verified like Datadog's. Only its fingerprint comes from this machine, since its key was created here.
 */
export const reach = async (repository: LayerRepository, { network, lab, serve }: Origins): Promise<Reached> => {
  const { mirror } = repository
  const [stand, keyFolder] = mirror === undefined ? [] : [network.mirrors[mirror], network.mirrors.keys]
  if (repository.lab === false)
    return {
      address: folderAddress(stand ?? repository.url),
      keyUrls: repository.keyUrls.map((address) => inFolder(address, keyFolder)),
      keys: repository.keys,
    }
  const folder = await lab(repository.lab)
  const served = serve(basename(repository.lab), folder)
  const keys = (await readFile(join(folder, 'fingerprints'), 'utf8')).trim().split('\n')
  const names = [...repository.keyUrls, ...keys.map((key) => new URL(published(key), repository.keyUrls[0]).href)]
  return {
    address: folderAddress(stand ?? `${served}apt/`),
    keyUrls: names.map((address) => inFolder(address, keyFolder ?? `${served}keys/`)),
    keys,
  }
}

/** Stores a keyring, in one file per content. */
const keepKeyring = async (content: Buffer, project: Project): Promise<string> => {
  const path = join(project.cache, 'keyrings', `${sha256(content)}.gpg`)
  await writeAtomic(path, content)
  return path
}

/** Copies with the mode of files in the store, 0644, whatever the umask. */
const place = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true })
  await copyFile(from, to)
}

/** Adds to a network error what the download was needed for. */
const forKeys =
  (url: string) =>
  (error: unknown): never => {
    if (!(error instanceof BoxhoundError) || !error.code.startsWith('E_FETCH')) throw error
    throw new BoxhoundError(error.code, `cannot fetch the keys of the repository ${url}: ${error.message}`, {
      ...error.details,
      next: [error.details.next, 'to use a mirror, set mirrors.keys in the box file'].filter(Boolean).join('; '),
    })
  }

/**
 * Writes what the engine installs from into a staged layer: `repositories.tsv`, `keyrings/`, and each keyring at its
 * final place in `root/`. Columns: name, current address, suite, components, keyring, canonical address, fingerprints.
 *
 * @throws BoxhoundError E_KEYS, E_FETCH_… before the layer starts.
 */
export const stageRepositories = async (
  repositories: readonly LayerRepository[],
  staged: string,
  origins: Origins,
  project: Project,
): Promise<void> => {
  const rows: string[] = []
  for (const [index, repository] of repositories.entries()) {
    const { address, keyUrls, keys } = await reach(repository, origins)
    const { deliveries, gone } = await fetchKeys(keyUrls, origins.network.network).catch(forKeys(repository.url))
    const { content, notes } = await makeKeyring(deliveries, keys, origins.scratch)
    for (const line of [...gone.map((url) => `no key at ${url} any more`), ...notes])
      origins.note(`repository ${repository.url}: ${line}`)
    const kept = await keepKeyring(content, project)
    const keyring = `keyrings/repository-${index}.gpg`
    await place(kept, join(staged, keyring))
    await place(kept, join(staged, 'root', repository.keyring))
    const { url, suite, components } = repository
    rows.push(
      [`repository-${index}`, address, suite, components.join(' '), keyring, url, keys.join(' ')]
        .join('\t')
        .concat('\n'),
    )
  }
  await writeFile(join(staged, 'repositories.tsv'), rows.join(''))
}
