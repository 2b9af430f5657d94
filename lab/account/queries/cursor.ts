import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'

/** A reader of one text from left to right. */
export interface Cursor {
  /** What a pattern with the flag `y` matches here, or undefined; what matches has then been read. Blanks before it are skipped. */
  readonly take: (pattern: RegExp) => RegExpExecArray | undefined
  /** Reads what must stand here. @throws BoxhoundError E_QUERY */
  readonly expect: (pattern: RegExp, what: string) => RegExpExecArray
  readonly atEnd: () => boolean
  /** An error that shows where the reader stands. */
  readonly failure: (expected: string) => BoxhoundError
}

/** An error of a query. Its message stands alone: the account sends it to whoever asked. */
export const queryError = (message: string): BoxhoundError => new BoxhoundError('E_QUERY', message)

/** Reads a query. */
export const cursorOf = (text: string): Cursor => {
  let at = 0
  const skip = (): void => {
    while (/\s/.test(text[at] ?? '')) at++
  }
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    skip()
    const matcher = new RegExp(pattern.source, 'y')
    matcher.lastIndex = at
    const match = matcher.exec(text)
    if (match === null) return undefined
    at = matcher.lastIndex
    return match
  }
  const failure = (expected: string): BoxhoundError => {
    skip()
    const found = at >= text.length ? 'its end' : JSON.stringify(text.slice(at, at + 40))
    return queryError(`query ${JSON.stringify(text)}: expected ${expected}, found ${found}`)
  }
  return {
    take,
    failure,
    expect: (pattern, what) => {
      const match = take(pattern)
      if (match === undefined) throw failure(what)
      return match
    },
    atEnd: () => {
      skip()
      return at >= text.length
    },
  }
}
