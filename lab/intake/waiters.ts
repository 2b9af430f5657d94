/** Callers that wait for the next arrival. */
export interface Waiters {
  readonly next: (signal?: AbortSignal) => Promise<void>
  readonly wake: () => void
  /** Rejects all current and future waits with the error. */
  readonly end: (error: Error) => void
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export const createWaiters = (): Waiters => {
  const waiting = new Set<Waiter>()
  let ended: Error | undefined
  return {
    next: (signal) =>
      new Promise<void>((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        if (signal?.aborted) return reject(signal.reason)
        const done = (): void => {
          waiting.delete(waiter)
          signal?.removeEventListener('abort', abort)
        }
        const waiter: Waiter = {
          resolve: () => {
            done()
            resolve()
          },
          reject: (error) => {
            done()
            reject(error)
          },
        }
        const abort = (): void => waiter.reject(signal?.reason)
        signal?.addEventListener('abort', abort)
        waiting.add(waiter)
      }),
    wake: () => {
      for (const waiter of [...waiting]) waiter.resolve()
    },
    end: (error) => {
      ended = error
      for (const waiter of [...waiting]) waiter.reject(error)
    },
  }
}
