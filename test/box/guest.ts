import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import type { CommandOptions, CommandResult } from '../../scripts/lib/verify/command.ts'
import { jsonIn } from '../../scripts/lib/verify/json.ts'
import { quoteCommand } from '../../scripts/lib/verify/quote.ts'
import type { Session } from '../../scripts/lib/verify/ssh.ts'
import type { SuiteContext } from '../../scripts/lib/verify/types.ts'
import { judge, type Verdict } from './verdict.ts'

/** The machine under test, as the checks see it. */
export interface Guest {
  readonly context: SuiteContext
  /** Runs a program as root and returns whatever it said; its exit status is the caller's to judge. */
  readonly run: (words: readonly string[], options?: CommandOptions) => Promise<CommandResult>
  /** Runs probes/NAME.py as root with `input` as INPUT, and returns the JSON that it prints. */
  readonly probe: (name: string, input?: unknown) => Promise<unknown>
  /** Runs `work` once for all checks that ask for the same thing. */
  readonly once: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Tries again until the verdict is green or the deadline is over; the last one is told. */
  readonly until: (attempt: () => Promise<Verdict>, expected: string) => Promise<Verdict>
}

const probeFile = (name: string): Promise<string> => readFile(new URL(`probes/${name}.py`, import.meta.url), 'utf8')

/** The input as a JSON text inside a Python string literal; JSON's escapes are Python's as well. */
const withInput = (script: string, input: unknown): string =>
  `import json\nINPUT = json.loads(${JSON.stringify(JSON.stringify(input ?? null))})\n${script}`

export const createGuest = (session: Session, context: SuiteContext): Guest => {
  const asRoot = context.target.user === 'root' ? [] : ['sudo', '-n', '--']
  const { command: deadline, poll } = context.deadlines
  const known = new Map<string, Promise<unknown>>()

  const run: Guest['run'] = (words, options = {}) =>
    session.run(quoteCommand([...asRoot, ...words]), { deadline, ...options })

  const probe: Guest['probe'] = async (name, input) => {
    const stdin = withInput(await probeFile(name), input)
    const result = await run(['python3', '-ISB', '-'], { stdin, name: `probe ${name}` })
    const document = result.code === 0 ? jsonIn(result.stdout) : undefined
    if (document !== undefined) return document
    throw new BoxhoundError('E_PROBE', `probe ${name} told nothing (exit status ${result.code})`, {
      found: result.stderr.trim().slice(-1000),
    })
  }

  const once = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const earlier = known.get(name) as Promise<T> | undefined
    if (earlier !== undefined) return earlier
    const fresh = work()
    known.set(name, fresh)
    return fresh
  }

  const until: Guest['until'] = async (attempt, expected) => {
    const begun = Date.now()
    for (;;) {
      const verdict = await attempt().catch((error: unknown) => judge(expected, '', [formatError(error)]))
      const seconds = (Date.now() - begun) / 1000
      if (verdict.passed) return verdict
      if (seconds > poll)
        return { ...verdict, observed: `${verdict.observed}\n(last seen after ${seconds.toFixed(0)} s)` }
      await sleep(500)
    }
  }

  return { context, run, probe, once, until }
}
