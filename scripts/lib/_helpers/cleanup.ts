// Runs clean-up on every way out, signals included.

import { AsyncResource } from 'node:async_hooks'
import { constants } from 'node:os'
import { BoxhoundError } from './errors.ts'

type Cleanup = () => void | Promise<void>

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const pending: (() => Promise<void>)[] = []
/** Why the run ends early: the name of a signal, or a reason. */
let interrupted: string | undefined

const tell = (error: unknown): void => console.error(`while cleaning up: ${String(error)}`)

/** 128+N, the exit code of a run that signal N ended. */
export const signalExitCode = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

const runAll = async (): Promise<void> => {
  for (let cleanup = pending.pop(); cleanup !== undefined; cleanup = pending.pop()) await cleanup().catch(tell)
}

/**
 * Ends the run after an uncaught error, cleaning up first. Does nothing if the run is already ending.
 *
 * @param why as part of a sentence: `WHY ends this run`.
 */
export const endRun = (code: number, why: string): void => {
  if (interrupted !== undefined) return
  interrupted = why
  void runAll().then(() => process.exit(code))
}

const interrupt = (signal: NodeJS.Signals): void => {
  // A second signal means now. The next run removes what is left (fault 26).
  if (interrupted !== undefined) process.exit(signalExitCode(signal))
  interrupted = signal
  console.error(`\n${signal}: cleaning up …`)
  void runAll().then(() => process.exit(signalExitCode(signal)))
}

/**
 * Call before starting anything that needs clean-up: clean-up may already be over (fault 25).
 *
 * @throws BoxhoundError E_INTERRUPTED. Blocking instead would deadlock, since clean-ups wait for the work that calls this.
 */
export const refuseIfInterrupted = (): void => {
  if (interrupted !== undefined)
    throw new BoxhoundError('E_INTERRUPTED', `${interrupted} ends this run: no new work is started`)
}

/** Never returns once a signal has come: the run ends by `process.exit` when all is clean. */
export const waitIfInterrupted = async (): Promise<void> => {
  if (interrupted !== undefined) await new Promise<never>(() => {})
}

type Settled<T> = { readonly value: T } | { readonly error: unknown }

const settle = async <T>(work: () => T | Promise<T>): Promise<Settled<T>> => {
  try {
    return { value: await work() }
  } catch (error) {
    return { error }
  }
}

/** Runs at most once: later callers, such as a signal during the run, wait for it. */
const once = (cleanup: Cleanup): (() => Promise<void>) => {
  let run: Promise<void> | undefined
  return () => {
    run ??= Promise.resolve().then(cleanup)
    return run
  }
}

/**
 * Runs `work` and then `cleanup`, whether the work ends, throws, or is ended by SIGINT, SIGTERM or SIGHUP (fault 25).
 * Nested calls clean up from the inside out; the clean-up's own error never masks the first one.
 */
export const withCleanup = async <T>(cleanup: Cleanup, work: () => Promise<T>): Promise<T> => {
  if (pending.length === 0) for (const signal of signals) process.on(signal, interrupt)
  // A signal's handler belongs to whoever was first to clean up; this clean-up belongs to this work.
  const own = once(AsyncResource.bind(cleanup))
  pending.push(own)
  const worked = await settle(work)
  await waitIfInterrupted()
  const cleaned = await settle(own)
  await waitIfInterrupted()
  pending.splice(pending.lastIndexOf(own), 1)
  if (pending.length === 0) for (const signal of signals) process.off(signal, interrupt)
  if ('error' in worked) {
    if ('error' in cleaned) tell(cleaned.error)
    throw worked.error
  }
  if ('error' in cleaned) throw cleaned.error
  return worked.value
}

/**
 * Short work that a signal must not cut in two, such as giving a file its name: the signal waits for its end.
 *
 * @throws BoxhoundError E_INTERRUPTED when the signal has come before: a folder made now would outlive the run.
 */
export const withoutInterruption = async <T>(work: () => Promise<T>): Promise<T> => {
  refuseIfInterrupted()
  let running: Promise<unknown> | undefined
  return withCleanup(
    async () => void (await running?.catch(() => {})),
    () => {
      const begun = work()
      running = begun
      return begun
    },
  )
}
