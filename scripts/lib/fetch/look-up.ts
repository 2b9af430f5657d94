// Looks up a publisher's newest image in its signed list.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Publisher } from '../box/box.ts'
import { folderAddress, shownAddress } from './address.ts'
import { checksumOf, parseChecksums } from './checksums.ts'
import { openClient } from './client.ts'
import type { Deadlines, Network } from './network.ts'
import { newestRelease, type Release } from './releases.ts'
import { verifySignature } from './signature.ts'
import { fetchSmallFile, type SmallFileOptions } from './small-file.ts'

/** A publisher's newest image, from its signed list. */
export interface Found {
  /** Address of the image, below the folder of releases. */
  readonly image: string
  readonly sha256: string
  /** E.g. `release-20260725`. */
  readonly release: string
}

export interface LookUpOptions extends SmallFileOptions {
  /** A mirror of `publisher.releases` (mirrors.images). Its lists need the publisher's signature all the same. */
  readonly releases?: string | undefined
  readonly deadlines?: Deadlines
}

/** Seconds: one day, for time zone differences between naming and signing a release. */
const margin = 86_400

/**
 * Requires that a release's list was signed after the release was made. An older list also has a valid signature, and
 * nothing in it says which release it is for, so an image with known vulnerabilities could be passed off as the newest.
 */
const requireFresh = ({ name, date }: Release, signed: number, place: string): void => {
  const [year, month, day] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100]
  if (signed >= Date.UTC(year, month - 1, day) / 1000 - margin) return
  throw new BoxhoundError('E_LIST_OLD', 'the signature of the list is older than its release', {
    file: place,
    expected: `a signature no older than ${name}`,
    found: `one of ${new Date(signed * 1000).toISOString().slice(0, 10)}`,
    next: 'try another mirror: this one serves an older release’s list under a newer name',
  })
}

/**
 * Looks up the newest release of a publisher's series: its folder from the listing, and the image's digest from the
 * signed SHA256SUMS there.
 *
 * @param publisher `keyring` must be a path that is valid from here; the lab passes its own publisher.
 * @throws BoxhoundError E_RELEASES, E_SIGNATURE, E_LIST_OLD, E_CHECKSUMS…, E_FETCH_…: nothing in the list is used
 *   before its signature is verified.
 */
export const lookUp = async (publisher: Publisher, network: Network, options: LookUpOptions = {}): Promise<Found> => {
  const releases = folderAddress(options.releases ?? publisher.releases)
  const client = openClient(network, options.deadlines)
  try {
    const listing = await fetchSmallFile(releases, client, options)
    const release = newestRelease(listing.content.toString('utf8'), listing.url)
    const folder = `${releases}${release.name}/`
    const [list, signature] = await Promise.all(
      ['SHA256SUMS', 'SHA256SUMS.gpg'].map((name) => fetchSmallFile(`${folder}${name}`, client, options)),
    )
    if (list === undefined || signature === undefined) throw new Error('two files were asked for')
    const place = shownAddress(list.url)
    requireFresh(release, await verifySignature(list.content, signature.content, publisher, place), place)
    const sha256 = checksumOf(parseChecksums(list.content.toString('utf8'), place), publisher.image, place)
    return { image: `${folder}${publisher.image}`, sha256, release: release.name }
  } finally {
    await client.close()
  }
}

/** The same image at a mirror of the publisher's releases; any other image is returned unchanged. */
export const mirrored = (image: string, publisher: Publisher | undefined, mirror: string | undefined): string => {
  const releases = publisher === undefined ? undefined : folderAddress(publisher.releases)
  if (mirror === undefined || releases === undefined || !image.startsWith(releases)) return image
  return `${folderAddress(mirror)}${image.slice(releases.length)}`
}
