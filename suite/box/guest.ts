import { setTimeout as sleep } from 'node:timers/promises'
import { formatError } from '../../scripts/lib/_helpers/errors.ts'
import { quoteCommand } from '../../scripts/lib/verify/quote.ts'
import type { SuiteContext } from '../../scripts/lib/verify/results.ts'
import type { Session } from '../../scripts/lib/verify/ssh.ts'
import { isUnreachable } from '../../scripts/lib/verify/unreachable.ts'
import { createProber, type Probe, type Run } from './prober.ts'
import { judge, type Verdict } from './verdict.ts'

/** The machine under test, as the checks see it. */
export interface Guest {
  readonly context: SuiteContext
  /** The base64 of the key that the caller logged in with. */
  readonly publicKey: string
  /** Runs a program as root and returns its output; the caller judges the exit status. */
  readonly run: Run
  /** Runs probes/NAME.py as root with `input` as INPUT, and returns the JSON that it prints. */
  readonly probe: Probe
  /** Runs `work` once and shares the result with all checks that ask for it under this name. */
  readonly once: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /**
   * Retries until the verdict is green or final, or the time is up, and returns the last verdict. The limit is
   * `deadlines.poll` seconds since the verdict last reported progress, and never more than `deadlines.limit` in total.
   *
   * @param within seconds in total, instead; less where `deadlines.limit` is shorter.
   * @throws E_UNREACHABLE if the machine can't be reached, since waiting won't change that.
   */
  readonly until: (attempt: () => Promise<Verdict>, expected: string, within?: number) => Promise<Verdict>
}

export const createGuest = (session: Pick<Session, 'run'>, context: SuiteContext, publicKey: string): Guest => {
  const asRoot = context.target.user === 'root' ? [] : ['sudo', '-n', '--']
  const { command: deadline, poll, limit } = context.deadlines
  const known = new Map<string, Promise<unknown>>()

  const run: Guest['run'] = (words, options = {}) =>
    session.run(quoteCommand([...asRoot, ...words]), { deadline, ...options })

  const once = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const earlier = known.get(name) as Promise<T> | undefined
    if (earlier !== undefined) return earlier
    const fresh = work()
    known.set(name, fresh)
    return fresh
  }

  const until: Guest['until'] = async (attempt, expected, within) => {
    const begun = Date.now()
    const longest = Math.min(within ?? limit, limit)
    const patience = within === undefined ? poll : longest
    let [moved, progress]: [number, number | undefined] = [begun, undefined]
    // Each attempt takes processor time from whatever is being waited for, so the pauses grow.
    for (let pause = 0; ; pause = Math.min(pause * 2, 3000)) {
      const asked = Date.now()
      const verdict = await attempt().catch((error: unknown) => {
        if (isUnreachable(error)) throw error
        return judge(expected, '', [formatError(error)])
      })
      const seconds = (Date.now() - begun) / 1000
      if (verdict.passed || verdict.final) return verdict
      if (verdict.progress !== undefined && verdict.progress !== progress)
        [moved, progress] = [Date.now(), verdict.progress]
      if (seconds > longest || Date.now() - moved > patience * 1000)
        return { ...verdict, observed: `${verdict.observed}\n(last seen after ${seconds.toFixed(0)} s)` }
      if (pause === 0) pause = Math.min(Math.max(Date.now() - asked, 100), 500)
      await sleep(pause)
    }
  }

  return { context, publicKey, run, probe: createProber(run), once, until }
}
