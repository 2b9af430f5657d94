// Parses WWW-Authenticate.

/** How a registry wants to be authenticated (RFC 9110, 11.6.1): the scheme in lower case, and its parameters. */
export interface Challenge {
  readonly scheme: string
  readonly parameters: Readonly<Record<string, string>>
}

const longest = 8000

/** Either a word, which starts a scheme, or `name=value`, a parameter of the current scheme. */
const piece = /[\s,]*([A-Za-z][A-Za-z0-9_-]*)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y

/** Parses a WWW-Authenticate header; stops where it is malformed. */
export const parseChallenges = (header: string): Challenge[] => {
  const text = header.slice(0, longest)
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  piece.lastIndex = 0
  for (let match = piece.exec(text); match !== null; match = piece.exec(text)) {
    const [, name = '', quoted, bare] = match
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: {} })
    else {
      const last = challenges.at(-1)
      if (last !== undefined) last.parameters[name.toLowerCase()] = value
    }
  }
  return challenges
}
