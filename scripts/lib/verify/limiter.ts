// Limits concurrency.

/** Runs work, at most so many at once; the others wait in order. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>

export const createLimiter = (limit: number): Limiter => {
  const waiting: (() => void)[] = []
  let free = limit
  const take = (): Promise<void> | undefined => {
    if (free > 0) {
      free -= 1
      return undefined
    }
    return new Promise((resolve) => waiting.push(resolve))
  }
  const give = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  return async (work) => {
    await take()
    try {
      return await work()
    } finally {
      give()
    }
  }
}
