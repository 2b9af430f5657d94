// Creates tar archives without traces of their builder.

import { waitIfInterrupted } from '../_helpers/cleanup.ts'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { startSandbox } from '../_helpers/sandbox.ts'

/**
 * Writes a folder's files and subfolders to a tar archive, in the given order and without owners or times. Not
 * compressed: the disk inside is already, and compressing it again would take half a minute for nothing.
 *
 * @param shown the archive's name in errors.
 * @param modes `plain` gives every file 0644; `modes` keeps them.
 * @throws BoxhoundError E_PACKAGE
 */
export const writeArchive = async (
  folder: string,
  names: readonly string[],
  archive: string,
  shown: string,
  modes: 'plain' | 'modes' = 'plain',
): Promise<void> => {
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@946684800', '--sort=name']
  if (modes === 'plain') owner.push('--mode=0644')
  const tar = startSandbox(['tar', '--create', '--format=gnu', ...owner, '--file', archive, '--', ...names], {
    cwd: folder,
    environment: { ...cleanEnvironment(), LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const complaints: Buffer[] = []
  tar.child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk))
  const code = await tar.ended
  await waitIfInterrupted()
  if (code !== 0)
    throw new BoxhoundError('E_PACKAGE', `tar failed with status ${code}`, {
      file: shown,
      found: Buffer.concat(complaints).toString('utf8').trim() || 'no message',
      next: 'is the disk full? existing boxes are unchanged',
    })
}
