// A connection that reconnects once.

import { formatError } from '../_helpers/errors.ts'
import type { Session } from './ssh.ts'
import { unreachable } from './unreachable.ts'

/** Number of reconnects. A machine under load may lose one connection; one that loses two can't be judged. */
const spares = 1

/**
 * Runs commands on a connection that is re-established once if it is lost. Commands that were running then run again,
 * which is safe because the suite's commands can be repeated.
 *
 * @param open logs in, and trusts no other host key than the first time.
 * @param onLost called with the reason before reconnecting.
 * @returns `run` rejects with E_UNREACHABLE once there is no connection left, and otherwise like `Session.run`.
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
      // Errors of the first login are left to its caller.
      const session = used === first ? await used : await used.catch((error: unknown) => error)
      if (!isSession(session)) {
        end ??= `reconnecting failed: ${formatError(session).replaceAll('\n', ' ')}`
        continue
      }
      try {
        return await session.run(command, options)
      } catch (error) {
        const why = session.lost()
        // If a command fails on a working connection, that says something about the machine.
        if (why === undefined) throw error
        renew(used, why)
        if (current === used) end ??= `${why}, for the second time`
      }
    }
  }
}

const isSession = (value: unknown): value is Session => typeof value === 'object' && value !== null && 'run' in value
