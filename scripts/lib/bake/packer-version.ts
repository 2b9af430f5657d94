// Finds the version of Packer, and sets up its environment.

import { accessSync, constants } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { isSettled, signatureOf } from '../../_fast.mjs'
import { temporaryName } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { askSandbox } from '../_helpers/sandbox.ts'

/** The oldest Packer that the templates support: Debian's, the last generation with built-in builders. */
export const minimumPacker = '1.6.6'

/**
 * Environment for every call of Packer: no calls home (CHECKPOINT_DISABLE turns off the update check and telemetry),
 * none of the user's own settings or plugins, and no files left outside `home`.
 */
export const packerEnvironment = (home: string): Record<string, string> => ({
  CHECKPOINT_DISABLE: '1',
  HOME: home,
  PACKER_CONFIG_DIR: home,
  PACKER_CACHE_DIR: home,
  PACKER_PLUGIN_PATH: `${home}/plugins`,
})

/**
 * The installed Packer's version, from the row `TIMESTAMP,,version,1.6.6` of its machine-readable output. This row is
 * the same in every generation, while the readable output may contain an update notice and its wording can change.
 *
 * @param home a folder for files that Packer leaves behind; newer versions create a cache there even for this.
 * @returns undefined without such a row: then the program called `packer` is something else.
 */
export const readPackerVersion = async (home: string): Promise<string | undefined> => {
  const { stdout } = await askSandbox(['packer', '-machine-readable', 'version'], packerEnvironment(home))
  return /^\d+,,version,(\d+\.\d+\.\d+)/m.exec(stdout)?.[1]
}

const executable = (name: string, path: string): string | undefined =>
  path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/**
 * The same for a draft, which should not wait for Packer to start: the version is remembered for as long as the file in
 * PATH is unchanged. If it is a wrapper script, the Packer behind it may have changed; a manifest always gets a freshly
 * read version.
 */
export const recallPackerVersion = async (
  home: string,
  { cache }: Pick<Project, 'cache'>,
  { path = process.env.PATH ?? '', now = Date.now() } = {},
): Promise<string | undefined> => {
  const file = executable('packer', path)
  const signature = file === undefined ? null : signatureOf(file)
  const key = JSON.stringify([file, signature])
  const known = join(cache, 'packer-version')
  const [knownKey, version] = (await readFile(known, 'utf8').catch(() => '')).split('\n')
  if (signature !== null && knownKey === key && version) return version
  const told = await readPackerVersion(home)
  // Must be written atomically, but need not survive a crash.
  if (told !== undefined && signature !== null && isSettled(signature, now)) {
    const temporary = temporaryName(known)
    await writeFile(temporary, `${key}\n${told}\n`)
    await rename(temporary, known)
  }
  return told
}

const isOlder = (version: string, than: string): boolean => {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number)) as [number[], number[]]
  const index = a.findIndex((part, at) => part !== b[at])
  return index !== -1 && (a[index] ?? 0) < (b[index] ?? 0)
}

/** @throws BoxhoundError E_PACKER_VERSION with exit code 3, before a build starts rather than by its failure. */
export const requirePacker = (version: string | undefined): void => {
  if (version !== undefined && !isOlder(version, minimumPacker)) return
  const next = 'apt-get install packer, or put a newer one first on PATH: developer.hashicorp.com/packer/install'
  throw version === undefined
    ? // Red Hat's cracklib has a program of the same name.
      new BoxhoundError('E_PACKER_VERSION', 'the program packer on PATH is not HashiCorp’s', {
        exitCode: 3,
        expected: `Packer ${minimumPacker} or newer`,
        found: 'a program whose "packer -machine-readable version" prints no version',
        next,
      })
    : new BoxhoundError('E_PACKER_VERSION', 'this Packer is too old', {
        exitCode: 3,
        expected: `Packer ${minimumPacker} or newer`,
        found: `Packer ${version}`,
        next,
      })
}
