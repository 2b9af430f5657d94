// Catalogue for `vagrant box add`, from a file or a web server.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { writeAtomic } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { boxFolder } from '../bake/manifest.ts'
import { boxName } from './providers.ts'
import type { BoxRecord } from './records.ts'
import { compareVersions } from './versions.ts'

/** Vagrant's box metadata, which `vagrant box add` takes as a file or an address. */
export interface Catalog {
  readonly name: string
  readonly description: string
  /** Oldest first. */
  readonly versions: readonly {
    readonly version: string
    readonly providers: readonly {
      readonly name: string
      readonly url: string
      readonly checksum_type: 'sha256'
      /** Hex only, without a prefix. */
      readonly checksum: string
    }[]
  }[]
}

/** `https://host/folder/`, ending in a slash. @throws BoxhoundError E_USAGE (exit code 2). */
export const webFolder = (address: string): string => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  // Checked first, so that no other message quotes a password.
  if (url !== undefined && (url.username !== '' || url.password !== ''))
    throw new BoxhoundError('E_USAGE', '--url contains a login, which every reader of the catalogue would see', {
      next: 'remove it; Vagrant can read a login from ~/.netrc',
      exitCode: 2,
    })
  // Checked as text: URL treats an empty query as none, but it would stay in the address.
  if (url === undefined || !/^https?:$/.test(url.protocol) || /[?#]/.test(address))
    throw new BoxhoundError('E_USAGE', '--url must be the address of a folder on a web server', {
      expected: 'https://boxes.example/lab/',
      found: address,
      exitCode: 2,
    })
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

/**
 * The catalogue of all boxes made from a box file.
 *
 * @param folder address of the folder with the boxes, ending in a slash. Vagrant would resolve a relative address from
 *   its working directory.
 */
export const catalogOf = (box: string, records: readonly BoxRecord[], folder: string): Catalog => ({
  name: boxName(box),
  description: `${box}: a host watched by Datadog, baked and verified by boxhound`,
  versions: [...new Set(records.map(({ version }) => version))].sort(compareVersions).map((version) => ({
    version,
    providers: records
      .filter((record) => record.version === version)
      .sort((a, b) => (a.provider < b.provider ? -1 : 1))
      .map(({ provider, file, sha256 }) => ({
        name: provider,
        url: new URL(encodeURIComponent(file), folder).href,
        checksum_type: 'sha256',
        checksum: sha256,
      })),
  })),
})

/** Writes only if the content has changed, so that users without write access can still run this. */
const save = async (path: string, content: string): Promise<void> => {
  if ((await readFile(path, 'utf8').catch(() => undefined)) !== content) await writeAtomic(path, content)
}

const text = (catalog: Catalog): string => `${JSON.stringify(catalog, null, 2)}\n`

/**
 * Writes out/BOX/catalog.json, whose addresses are files on this machine, and with `url` out/BOX/web/catalog.json for a
 * web server that has the boxes below that address.
 *
 * @returns paths of the written files.
 */
export const writeCatalogs = async (
  box: string,
  records: readonly BoxRecord[],
  url: string | undefined,
  project: Project,
): Promise<string[]> => {
  const folder = boxFolder(box, project)
  const local = join(folder, 'catalog.json')
  await save(local, text(catalogOf(box, records, pathToFileURL(`${folder}/`).href)))
  if (url === undefined) return [local]
  const web = join(folder, 'web', 'catalog.json')
  await save(web, text(catalogOf(box, records, url)))
  return [local, web]
}
