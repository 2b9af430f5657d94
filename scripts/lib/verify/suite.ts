// Runs AVA over suite/box.

import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from '../_helpers/child.ts'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { cutText } from '../_helpers/terminal.ts'
import { avaCommand, bundleSuite } from './bundle.ts'
import { lastingRun } from './lasting.ts'
import { type FromSuite, type Link, linkDescriptor, openLink, sentError, type ToSuite } from './link.ts'
import type { CheckResult, SuiteContext, Target } from './results.ts'
import { scrub } from './scrub.ts'
import type { Session } from './ssh.ts'

export interface SuiteRun {
  readonly results: readonly CheckResult[]
  /** AVA's exit status; null if a signal ended it. */
  readonly code: number | null
  /** AVA's output, to explain why checks did not run. */
  readonly output: string
}

export interface SuiteOptions {
  /** Timeout in seconds for the whole suite. */
  readonly deadline: number
  readonly onResult: (result: CheckResult) => void
  /** Called when the connection was lost and is being re-established. */
  readonly onNote: (text: string) => void
  /** A number that grows while the machine makes progress; see `SessionOptions`. */
  readonly progress?: () => number | undefined
}

/** A suite that loads while the caller selects what to judge. */
export interface Suite {
  /** Logs in before `run`, which otherwise does it; resolves as soon as the connection attempt has started. */
  readonly connect: (target: Target) => Promise<void>
  /**
   * Runs the planned checks and collects their results.
   *
   * @throws E_SUITE_DEADLINE if it doesn't end, and the error of a refused connection (E_HOST_KEY, E_SSH_AUTH, …).
   */
  readonly run: (context: SuiteContext, options: SuiteOptions) => Promise<SuiteRun>
  /** Stops whatever still runs; must be called in any case. */
  readonly end: () => void
}

interface Login {
  readonly session: Session
  readonly publicKey: string
}

interface Runner {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  readonly output: () => string
}

/** The suite learns whether there is a key, but not which. */
export const childEnvironment = (): Record<string, string> => ({
  ...cleanEnvironment(),
  BOXHOUND_LINK: String(linkDescriptor),
  NO_COLOR: '1',
  FORCE_COLOR: '0',
})

/** Loaded only once AVA is starting. */
const ssh = () => import('./ssh.ts')

/** Runs AVA on suite/box; exported for its tests. */
export const startRunner = (folder: string): Runner => {
  const child = startChild(process.execPath, avaCommand('box', '--tap'), {
    cwd: folder,
    environment: childEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    dies: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code))
  })
  ended.catch(() => {})
  return { child, ended, output: () => output }
}

const endGroup = ({ child: { pid } }: Runner): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // the whole process group has already ended
  }
}

/** Maximum number of characters in a report for what a check wanted and for what it saw. */
const longest = 20_000

const bounded = (result: CheckResult): CheckResult => ({
  ...result,
  expected: cutText(result.expected, longest),
  observed: cutText(result.observed, longest),
})

/** Runs the commands that the suite requests on the connection, and passes on its checks' results. */
const serve = (runner: Runner, execute: Session['run'], context: SuiteContext, onResult: SuiteOptions['onResult']) => {
  const results: CheckResult[] = []
  const link: Link<ToSuite> = openLink<ToSuite, FromSuite>(runner.child.stdio[linkDescriptor] as Duplex, (message) => {
    if (message.kind === 'outcome') {
      const { id } = message.outcome
      const title = context.planned.find((check) => check.id === id)?.title ?? id
      const result = bounded({ title, ...message.outcome })
      results.push(result)
      onResult(result)
      return
    }
    const { id, command, options } = message
    execute(command, options).then(
      (result) => link.send({ kind: 'done', id, result }),
      (error: unknown) => link.send({ kind: 'failed', id, error: sentError(error) }),
    )
  })
  link.send({ kind: 'context', context })
  return { results, ready: (publicKey: string) => link.send({ kind: 'ready', publicKey }) }
}

/**
 * Starts AVA on the suite, in a process of its own. Loading takes about as long as logging in and as selecting what to
 * judge, so all three run in parallel.
 *
 * @param tool the checkout, with node_modules and suite/box.
 * @param options guard: the machine outlives this process (`connect`).
 */
export const startSuite = async (tool: string, { guard = false } = {}): Promise<Suite> => {
  const runner = startRunner(await bundleSuite(tool))
  const kill = (): void => endGroup(runner)
  process.once('exit', kill)
  const abort = new AbortController()
  let login: Promise<Login> | undefined

  const logIn = (target: Target, progress?: SuiteOptions['progress']): Promise<Login> => {
    login ??= ssh().then(async ({ publicKeyOf }) => ({
      session: await open(target, progress),
      publicKey: await publicKeyOf(target),
    }))
    login.catch(() => {})
    return login
  }

  const open = async (target: Target, progress: SuiteOptions['progress']): Promise<Session> =>
    (await ssh()).connect(target, { signal: abort.signal, guard, ...(progress === undefined ? {} : { progress }) })

  const run: Suite['run'] = async (context, { deadline, onResult, onNote, progress }) => {
    const connected = logIn(context.target, progress)
    const first = connected.then(({ session }) => session)
    first.catch(() => {})
    const execute = lastingRun(
      () => open(context.target, progress),
      first,
      (why) => onNote(`the connection was lost (${why}); reconnecting`),
    )
    const { results, ready } = serve(runner, execute, context, onResult)
    const late = new AbortController()
    const over = sleep(deadline * 1000, 'over' as const, { signal: late.signal })
    over.catch(() => {})
    try {
      const reached = await Promise.race([connected, over])
      if (reached !== 'over') ready(reached.publicKey)
      const code = reached === 'over' ? reached : await Promise.race([runner.ended, over])
      if (code !== 'over') return { results, code, output: runner.output() }
    } finally {
      late.abort()
    }
    throw new BoxhoundError('E_SUITE_DEADLINE', `the suite did not finish within ${deadline} s`, {
      found: scrub(runner.output().slice(-2000)),
    })
  }

  const end = (): void => {
    kill()
    process.off('exit', kill)
    abort.abort()
  }
  const connect: Suite['connect'] = async (target) => {
    void logIn(target)
    await ssh()
  }
  return { connect, run, end }
}
