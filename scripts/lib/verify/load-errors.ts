// Why the Agent did not load a check.

type Named = Readonly<Record<string, unknown>> | null | undefined

/** The parts of an Agent's status that tell of checks it could not load. */
export interface LoadFacts {
  readonly checkSchedulerStats?: { readonly LoaderErrors?: Named } | null | undefined
  readonly pyLoaderStats?: { readonly ConfigureErrors?: Named } | null | undefined
}

const texts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

/** Every loader is tried in turn, so the core loader reports a Python check as missing. That is not an error. */
const isCatalog = (text: string): boolean => /^Check \S+ not found in Catalog$/.test(text.trim())

/**
 * Why a check was not loaded; empty if it was. The Agent files the error under the check's name, or under name and
 * version, as a text, a list, or an object with one text per loader.
 */
export const loadErrors = ({ checkSchedulerStats, pyLoaderStats }: LoadFacts, name: string): string[] => {
  const own = (part: Named): string[] =>
    Object.entries(part ?? {})
      .filter(([key]) => key === name || (key.startsWith(`${name} (`) && key.endsWith(')')))
      .flatMap(([, value]) => texts(value))
  const found = [...own(checkSchedulerStats?.LoaderErrors), ...own(pyLoaderStats?.ConfigureErrors)]
  const real = found.filter((text) => !isCatalog(text)).map((text) => text.trim())
  // A refused configuration is reported twice, once with a prefix.
  const longest = real.filter(
    (text, index) => !real.some((other, at) => at !== index && other.includes(text) && other !== text),
  )
  return longest.length > 0 || found.length === 0 ? [...new Set(longest)] : [...new Set(found)]
}
