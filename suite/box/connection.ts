import { Socket } from 'node:net'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { CommandResult } from '../../scripts/lib/verify/command.ts'
import { type FromSuite, openLink, type ToSuite } from '../../scripts/lib/verify/link.ts'
import type { CheckOutcome, SuiteContext } from '../../scripts/lib/verify/results.ts'
import type { Session } from '../../scripts/lib/verify/ssh.ts'

/**
 * The suite's link to the verifying process, which sends what to judge, holds the SSH connection, and collects results.
 */
export interface Connection extends Pick<Session, 'run'> {
  readonly context: Promise<SuiteContext>
  /** Resolves when the machine is reached, with the base64 of the key that the caller logged in with. */
  readonly ready: Promise<string>
  readonly tell: (outcome: CheckOutcome) => void
  readonly end: () => Promise<void>
}

interface Waiting {
  readonly resolve: (result: CommandResult) => void
  readonly reject: (error: unknown) => void
}

interface Promised<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

const promised = <T>(): Promised<T> => {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

/** Opens the descriptor inherited from the verifying process. If that process is gone, everything here stops. */
export const openConnection = (environment: NodeJS.ProcessEnv): Connection => {
  const descriptor = Number(environment.BOXHOUND_LINK ?? Number.NaN)
  if (!Number.isInteger(descriptor)) throw new Error('BOXHOUND_LINK is not set: start the suite with "npm run verify"')
  const stream = new Socket({ fd: descriptor })
  const waiting = new Map<number, Waiting>()
  const [context, ready] = [promised<SuiteContext>(), promised<string>()]
  const take = (id: number): Waiting | undefined => {
    const found = waiting.get(id)
    waiting.delete(id)
    return found
  }
  const link = openLink<FromSuite, ToSuite>(stream, (message) => {
    if (message.kind === 'context') context.resolve(message.context)
    else if (message.kind === 'ready') ready.resolve(message.publicKey)
    else if (message.kind === 'done') take(message.id)?.resolve(message.result)
    else {
      const { code, message: text, details } = message.error
      take(message.id)?.reject(new BoxhoundError(code, text, details))
    }
  })
  let ended = false
  stream.on('close', () => {
    if (!ended) process.exit(1)
  })
  let last = 0
  return {
    context: context.promise,
    ready: ready.promise,
    run: (command, options = {}) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        link.send({ kind: 'run', id: last, command, options })
      }),
    tell: (outcome) => link.send({ kind: 'outcome', outcome }),
    end: () => {
      ended = true
      return link.end()
    },
  }
}
