import { constants } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { waitIfInterrupted } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { cleanEnvironment, startSandbox } from '../_helpers/sandbox.ts'

/**
 * Copies a golden image and puts the files of a tree into the copy, at the price of a few clusters: nothing is compressed again. The same
 * image and tree give the same bytes (packer/chroot/insert.sh).
 *
 * @param scratch a folder of this run for the export; made here.
 * @throws BoxhoundError E_PACKAGE
 */
export const makeBoxDisk = async (
  image: string,
  disk: string,
  tree: string,
  scratch: string,
  { root }: Project,
): Promise<void> => {
  await copyFile(image, disk, constants.COPYFILE_FICLONE)
  await mkdir(scratch, { recursive: true })
  const insert = startSandbox(['bash', join(root, 'packer/chroot/insert.sh'), disk, tree, scratch], {
    cwd: '/',
    environment: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const complaints: Buffer[] = []
  insert.child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk))
  const code = await insert.ended
  await waitIfInterrupted()
  if (code !== 0)
    throw new BoxhoundError('E_PACKAGE', 'Vagrant’s layer could not be put into the image', {
      found: Buffer.concat(complaints).toString('utf8').trim() || `status ${code}`,
      next: 'is the disk full? the published image and its boxes are as they were',
    })
}
