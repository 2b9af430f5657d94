// Runs and times one command as a whole process.

import type { ChildProcess } from 'node:child_process'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { startChild } from '../_helpers/child.ts'
import { refuseIfInterrupted, withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError, type ExitCode } from '../_helpers/errors.ts'
import { formatSeconds } from '../_helpers/format.ts'
import { startSandbox } from '../_helpers/sandbox.ts'

export interface TimedCommand {
  readonly words: readonly [string, ...string[]]
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  /** Seconds after which it is ended and counts as failed. */
  readonly deadline?: number
  /** True for a command that may leave a machine running, which a sandbox would end. */
  readonly leavesMachine?: boolean
}

export interface Timed {
  /** Duration of the whole process. */
  readonly seconds: number
  readonly stdout: string
  /** Lines of stdout, each with its time in seconds since the start. */
  readonly lines: readonly { readonly at: number; readonly text: string }[]
}

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  readonly kill: () => Promise<void> | void
}

const group = (command: TimedCommand, log: number): Started => {
  refuseIfInterrupted()
  const [program, ...words] = command.words
  const options = { cwd: command.cwd, environment: command.environment, detached: true }
  const child = startChild(program, words, {
    dies: 'SIGKILL',
    ...options,
    stdio: ['ignore', 'pipe', log],
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const kill = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGTERM')
    await ended.catch(() => null)
  }
  return { child, ended, kill }
}

const inSandbox = ({ words, cwd, environment }: TimedCommand, log: number): Started =>
  startSandbox(words, { cwd, environment, stdio: ['ignore', 'pipe', log] })

const reason = (text: string): string => text.trim().split('\n').slice(-3).join(' | ').slice(0, 600)

/**
 * Runs a command and times the whole process. It dies with this process, along with everything it started.
 *
 * @param log file for stderr, and for stdout after it.
 * @throws BoxhoundError E_BENCH_RUN with the end of its output; with exit code 3 if the command exited with that, since
 *   then the machine lacks something.
 */
export const runTimed = async (command: TimedCommand, log: string): Promise<Timed> => {
  await mkdir(dirname(log), { recursive: true })
  const file = await open(log, 'w+')
  const deadline = command.deadline ?? 1200
  try {
    const begin = performance.now()
    const second = (): number => (performance.now() - begin) / 1000
    const { child, ended, kill } = (command.leavesMachine === true ? group : inSandbox)(command, file.fd)
    const lines: { at: number; text: string }[] = []
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (text) => lines.push({ at: second(), text }))
    let late = false
    const timer = setTimeout(() => {
      late = true
      void kill()
    }, deadline * 1000)
    const code = await withCleanup(kill, () => ended).finally(() => clearTimeout(timer))
    const seconds = second()
    const stdout = lines.map(({ text }) => `${text}\n`).join('')
    await file.appendFile(stdout)
    if (code === 0) return { seconds, stdout, lines }
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(65_536),
      0,
      65_536,
      Math.max(0, (await file.stat()).size - 65_536),
    )
    const exitCode: ExitCode = code === 3 ? 3 : 1
    const why = late
      ? `was stopped after ${formatSeconds(deadline)}`
      : code === null
        ? 'was ended by a signal'
        : `exited with status ${code}`
    throw new BoxhoundError('E_BENCH_RUN', `${command.words[0]} ${why}`, {
      exitCode,
      found: reason(buffer.toString('utf8', 0, bytesRead)),
      file: log,
    })
  } finally {
    await file.close()
  }
}
