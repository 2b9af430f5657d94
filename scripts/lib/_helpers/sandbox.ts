// Commands in namespaces that die with this process.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { endedWith, startChild } from './child.ts'
import { refuseIfInterrupted } from './cleanup.ts'
import { cleanEnvironment } from './environment.ts'

export interface SandboxOptions {
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  /** File descriptors or `'ignore'`, `'pipe'`, `'inherit'` for stdin, stdout and stderr. */
  readonly stdio: readonly [
    'ignore' | 'inherit',
    number | 'pipe' | 'inherit' | 'ignore',
    number | 'pipe' | 'inherit' | 'ignore',
  ]
  /** Interactive: stays in the terminal's foreground group. */
  readonly foreground?: boolean
}

export interface Sandbox {
  readonly child: ChildProcess
  /** Exit status; null when a signal ended it. Rejects when it could not be started. */
  readonly ended: Promise<number | null>
  /** Ends every process in it at once and waits until they are gone. */
  readonly kill: () => Promise<void>
}

const all = new Set<Sandbox>()
const owned = new AsyncLocalStorage<Set<Sandbox>>()

/** Runs work with its own set of sandboxes: boxes are baked in parallel, and a failed one must not end the others. */
export const withOwnSandboxes = <T>(work: () => T): T => owned.run(new Set(), work)

/** Ends every sandbox of this work, or of this process: an interrupted run does so before it removes their folders. */
export const killSandboxes = async (): Promise<void> => {
  await Promise.all([...(owned.getStore() ?? all)].map(({ kill }) => kill()))
}

/**
 * Kills the namespace's first process and lets `unshare` end by itself, which happens once the kernel has reaped the last process inside;
 * killing `unshare` would only start that. If it has not forked yet, `unshare` itself is killed.
 *
 * @param pid of `unshare`.
 */
export const killNamespace = (pid: number): void => {
  for (const victim of [...childrenOf(pid), pid].slice(0, 1))
    try {
      process.kill(victim, 'SIGKILL')
    } catch {
      // ended in the meantime
    }
}

const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/**
 * Runs a command, as root, in its own mount and process namespaces that die with this process.
 *
 * Whatever ends first, the kernel clears the rest: `--pdeathsig` ends the namespace when this process dies, even by
 * SIGKILL (fault 26); the end of its first process ends all others, also those that ignore SIGTERM (fault 28); and with the
 * last process go its mounts, FUSE exports and the loop devices behind them.
 */
export const startSandbox = (command: readonly string[], options: SandboxOptions): Sandbox => {
  refuseIfInterrupted()
  const alone = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--', ...command]
  const [program, ...words] = endedWith(process.pid, alone, 'SIGKILL')
  const child = startChild(program, words, {
    cwd: options.cwd,
    environment: options.environment,
    stdio: [...options.stdio],
    detached: options.foreground !== true,
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code))
  })
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) killNamespace(child.pid)
    await ended.catch(() => null)
  }
  const sandbox: Sandbox = { child, ended, kill }
  const own = owned.getStore()
  for (const set of [all, own]) set?.add(sandbox)
  const forget = (): void => {
    for (const set of [all, own]) set?.delete(sandbox)
  }
  ended.then(forget, forget)
  return sandbox
}

/** Runs a short command in a sandbox to its end and returns what it printed. */
export const askSandbox = async (
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> => {
  const { child, ended } = startSandbox(command, {
    cwd: '/',
    environment: { ...cleanEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
    const chunks: Buffer[] = []
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
    return () => Buffer.concat(chunks).toString('utf8')
  }
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const code = await ended
  return { code, stdout: stdout(), stderr: stderr() }
}
