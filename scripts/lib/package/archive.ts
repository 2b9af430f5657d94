// Makes tar archives without traces of their builder.

import { waitIfInterrupted } from '../_helpers/cleanup.ts'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { startSandbox } from '../_helpers/sandbox.ts'

/**
 * Writes files and folders of a folder as a tar archive, in the order given and with nothing in it of who made it or when. Not compressed: the disk
 * inside is, and a second time costs half a minute for nothing.
 *
 * @param shown what an error calls the archive.
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
