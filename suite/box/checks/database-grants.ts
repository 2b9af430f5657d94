import type { BoxCheck } from '../check.ts'
import { asAgentUser, type StatementResult } from '../database.ts'
import { compareGrants, describeGrants, parseGrants, wantedGrants } from '../grants.ts'
import { judge, type Verdict } from '../verdict.ts'

interface Trial {
  readonly what: string
  /** Alternatives of different versions: it counts as allowed when one of them is. */
  readonly statements: readonly string[]
}

interface Rights {
  readonly maxUserConnections: number
  readonly slaveMonitor: boolean
}

const allowed = ({ slaveMonitor }: Rights): Trial[] => [
  {
    what: 'read performance_schema',
    statements: ['SELECT COUNT(*) FROM performance_schema.events_statements_summary_by_digest'],
  },
  { what: 'see InnoDB’s state (PROCESS)', statements: ['SELECT COUNT(*) FROM information_schema.INNODB_TRX'] },
  {
    what: 'see the binary log’s state (REPLICATION CLIENT)',
    statements: ['SHOW MASTER STATUS', 'SHOW BINARY LOG STATUS'],
  },
  ...(slaveMonitor ? [{ what: 'see a replica’s state (SLAVE MONITOR)', statements: ['SHOW SLAVE STATUS'] }] : []),
]

/** Harmless where they succeed against all expectation: what they make is removed, what they set is what was set. */
const refused: readonly Trial[] = [
  { what: 'create a database', statements: ['CREATE DATABASE boxhound_denied'] },
  { what: 'read the accounts', statements: ['SELECT COUNT(*) FROM mysql.user'] },
  { what: 'change a global setting', statements: ['SET GLOBAL max_connect_errors = @@GLOBAL.max_connect_errors'] },
  {
    what: 'write to performance_schema',
    statements: ["UPDATE performance_schema.setup_instruments SET enabled = 'YES' WHERE name = ''"],
  },
]

const cleanUp = 'DROP DATABASE IF EXISTS boxhound_denied'

/** Judges what the account can and cannot do, by trying, and that it has been granted exactly what it needs. */
export const judgeGrants = (rights: Rights, run: ReadonlyMap<string, StatementResult>): Verdict => {
  const ok = ({ statements }: Trial): boolean => statements.some((statement) => run.get(statement)?.ok === true)
  const reason = ({ statements }: Trial): string => run.get(statements[0] ?? '')?.error ?? 'not tried'
  const wanted = wantedGrants(rights.slaveMonitor)
  const grants = run.get('SHOW GRANTS')
  const cap = run.get('SELECT @@max_user_connections')?.rows[0]
  return judge(
    `exactly ${describeGrants(wanted)}, at most ${rights.maxUserConnections} connections`,
    `${describeGrants(parseGrants(grants?.rows ?? []))}; at most ${cap} connections`,
    [
      ...(grants?.ok
        ? compareGrants(wanted, parseGrants(grants.rows))
        : [`SHOW GRANTS: ${grants?.error ?? 'not tried'}`]),
      ...allowed(rights)
        .filter((trial) => !ok(trial))
        .map((trial) => `cannot ${trial.what}: ${reason(trial)}`),
      ...refused.filter(ok).map(({ what }) => `can ${what}`),
      ...(cap === String(rights.maxUserConnections)
        ? []
        : [`may hold ${cap === '0' ? 'any number of' : (cap ?? '?')} connections`]),
    ],
  )
}

/** Everything that is tried, in one session. */
export const trials = (rights: Rights): string[] => [
  'SHOW GRANTS',
  'SELECT @@max_user_connections',
  ...allowed(rights).flatMap(({ statements }) => statements),
  ...refused.flatMap(({ statements }) => statements),
  cleanUp,
]

export const check: BoxCheck = {
  lane: 'database',
  run: async (guest) => {
    const rights = guest.context.expectations.database?.grants ?? { maxUserConnections: 5, slaveMonitor: false }
    const statements = trials(rights)
    const results = await asAgentUser(guest, statements)
    return judgeGrants(
      rights,
      new Map(statements.flatMap((text, index) => (results[index] ? [[text, results[index]]] : []))),
    )
  },
}
