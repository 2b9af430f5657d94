/** What a test in `tests/` beside a box file gets: the machine, as root, over the suite's one connection. */
export interface Guest {
  /** Runs a program, as root or as `user`, and returns what came of it. */
  readonly run: (words: readonly string[], options?: { readonly user?: string }) => Promise<Output>
  /** What is at a path; a link is followed. */
  readonly file: (path: string) => Promise<File>
  /** Asks the machine's own web server; loopback only, redirects are not followed. */
  readonly http: (
    url: string,
    options?: { readonly method?: 'GET' | 'HEAD'; readonly host?: string; readonly insecure?: boolean },
  ) => Promise<Answer>
  /** An assertion; throws unless it holds. A test without one is red. */
  readonly expect: <T>(value: T, what?: string) => Assertions<T>
  /** Repeats until nothing is thrown, or the time is up. */
  readonly within: <T>(seconds: number, work: () => Promise<T>) => Promise<T>
}

export interface Output {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface File {
  readonly exists: boolean
  readonly type: string
  /** Octal, four digits. */
  readonly mode: string
  readonly owner: string
  readonly group: string
  readonly size: number
  readonly sha256: string
  /** At most 1 MiB of it. */
  readonly content: string
}

export interface Answer {
  readonly status: number
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Assertions<T> {
  readonly is: (wanted: T) => void
  readonly contains: (part: unknown) => void
  readonly matches: (pattern: RegExp) => void
  readonly atLeast: (low: number) => void
  readonly atMost: (high: number) => void
}

export type Test = (guest: Guest) => Promise<void> | void
