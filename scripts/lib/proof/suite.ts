// Runs AVA and counts the results.

import { startChild } from '../_helpers/child.ts'
import { withCleanup } from '../_helpers/cleanup.ts'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { type Counts, readCounts } from '../selftest/count.ts'
import { avaCommand, bundleSuite, type SuiteName } from '../verify/bundle.ts'

export interface SuiteOptions {
  /** The checkout. */
  readonly tool: string
  /** Which tests of suite/. */
  readonly suite: Exclude<SuiteName, 'box'>
  /** Variables that tell the tests what to judge, e.g. the absolute path of a file. */
  readonly variables: Readonly<Record<string, string>>
  /** Told line by line while the tests run. */
  readonly onLine: (line: string) => void
  /** Only tests whose titles match this pattern of AVA's. */
  readonly match?: string
}

/**
 * Runs AVA once, in one process, and counts what it says test by test.
 *
 * A run that ends badly without a failed test counts one failure, and so does one that runs none (fault 43).
 */
export const runAva = async ({ tool, suite, variables, onLine, match }: SuiteOptions): Promise<Counts> => {
  const words = avaCommand(suite, '--tap')
  const child = startChild(process.execPath, match === undefined ? words : [...words, '--match', match], {
    cwd: await bundleSuite(tool),
    environment: { ...cleanEnvironment(), ...variables, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    dies: 'SIGKILL',
  })
  let output = ''
  let pending = ''
  const take = (chunk: Buffer): void => {
    output += chunk.toString()
    const lines = (pending + chunk.toString()).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', take)
  const code = await withCleanup(
    () => void child.kill('SIGKILL'),
    () =>
      new Promise<number | null>((resolve, reject) => {
        child.once('error', reject)
        child.once('close', resolve)
      }),
  )
  return readCounts('tap', output, code)
}
