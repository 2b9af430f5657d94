import type { DatabaseExpectation } from '../../scripts/lib/render/rendered-box.ts'

/** How an engine tells what an account has been granted, and what that must be: `rights` of its database.yaml. */
export type Rights = DatabaseExpectation['rights']

/** What one row grants; several rights where an engine lists them in one, as in `GRANT PROCESS, SELECT ON *.* TO …`. */
const rightsIn = (text: string, { row, synonyms, ignore }: Rights): string[] => {
  if (row === undefined) return [text.trim()]
  const groups = new RegExp(row, 'u').exec(text)?.groups
  // A role, a proxy, whatever the pattern doesn't foresee: nothing that this account should have. What follows the grantee may be a password's hash.
  if (groups === undefined) return [`(${text.replace(/ (?:TO|IDENTIFIED|USING)\b.*/s, '')})`]
  const { names = '', scope, option } = groups
  const place = scope === undefined ? '' : ` on ${scope.replaceAll(/[`"]/g, '')}`
  return [...names.split(', '), ...(option === undefined ? [] : [option])]
    .map((name) => synonyms[name] ?? name)
    .filter((name) => !ignore.includes(name))
    .map((name) => `${name}${place}`)
}

/** All that an account has been granted, one right per entry, such as `PROCESS on *.*`, in order and each once. */
export const parseRights = (rows: readonly string[], rights: Rights): string[] =>
  [...new Set(rows.flatMap((text) => rightsIn(text, rights)))].sort()

/** What is missing and what is too much, one line each. */
export const compareRights = (wanted: readonly string[], found: readonly string[]): string[] => [
  ...wanted.filter((right) => !found.includes(right)).map((right) => `lacks ${right}`),
  ...found.filter((right) => !wanted.includes(right)).map((right) => `has ${right}, which it does not need`),
]
