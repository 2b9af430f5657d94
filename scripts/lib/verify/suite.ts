import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import { parseResults } from './collect.ts'
import type { CheckResult, SuiteContext } from './types.ts'

export interface SuiteRun {
  readonly results: readonly CheckResult[]
  /** AVA's exit status; null when a signal ended it. */
  readonly code: number | null
  /** What AVA printed, for the reason why checks did not run. */
  readonly output: string
}

export interface SuiteOptions {
  /** The checkout, with node_modules and suite/box. */
  readonly root: string
  /** Seconds for the whole suite. */
  readonly deadline: number
  readonly onResult: (result: CheckResult) => void
}

const command = [
  'node_modules/ava/entrypoints/cli.mjs',
  '--config',
  'suite/box/ava.config.js',
  'suite/box/suite.test.ts',
]

/** DD_API_KEY and the like are nobody's business in the child: the suite is told whether there is a key, never which. */
const childEnvironment = (file: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DD_'))),
  BOXHOUND_CONTEXT: file,
  NO_COLOR: '1',
  FORCE_COLOR: '0',
})

/**
 * Runs the SSH suite in a process of its own and collects what its checks tell while they run.
 *
 * @throws E_SUITE_DEADLINE when it doesn't end, and what the connection was refused for (E_HOST_KEY, E_SSH_AUTH, …).
 */
export const runSuite = async (
  context: Omit<SuiteContext, 'results'>,
  { root, deadline, onResult }: SuiteOptions,
): Promise<SuiteRun> => {
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-suite-'))
  const results = join(folder, 'results.jsonl')
  const file = join(folder, 'context.json')
  const abort = new AbortController()
  try {
    await writeFile(results, '')
    await writeFile(file, JSON.stringify({ ...context, results } satisfies SuiteContext), { mode: 0o600 })
    const child = spawn(process.execPath, command, {
      cwd: root,
      env: childEnvironment(file),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code))
    })
    const kill = (): void => endGroup(child.pid)
    process.once('exit', kill)
    const timer = setTimeout(() => abort.abort(), deadline * 1000)
    let told = 0
    const tell = async (): Promise<CheckResult[]> => {
      const all = parseResults(await readFile(results, 'utf8'))
      for (const result of all.slice(told)) onResult(result)
      told = all.length
      return all
    }
    let code: number | null | undefined
    while (code === undefined && !abort.signal.aborted) {
      code = await Promise.race([ended, sleep(100, undefined)])
      await tell()
    }
    clearTimeout(timer)
    kill()
    process.off('exit', kill)
    if (code === undefined) {
      throw new BoxhoundError('E_SUITE_DEADLINE', `the suite did not end within ${deadline} s`, {
        found: output.slice(-2000),
      })
    }
    await throwTold(`${results}.error`)
    return { results: await tell(), code, output }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Throws what the suite could not start for, such as a host key that is another one. */
const throwTold = async (file: string): Promise<void> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const { code, message, details } = JSON.parse(text) as Pick<BoxhoundError, 'code' | 'message' | 'details'>
  throw new BoxhoundError(code, message, details)
}

const endGroup = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // the whole group has ended
  }
}
