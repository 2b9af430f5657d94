import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/types.ts'
import type { InputFolders } from './inputs.ts'

/** Where downloaded disk images are kept. */
export const imagesFolder = ({ cache }: Project): string => join(cache, 'images')

/** What makes the lowest layer: scripts with their arguments, `@OUT@` for the image's path (packer/chroot/layer.sh, build_base). */
export type Builder = readonly (readonly [script: string, ...args: string[]])[]

/** The lab's Debian base, or a disk image turned into a layer. `image` is the file of the latter. */
export const builderOf = ({ base, image: { size } }: Box, image: string | undefined, { root }: Project): Builder => {
  const bytes = size === null ? '-' : String(size)
  if (image !== undefined)
    return [[join(root, 'packer/chroot/import.sh'), image, '@OUT@', bytes, base.system.id, base.system.versionId]]
  const made: Builder = [[join(root, 'lab/base/build.sh'), '@OUT@']]
  return size === null ? made : [...made, [join(root, 'packer/chroot/grow.sh'), '@OUT@', bytes]]
}

/** A word per line, an empty line between two scripts. */
const builderText = (builder: Builder): string => builder.map((words) => `${words.join('\n')}\n`).join('\n')

/**
 * Makes the stage of the lowest layer: names in `builder` what makes it.
 */
export const fetchBase = async (
  box: Box,
  _id: string,
  staged: string,
  _folders: InputFolders,
  _doing: (text: string) => void,
  project: Project,
): Promise<void> => writeFile(join(staged, 'builder'), builderText(builderOf(box, undefined, project)))
