import { constants } from 'node:os'

type Cleanup = () => void | Promise<void>

const pending: Cleanup[] = []
let interrupted: NodeJS.Signals | undefined

const runAll = async (): Promise<void> => {
  for (let cleanup = pending.pop(); cleanup !== undefined; cleanup = pending.pop()) {
    try {
      await cleanup()
    } catch (error) {
      console.error(`while cleaning up: ${String(error)}`)
    }
  }
}

/** 128+N, the exit code of a run that signal N ended. */
export const signalExitCode = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

const interrupt = (signal: NodeJS.Signals): void => {
  // A second signal means: now. What is left behind is cleared by the next run (fault 26).
  if (interrupted !== undefined) process.exit(signalExitCode(signal))
  interrupted = signal
  console.error(`\n${signal}: cleaning up …`)
  void runAll().then(() => process.exit(signalExitCode(signal)))
}

/** The signal that is ending this run: steps that fail because of it must not report their own failure. */
export const interruption = (): NodeJS.Signals | undefined => interrupted

/** Never returns once a signal has come: the run ends by `process.exit` when all is clean. */
export const waitIfInterrupted = async (): Promise<void> => {
  if (interrupted !== undefined) await new Promise<never>(() => {})
}

/**
 * Runs `work` and then `cleanup`, whether the work ends, throws, or is ended by SIGINT, SIGTERM or SIGHUP (fault 25).
 * Nested calls clean up from the inside out; the clean-up's own error never masks the first one.
 */
export const withCleanup = async <T>(cleanup: Cleanup, work: () => Promise<T>): Promise<T> => {
  if (pending.length === 0) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  pending.push(cleanup)
  try {
    return await work()
  } finally {
    await waitIfInterrupted()
    const index = pending.lastIndexOf(cleanup)
    if (index >= 0) pending.splice(index, 1)
    await cleanup()
    if (pending.length === 0)
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt)
  }
}
