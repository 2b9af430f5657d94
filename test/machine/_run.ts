import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { TinyProject } from './_project.ts'

export interface Ended {
  /** As a shell would tell it: 128+N when signal N ended the process. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<Ended>
}

/** Starts a verb in a tiny project, as `npm run` would. */
export const startVerb = (
  project: TinyProject,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Run => {
  const child = spawn(process.execPath, [project.verbs, ...words], {
    cwd: project.tool,
    env: {
      PATH: process.env.PATH,
      HOME: project.tool,
      BOXHOUND_CACHE: project.cache,
      BOXHOUND_OUT: project.out,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A bake that hangs must neither hang the tests nor outlive them.
  const end = (): boolean => child.kill('SIGKILL')
  const deadline = setTimeout(end, 60_000)
  process.on('exit', end)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(deadline)
      process.off('exit', end)
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stdout, stderr })
    })
  })
  return { child, ended, output: () => stdout + stderr }
}

/** Bakes a box of a tiny project, without booting it. */
export const bake = (
  project: TinyProject,
  box = 'one',
  words: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> => startVerb(project, ['bake', box, '--no-verify', ...words], environment).ended
