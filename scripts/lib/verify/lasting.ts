// A connection that reconnects once.

import { formatError } from '../_helpers/errors.ts'
import type { Session } from './ssh.ts'
import { unreachable } from './unreachable.ts'

/** How often a connection is made anew: once is a machine under load, twice is a machine that can't be judged. */
const spares = 1

/**
 * Runs commands on a connection that is made anew, once, when it is lost. What was running then runs again: the suite's commands may, since they ask or
 * do what can be done twice.
 *
 * @param open logs in, and trusts no other host key than the first time.
 * @param onLost told what ended a connection, before the next one is made.
 * @returns `run` rejects with E_UNREACHABLE once no connection is left; and as `Session.run` does.
 */
export const lastingRun = (
  open: () => Promise<Session>,
  first: Promise<Session>,
  onLost: (why: string) => void = () => {},
): Session['run'] => {
  let current = first
  let left = spares
  let end: string | undefined

  const renew = (used: Promise<Session>, why: string): void => {
    if (current !== used || left === 0) return
    left -= 1
    onLost(why)
    current = open()
    current.catch(() => {})
  }

  return async (command, options = {}) => {
    const name = options.name ?? command
    for (;;) {
      if (end !== undefined) throw unreachable(name, end)
      const used = current
      // The very first login is its caller's business.
      const session = used === first ? await used : await used.catch((error: unknown) => error)
      if (!isSession(session)) {
        end ??= `reconnecting failed: ${formatError(session).replaceAll('\n', ' ')}`
        continue
      }
      try {
        return await session.run(command, options)
      } catch (error) {
        const why = session.lost()
        // A command that fails on a living connection has told something about the machine.
        if (why === undefined) throw error
        renew(used, why)
        if (current === used) end ??= `${why}, for the second time`
      }
    }
  }
}

const isSession = (value: unknown): value is Session => typeof value === 'object' && value !== null && 'run' in value
