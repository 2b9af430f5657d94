import type { DatabaseExpectation } from '../../scripts/lib/render/rendered-box.ts'

/** How an engine reports an account's rights, and what they must be: `rights` in its database.yaml. */
export type Rights = DatabaseExpectation['rights']

/** The rights in one row. Some engines list several in a row, as in `GRANT PROCESS, SELECT ON *.* TO …`. */
const rightsIn = (text: string, { row, synonyms, ignore }: Rights): string[] => {
  if (row === undefined) return [text.trim()]
  const groups = new RegExp(row, 'u').exec(text)?.groups
  // A role, a proxy or anything else that the pattern doesn't match is a right this account should not have.
  // Cut it off at the grantee, since a password hash may follow.
  if (groups === undefined) return [`(${text.replace(/ (?:TO|IDENTIFIED|USING)\b.*/s, '')})`]
  const { names = '', scope, option } = groups
  const place = scope === undefined ? '' : ` on ${scope.replaceAll(/[`"]/g, '')}`
  return [...names.split(', '), ...(option === undefined ? [] : [option])]
    .map((name) => synonyms[name] ?? name)
    .filter((name) => !ignore.includes(name))
    .map((name) => `${name}${place}`)
}

/** All rights of an account, one per entry, such as `PROCESS on *.*`, sorted and without duplicates. */
export const parseRights = (rows: readonly string[], rights: Rights): string[] =>
  [...new Set(rows.flatMap((text) => rightsIn(text, rights)))].sort()

/** Missing and excess rights, one line each. */
export const compareRights = (wanted: readonly string[], found: readonly string[]): string[] => [
  ...wanted.filter((right) => !found.includes(right)).map((right) => `lacks ${right}`),
  ...found.filter((right) => !wanted.includes(right)).map((right) => `has ${right}, which it does not need`),
]
