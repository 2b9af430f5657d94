// Whether an Agent has an API key.

type Part = Readonly<Record<string, unknown>> | null | undefined

/** The parts of an Agent's status that tell of its keys. */
export interface KeyFacts {
  readonly forwarderStats?: { readonly APIKeyStatus?: Part; readonly APIKeyFailure?: Part } | null | undefined
  readonly endpointsInfos?: Part
}

/**
 * Whether the running Agent reports an API key. Without one it lists no endpoints and no key status. True if none
 * of these fields exists, so that missing data never makes the verdict more lenient.
 */
export const hasKey = ({ forwarderStats, endpointsInfos }: KeyFacts): boolean => {
  const parts = [forwarderStats?.APIKeyStatus, forwarderStats?.APIKeyFailure, endpointsInfos]
  const reported = parts.filter((part) => part !== undefined && part !== null)
  return reported.length === 0 || reported.some((part) => Object.keys(part).length > 0)
}
