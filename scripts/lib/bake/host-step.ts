// Runs a host-side step of a bake, such as a download, in a sandbox.

import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { networkEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { startSandbox } from '../_helpers/sandbox.ts'
import { span } from '../_helpers/trace.ts'
import type { BakeNetwork } from './mirrors.ts'
import { bundleName } from './network-folder.ts'
import { networkHint } from './network-hint.ts'
import { pipEnvironment } from './pip.ts'

/** Where a bake keeps the logs of its downloads and unfinished files. */
export interface InputFolders {
  readonly logs: string
  /** In the run's work folder, on the store's file system. */
  readonly scratch: string
  readonly network: BakeNetwork
  /** The folder with apt's and pip's network settings. */
  readonly networkFolder: string
}

/** Timeout in seconds for a step that downloads or packs; the slowest takes about one minute. */
const longest = 1800

/** What to do about a failure that the log doesn't show to be the network's. */
export const generalAdvice = 'read the log; if a mirror did not answer, try again'

/** Runs a host-side step in a sandbox, its output in a log; throws with the log's last lines. */
export const run = async (
  command: readonly string[],
  log: string,
  cwd: string,
  { network, networkFolder }: InputFolders,
  extra: Record<string, string> = {},
): Promise<void> => {
  const environment = pipEnvironment(networkEnvironment(), network, join(networkFolder, bundleName))
  // pip's own timeout notices a silent server, but not one that sends a byte now and then (fault 73).
  const sandbox = startSandbox(['timeout', '--kill-after=10', String(longest), ...command], {
    cwd,
    environment: { ...environment, LANG: 'C.UTF-8', BOXHOUND_NETWORK: networkFolder, ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  for (const stream of [sandbox.child.stdout, sandbox.child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const name = basename(log, '.log')
  const code = await span(`fetch ${name}`, name, () => sandbox.ended)
  const output = network.redact(Buffer.concat(chunks).toString('utf8'))
  await writeFile(log, output)
  const late = code === 124 || code === 137
  if (code !== 0)
    throw new BoxhoundError(
      'E_INPUT',
      `${command[0]} ${late ? `did not end within ${longest} s` : `failed with status ${code}`}`,
      {
        file: log,
        found: output.trimEnd().split('\n').slice(-5).join('\n            '),
        next: networkHint(output, network) ?? generalAdvice,
      },
    )
}
