/** What one account may do, from `SHOW GRANTS`: the scope and its privileges in order, e.g. `*.*: PROCESS, SLAVE MONITOR`. */
export type Grants = ReadonlyMap<string, readonly string[]>

/** MariaDB 10.5 and newer call it by another name. */
const synonyms: Readonly<Record<string, string>> = { 'BINLOG MONITOR': 'REPLICATION CLIENT' }

/**
 * Reads the rows of `SHOW GRANTS`. Only privileges and scopes are kept: MariaDB's rows carry the password's hash.
 *
 * USAGE means no privilege. `WITH GRANT OPTION` counts as a privilege of its own.
 */
export const parseGrants = (rows: readonly string[]): Grants => {
  const grants = new Map<string, string[]>()
  for (const row of rows) {
    const match = /^GRANT (.+?) ON (?:TABLE )?(\S+) TO /.exec(row)
    if (match === null) {
      // A role, a proxy: nothing that this account should have.
      grants.set(row.replace(/ TO .*/, ''), ['(role)'])
      continue
    }
    const [, list = '', scope = ''] = match
    const privileges = list.split(', ').map((name) => synonyms[name] ?? name)
    const option = / WITH .*GRANT OPTION/.test(row) ? ['GRANT OPTION'] : []
    const place = scope.replaceAll('`', '')
    const all = [...(grants.get(place) ?? []), ...privileges, ...option].filter((name) => name !== 'USAGE')
    if (all.length > 0) grants.set(place, [...new Set(all)].sort())
  }
  return grants
}

/** The least that the MySQL check needs (guide/agent-contract.md); MariaDB asks for SLAVE MONITOR as well. */
export const wantedGrants = (slaveMonitor: boolean): Grants =>
  new Map([
    ['*.*', ['PROCESS', 'REPLICATION CLIENT', ...(slaveMonitor ? ['SLAVE MONITOR'] : [])]],
    ['performance_schema.*', ['SELECT']],
  ])

/** What is missing and what is too much, one line each. */
export const compareGrants = (wanted: Grants, found: Grants): string[] =>
  [...new Set([...wanted.keys(), ...found.keys()])].flatMap((scope) => {
    const [want, have] = [wanted.get(scope) ?? [], found.get(scope) ?? []]
    const lacks = want.filter((name) => !have.includes(name))
    const extra = have.filter((name) => !want.includes(name))
    return [
      ...lacks.map((name) => `lacks ${name} on ${scope}`),
      ...extra.map((name) => `has ${name} on ${scope}, which it does not need`),
    ]
  })

export const describeGrants = (grants: Grants): string =>
  [...grants].map(([scope, names]) => `${names.join(', ')} on ${scope}`).join('; ')
