import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { writeUnguarded } from '../../scripts/lib/_helpers/atomic.ts'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { AccountState } from './account-state.ts'

const resources = z.record(z.string(), z.record(z.string(), z.unknown()))
const schema = z.strictObject({
  dashboards: resources,
  monitors: resources,
  downtimes: resources,
  problems: z.array(z.string()),
  counter: z.int().nonnegative(),
})

const empty = (): AccountState => ({ dashboards: {}, monitors: {}, downtimes: {}, problems: [], counter: 0 })

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const read = async (file: string): Promise<AccountState> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (text === undefined) return empty()
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new BoxhoundError('E_ACCOUNT_STATE', 'the state of the lab’s account cannot be read', {
      file,
      expected: 'JSON with dashboards, monitors, downtimes, problems and counter, as the account writes it',
      found: cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause),
      next: 'remove the file to begin with an empty account',
      cause,
    })
  }
}

export interface Store {
  readonly state: () => AccountState
  /** The next number to derive an id from. */
  readonly count: () => number
  /**
   * Runs changes one after another, and writes each to the file before it resolves.
   *
   * If `work` throws, or the file can't be written, the state stays unchanged.
   */
  readonly change: <Result>(work: () => Result) => Promise<Result>
  /** Resolves when no change is in progress. */
  readonly settled: () => Promise<void>
}

/** Opens the state of an account. @throws BoxhoundError E_ACCOUNT_STATE if the file has no valid state. */
export const openStore = async (file: string | undefined): Promise<Store> => {
  let state = file === undefined ? empty() : await read(file)
  let last: Promise<unknown> = Promise.resolve()
  const apply = async <Result>(work: () => Result): Promise<Result> => {
    const before = structuredClone(state)
    try {
      const result = work()
      // Unguarded: a process ended by a signal waits for the account to close, which waits for the change in progress.
      if (file !== undefined) await writeUnguarded(file, `${JSON.stringify(state, undefined, 2)}\n`)
      return result
    } catch (error) {
      state = before
      throw error
    }
  }
  return {
    state: () => state,
    count: () => {
      state.counter++
      return state.counter
    },
    change: (work) => {
      const done = last.then(() => apply(work))
      last = done.catch(() => undefined)
      return done
    },
    settled: async () => {
      await last
    },
  }
}
