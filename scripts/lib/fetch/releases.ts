// Parses release names and folder listings.

import { BoxhoundError } from '../_helpers/errors.ts'
import { folderAddress, shownAddress } from './address.ts'

/** A publisher's release: `release-20260725`, or `release-20260725.1` for a second one on the same day. */
export interface Release {
  readonly name: string
  /** 20260725 */
  readonly date: number
  readonly serial: number
}

/** Parses a release's name; undefined for any other name. */
export const parseRelease = (name: string): Release | undefined => {
  const [, date, serial = '0'] = /^release-(\d{8})(?:\.(\d{1,6}))?$/.exec(name) ?? []
  return date === undefined ? undefined : { name, date: Number(date), serial: Number(serial) }
}

/** Negative if `a` is older than `b`. */
export const compareReleases = (a: Release, b: Release): number => a.date - b.date || a.serial - b.serial

/** The release in an image's address, if the image is in that folder of releases under that file name. */
export const releaseOf = (image: string, releases: string, file: string): Release | undefined => {
  const folder = folderAddress(releases)
  if (!image.startsWith(folder)) return undefined
  const [name = '', rest, ...more] = image.slice(folder.length).split('/')
  return rest === file && more.length === 0 ? parseRelease(name) : undefined
}

/** Values of href, with either kind of quotes or none: servers' listings differ. */
const link = /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi

/**
 * The newest release that a folder's listing links to. Only folders directly below count, whether the link is relative,
 * a path or a full address.
 *
 * @param index the listing's address, after redirects.
 * @throws BoxhoundError E_RELEASES if there is none.
 */
export const newestRelease = (html: string, index: URL): Release => {
  const folder = folderAddress(`${index.origin}${index.pathname}`)
  const links = [...html.matchAll(link)].map(([, a, b, c]) => a ?? b ?? c ?? '')
  const releases = links.flatMap((href) => {
    if (!URL.canParse(href, folder)) return []
    const { origin, pathname } = new URL(href, folder)
    const address = folderAddress(`${origin}${pathname}`)
    const release = address.startsWith(folder) ? parseRelease(address.slice(folder.length, -1)) : undefined
    return release === undefined ? [] : [release]
  })
  const newest = releases.sort(compareReleases).at(-1)
  if (newest !== undefined) return newest
  throw new BoxhoundError('E_RELEASES', `no release in the listing of ${shownAddress(index)}`, {
    expected: 'links to folders such as release-20260725/',
    found: `${links.length} other links`,
    next: 'check publisher.releases in provision/systems.yaml, or mirrors.images in the box file',
  })
}
