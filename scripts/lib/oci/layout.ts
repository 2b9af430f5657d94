// Reads and verifies an OCI image layout.

import { sha256 } from '../_helpers/hash.ts'
import { parsedJson } from '../_helpers/json.ts'
import { badImage, type Origin } from './fault.ts'
import { archiveFiles, folderFiles, type LayoutFiles } from './files.ts'
import { type Image, type ReadDocument, resolveImage } from './resolve.ts'

/** The name of a blob in a layout. */
export const blobName = (hex: string): string => `blobs/sha256/${hex}`

const assertVersion = (content: Buffer | undefined, origin: Origin): void => {
  if (content === undefined) throw badImage(origin, 'no OCI image layout', 'a file oci-layout', 'none')
  const document = parsedJson(content.toString('utf8'))
  const version =
    typeof document === 'object' && document !== null && 'imageLayoutVersion' in document
      ? String(document.imageLayoutVersion)
      : 'none'
  if (version !== '1.0.0')
    throw badImage(origin, 'unknown version of the image layout', 'imageLayoutVersion 1.0.0', version.slice(0, 30))
}

/** Reads a layout's image for linux/amd64 and hashes every blob of it. */
const readImage = async (files: LayoutFiles, origin: Origin): Promise<Image> => {
  assertVersion(await files.read('oci-layout'), origin)
  const index = await files.read('index.json')
  if (index === undefined) throw badImage(origin, 'no OCI image layout', 'a file index.json', 'none')
  const missing = (hex: string, what: string) =>
    badImage(origin, `the ${what} is missing`, blobName(hex), 'no such file')
  const read: ReadDocument = async (hex, _bytes, what) => {
    const content = await files.read(blobName(hex))
    if (content === undefined) throw missing(hex, what)
    return content
  }
  const image = await resolveImage(index, sha256(index), read, origin)
  for (const [at, layer] of image.layers.entries()) {
    const what = `layer ${at + 1} of ${image.layers.length}`
    const found = await files.digest(blobName(layer.sha256), layer.bytes)
    if (found === undefined) throw missing(layer.sha256, what)
    if (found.bytes !== layer.bytes)
      throw badImage(origin, `${what} has another size`, `${layer.bytes} bytes`, `${found.bytes} bytes`)
    if (found.sha256 !== layer.sha256)
      throw badImage(origin, `${what} does not match its digest`, `sha256:${layer.sha256}`, `sha256:${found.sha256}`)
  }
  return image
}

/**
 * Reads the image in a layout's folder.
 *
 * @throws BoxhoundError E_OCI_IMAGE for missing or damaged files, and for anything but one image for linux/amd64.
 */
export const readLayout = (folder: string, origin: Origin): Promise<Image> =>
  readImage(folderFiles(folder, origin), origin)

/** Reads the image in an archive of a layout (oci-archive), like `readLayout`. */
export const readArchive = async (path: string, origin: Origin): Promise<Image> =>
  readImage(await archiveFiles(path, origin), origin)
