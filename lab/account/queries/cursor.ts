import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'

/** Reads a text from left to right. */
export interface Cursor {
  /**
   * Matches a sticky pattern (flag `y`) here, after any blanks, and consumes the match; undefined if it doesn't match.
   */
  readonly take: (pattern: RegExp) => RegExpExecArray | undefined
  /** Consumes what has to come next. @throws BoxhoundError E_QUERY */
  readonly expect: (pattern: RegExp, what: string) => RegExpExecArray
  readonly atEnd: () => boolean
  /** An error that shows the current position. */
  readonly failure: (expected: string) => BoxhoundError
}

/** An error in a query. Its message must make sense by itself, since the account sends it to the client. */
export const queryError = (message: string): BoxhoundError => new BoxhoundError('E_QUERY', message)

/** Starts reading a query. */
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
