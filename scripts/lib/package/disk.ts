// Adds Vagrant's layer to the golden image.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { waitIfInterrupted, withoutInterruption } from '../_helpers/cleanup.ts'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { startSandbox } from '../_helpers/sandbox.ts'

/** @throws BoxhoundError E_PACKAGE with the command's output. */
const run = async (command: readonly string[], failure: string): Promise<void> => {
  const { child, ended } = startSandbox(command, {
    cwd: '/',
    environment: { ...cleanEnvironment(), LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const complaints: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk))
  const code = await ended
  await waitIfInterrupted()
  if (code !== 0)
    throw new BoxhoundError('E_PACKAGE', failure, {
      found: Buffer.concat(complaints).toString('utf8').trim() || `status ${code}`,
      next: 'is the disk full? the published image and its boxes are unchanged',
    })
}

/**
 * Copies a golden image and adds a tree of files to the copy. Only a few clusters change; nothing is compressed again.
 * The same image and tree give the same bytes (disk/insert.sh).
 *
 * @param scratch a new folder of this run for the export; its parent must exist.
 * @throws BoxhoundError E_PACKAGE
 */
export const makeBoxDisk = async (
  image: string,
  disk: string,
  tree: string,
  scratch: string,
  { tool }: Project,
): Promise<void> => {
  // In a sandbox, so that a signal ends it before the folder is removed.
  await run(['cp', '--reflink=auto', '--', image, disk], 'the image could not be copied')
  await withoutInterruption(() => mkdir(scratch))
  const insert = join(tool, 'disk/insert.sh')
  await run(['bash', insert, disk, tree, scratch], 'Vagrant’s layer could not be put into the image')
}
