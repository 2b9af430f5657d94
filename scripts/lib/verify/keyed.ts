// Whether an Agent has an API key.

type Part = Readonly<Record<string, unknown>> | null | undefined

/** The parts of an Agent's status that tell of its keys. */
export interface KeyFacts {
  readonly forwarderStats?: { readonly APIKeyStatus?: Part; readonly APIKeyFailure?: Part } | null | undefined
  readonly endpointsInfos?: Part
}

/**
 * Whether the running Agent has an API key, by its own word: without one it knows no endpoint and judges no key. True where it tells nothing of
 * either, since a machine must not be judged less strictly by what is absent.
 */
export const hasKey = ({ forwarderStats, endpointsInfos }: KeyFacts): boolean => {
  const parts = [forwarderStats?.APIKeyStatus, forwarderStats?.APIKeyFailure, endpointsInfos]
  const told = parts.filter((part) => part !== undefined && part !== null)
  return told.length === 0 || told.some((part) => Object.keys(part).length > 0)
}
