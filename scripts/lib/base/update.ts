// Finds the newest image of a box's series.

import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import type { Box, Publisher } from '../box/box.ts'
import { folderAddress } from '../fetch/address.ts'
import { type LookUpOptions, lookUp } from '../fetch/look-up.ts'
import type { Network } from '../fetch/network.ts'
import { compareReleases, parseRelease, type Release, releaseOf } from '../fetch/releases.ts'

/** An image as a box file names it, with its release. */
export interface ReleasedImage {
  readonly release: string
  readonly image: string
  readonly sha256: string
}

/** What a box stands on now and what the publisher has. */
export interface Update {
  readonly from: ReleasedImage
  readonly to: ReleasedImage
}

const baseError = (
  box: Box,
  message: string,
  details: { expected: string; found: string; next: string },
): BoxhoundError => new BoxhoundError('E_BASE', message, { ...details, file: shown(box.file), exitCode: 2 })

interface Series {
  readonly publisher: Publisher
  /** The folder of releases that the box's image stands in: the publisher's, or its mirror as the box file names it. */
  readonly folder: string
  readonly release: Release
  readonly from: ReleasedImage
}

/**
 * Which series of releases a box's image is of.
 *
 * @throws BoxhoundError E_BASE (exit code 2) for a box without an image, a system without a publisher, an image of somebody else's.
 */
export const seriesOf = (box: Box): Series => {
  const { base, mirrors } = box
  if (base.kind !== 'image')
    throw baseError(box, 'this box has no published base image', {
      expected: 'base: { image: ADDRESS, sha256: DIGEST, system: NAME }',
      found: `base: { lab: ${base.release} }`,
      next: 'choose a box with an image, such as ubuntu',
    })
  const { image, sha256, system } = base
  const { publisher } = system
  if (publisher === undefined)
    throw baseError(box, `no publisher with a signed checksum list is known for ${system.name}`, {
      expected: 'a publisher in provision/systems.yaml',
      found: `none for ${system.name}`,
      next: 'check the digest, then write address and digest into the box file by hand',
    })
  const folders = [publisher.releases, ...(mirrors?.images === undefined ? [] : [mirrors.images])].map(folderAddress)
  for (const folder of folders) {
    const release = releaseOf(image, folder, publisher.image)
    if (release !== undefined) return { publisher, folder, release, from: { release: release.name, image, sha256 } }
  }
  throw baseError(box, 'the image of this box is not one of its publisher’s releases', {
    expected: folders.map((folder) => `${folder}release-YYYYMMDD/${publisher.image}`).join(', or '),
    found: image,
    next: 'your own image has no signed list: write its address and digest into the box file by hand',
  })
}

/**
 * Looks up the newest image of the series that a box stands on. With `mirrors.images` that mirror is asked; the address keeps the folder
 * that the box file names.
 *
 * @throws BoxhoundError E_BASE_OLDER when the newest there is older than the box's own and `allowOlder` isn't set.
 */
export const findUpdate = async (
  box: Box,
  network: Network,
  project: Project,
  options: LookUpOptions & { readonly allowOlder?: boolean } = {},
): Promise<Update> => {
  const { publisher, folder, release, from } = seriesOf(box)
  const signer = { ...publisher, keyring: join(project.tool, publisher.keyring) }
  const found = await lookUp(signer, network, { releases: box.mirrors?.images, ...options })
  const newest = parseRelease(found.release)
  if (newest === undefined) throw new Error('lookUp names a release')
  if (compareReleases(newest, release) < 0 && options.allowOlder !== true)
    throw new BoxhoundError('E_BASE_OLDER', 'the newest release is older than the one in the box file', {
      file: shown(box.file),
      expected: `${release.name} or newer`,
      found: `${newest.name} at ${folderAddress(box.mirrors?.images ?? publisher.releases)}`,
      next: 'check the mirror; --allow-older downgrades anyway',
    })
  const { sha256 } = found
  return { from, to: { release: found.release, image: `${folder}${found.release}/${publisher.image}`, sha256 } }
}

/** Whether an update changes the box file. */
export const isChange = ({ from, to }: Update): boolean => from.image !== to.image || from.sha256 !== to.sha256
