// Starts processes without the caller's environment.

import { type ChildProcess, execFile, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cleanEnvironment } from './environment.ts'

/**
 * The one place where processes are started; the linter refuses node:child_process elsewhere (biome.json). No child gets the caller's
 * environment: `process.env` does not even fit the type of `environment`.
 */
export interface ChildOptions extends Omit<SpawnOptions, 'env'> {
  /** Its whole environment, from environment.ts; default `cleanEnvironment()`. */
  readonly environment?: Readonly<Record<string, string>>
  /** The signal it gets when this process ends, even by SIGKILL; for detached children. On Linux, with setpriv(1). */
  readonly dies?: 'SIGKILL' | 'SIGTERM'
}

/** util-linux: the kernel ends the child when its parent is gone, which nothing in this process can do. */
const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path))

/**
 * Wraps a command so that the kernel ends it with its parent, even one that is killed before setpriv has asked for that: who has another parent
 * by then does not start.
 *
 * @param parent process id of who starts it.
 */
export const endedWith = (
  parent: number,
  command: readonly string[],
  signal: 'SIGKILL' | 'SIGTERM',
  program = 'setpriv',
): readonly [string, ...string[]] => {
  const ifStillThere = ['/bin/sh', '-c', 'test "$PPID" = "$1" && shift && exec "$@"', 'sh', String(parent)]
  return [program, '--pdeathsig', signal.slice(3), '--', ...ifStillThere, ...command]
}

/** Wraps a command so that it ends with this process. */
const tied = (command: readonly string[], signal: ChildOptions['dies']): readonly string[] =>
  signal === undefined || setpriv === undefined ? command : endedWith(process.pid, command, signal, setpriv)

/** Starts a process; emits `error` if there is no such program. */
export const startChild = (
  program: string,
  words: readonly string[],
  { environment = cleanEnvironment(), dies, ...options }: ChildOptions = {},
): ChildProcess => {
  const [file = program, ...rest] = tied([program, ...words], dies)
  return spawn(file, rest, { ...options, env: { ...environment } })
}

export interface Outcome {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

export interface OutcomeOptions extends Pick<ChildOptions, 'environment' | 'cwd'> {
  readonly input?: string
  /** Milliseconds after which it is killed. */
  readonly timeout?: number
  /** Maximum output in bytes; default 16 MiB. */
  readonly largest?: number
}

/**
 * Runs a program to its end and returns what it printed, whatever its exit status.
 *
 * @throws the operating system's error when it cannot be started (`ENOENT`), or when it was killed for its time or output.
 */
export const outcomeOf = (
  program: string,
  words: readonly string[],
  { environment = cleanEnvironment(), cwd, input = '', timeout = 0, largest = 1 << 24 }: OutcomeOptions = {},
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const limits = { timeout, maxBuffer: largest, killSignal: 'SIGKILL' } as const
    const options = { ...limits, encoding: 'buffer' as const, env: { ...environment }, cwd }
    const child = execFile(program, [...words], options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr })
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr })
      else reject(error)
    })
    child.stdin?.on('error', () => {}) // one that reads nothing is judged by its answer
    child.stdin?.end(input)
  })

/** The same synchronously, for short programs. @returns its exit status; null if there is no such program. */
export const statusOf = (program: string, words: readonly string[], loud = false): number | null =>
  spawnSync(program, [...words], { stdio: loud ? ['inherit', 2, 2] : 'ignore', env: cleanEnvironment() }).status
