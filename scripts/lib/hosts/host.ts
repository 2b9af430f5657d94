// Verifies one host: resolves, asks, judges.

import { BoxhoundError, formatError } from '../_helpers/errors.ts'
import { foreignText } from '../_helpers/terminal.ts'
import type { CheckResult } from '../verify/results.ts'
import { scrub } from '../verify/scrub.ts'
import { type Endpoint, type EndpointOptions, endpointOf } from './endpoint.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'
import { type GatherOptions, gather } from './gather.ts'
import { reportedName } from './judge/hostname.ts'
import { keyEndings } from './judge/key.ts'
import { sentTags } from './judge/tags.ts'
import { judgeHost } from './profile.ts'
import type { HostFacts, HostResult } from './results.ts'
import type { Wish } from './wish.ts'

/** A host's words in one result; a fleet of lying hosts must not fill the memory. */
const longest = 1500

const safe = (text: string): string => foreignText(scrub(text), longest)

const resultOf = ({ id, title, status, expected, observed }: Finding, seconds: number): CheckResult => ({
  id,
  title: safe(title),
  status,
  seconds,
  expected: safe(expected),
  observed: safe(observed),
})

const login = {
  id: 'host.login',
  title: 'The host is reached, with the expected host key',
  expected: 'an SSH login, and a description of the host',
} as const

const most = <T>(items: readonly T[], limit: number): T[] => items.slice(0, limit)

const factsOf = (facts: Facts, hostKey: string): HostFacts => ({
  hostname: safe(reportedName(facts)),
  version: safe(String(facts.status?.version ?? '')).slice(0, 60),
  system: safe(facts.host.system).slice(0, 100),
  keys: most(keyEndings(facts), 5),
  tags: most(sentTags(facts), 50).map((tag) => safe(tag).slice(0, 200)),
  machine: /^[0-9a-f]{16}$/.test(facts.host.machine) ? facts.host.machine : '',
  hostKey,
})

export interface HostOptions extends GatherOptions, EndpointOptions {
  /** Ids to keep; empty for all. */
  readonly only: readonly string[]
}

/** A host of which nothing is known, and why. */
export const lostHost = (name: string, address: string, seconds: number, why: string): HostResult => ({
  name,
  address,
  status: 'lost',
  seconds,
  labAgent: false,
  facts: null,
  checks: [{ ...login, status: 'failed', seconds, observed: safe(why), lost: true }],
})

const addressOf = ({ user, host, port }: Endpoint): string => `${user}@${host}:${port}`

/**
 * Verifies one host.
 *
 * @throws BoxhoundError if it could not be reached or did not describe itself.
 */
export const verifyHost = async (wish: Wish, options: HostOptions): Promise<HostResult> => {
  const begun = Date.now()
  const endpoint = await endpointOf(wish, options)
  const { facts, hostKey } = await gather(endpoint, options)
  const seconds = (Date.now() - begun) / 1000
  const { only } = options
  const reached: Finding = { ...login, status: 'passed', observed: `${addressOf(endpoint)}, host key ${hostKey}` }
  const findings = [reached, ...judgeHost(facts, { active: options.active, tags: wish.tags })]
  const kept = only.length === 0 ? findings : findings.filter(({ id }) => only.includes(id))
  const checks = kept.map((finding) => resultOf(finding, finding === reached ? seconds : 0))
  return {
    name: wish.name,
    address: addressOf(endpoint),
    status: checks.some(({ status }) => status === 'failed') ? 'failed' : 'passed',
    seconds,
    labAgent: facts.status?.lab === true,
    facts: factsOf(facts, hostKey),
    checks,
  }
}

/** The same, but a host that can't be judged is a result, too. */
export const verifyAnyway = async (wish: Wish, options: HostOptions): Promise<HostResult> => {
  const begun = Date.now()
  try {
    return await verifyHost(wish, options)
  } catch (error) {
    const why = error instanceof BoxhoundError ? formatError(error) : `unexpected: ${String(error)}`
    const address = `${wish.user === undefined ? '' : `${wish.user}@`}${wish.host}${wish.port === undefined ? '' : `:${wish.port}`}`
    return lostHost(wish.name, address, (Date.now() - begun) / 1000, why)
  }
}
