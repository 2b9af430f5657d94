import type * as z from 'zod'
import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'
import type { Assertion, Expected, UnjudgedExpected } from '../../../scripts/lib/box/expected.ts'
import type { BoxCheck } from '../check.ts'
import type { Guest } from '../guest.ts'
import { notJudged, type Verdict } from '../verdict.ts'
import { waitFor } from '../wait.ts'
import { judgeCommand, judgePackage, judgeUnit, unitCommand, wordsOf } from './commands.ts'
import { factsOf } from './facts.ts'
import { judgeFile, judgeGroup, judgeHttp, judgePort, judgeProcess, judgeUser } from './judge.ts'

/**
 * One shared wait until systemd has nothing left to start: before that a port that must not listen is silent, and an
 * assertion would be green too early.
 */
const booted = (guest: Guest): Promise<unknown> =>
  guest.once('booted', () =>
    waitFor(guest, '[ -z "$(systemctl list-jobs --no-legend)" ]', { name: 'wait for the boot', units: [] }),
  )

const probe = async <T>(guest: Guest, facts: z.ZodType<T>, expected: Expected): Promise<T> =>
  facts.parse(await guest.probe('expect', expected))

type Judged = Exclude<Expected, UnjudgedExpected>

/** Looks once. `within` bounds a command that hangs. */
const look = async (guest: Guest, expected: Judged, within: number): Promise<Verdict> => {
  switch (expected.kind) {
    case 'command':
      return judgeCommand(expected, await guest.run(wordsOf(expected), { name: 'the command', deadline: within }))
    case 'unit':
      return judgeUnit(expected, await guest.run(unitCommand(expected), { name: 'systemctl show' }))
    case 'package': {
      const { query } = expected
      if (query === undefined)
        throw new BoxhoundError('E_EXPECT', 'no command that asks for packages: bake the box anew')
      return judgePackage(expected, await guest.run(query.command))
    }
    case 'file':
      return judgeFile(expected, await probe(guest, factsOf.file, expected))
    case 'port':
      return judgePort(expected, await probe(guest, factsOf.port, expected))
    case 'user':
      return judgeUser(expected, await probe(guest, factsOf.user, expected))
    case 'group':
      return judgeGroup(expected, await probe(guest, factsOf.group, expected))
    case 'process':
      return judgeProcess(expected, await probe(guest, factsOf.process, expected))
    case 'http':
      return judgeHttp(expected, await probe(guest, factsOf.http, expected))
  }
}

/** How to judge one assertion of the user's: again and again until it holds or its time is up. */
export const assertionCheck = ({ title, within, expected }: Assertion): BoxCheck => ({
  run: async (guest) => {
    if (expected.kind === 'unjudged') return notJudged(title, expected.reasons.join('\n'))
    await booted(guest)
    const longest = Math.min(within, guest.context.deadlines.command)
    return guest.until(() => look(guest, expected, longest), title, within)
  },
})
