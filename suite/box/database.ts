import { parse } from 'yaml'
import * as z from 'zod'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { DatabaseExpectation } from '../../scripts/lib/render/rendered-box.ts'
import { processFile } from './container.ts'
import type { Guest } from './guest.ts'

/** Some integrations take host and port, others a list of HOST:PORT, of which the first is used here. */
const withHost = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('hosts' in value) || !Array.isArray(value.hosts)) return value
  const [, host, port] = /^([^:]+):(\d+)$/.exec(String(value.hosts[0])) ?? []
  return { host, port: port === undefined ? undefined : Number(port), ...value }
}

const instance = z.preprocess(
  withHost,
  z.looseObject({ host: z.string(), username: z.string(), password: z.string(), port: z.number() }),
)
/** The part of the integration's configuration that says how to log in. */
export const configSchema = z.looseObject({ instances: z.tuple([instance], instance) })

const resultsSchema = z.array(z.object({ ok: z.boolean(), rows: z.array(z.string()), error: z.string() }))
export type StatementResult = z.infer<typeof resultsSchema>[number]

/** The box's database; the plan includes database checks only for a box that has one. */
export const databaseOf = ({ context }: Guest): DatabaseExpectation => {
  const { database } = context.expectations
  if (database === null) throw new TypeError('this box has no database')
  return database
}

type Login = Record<'host' | 'username' | 'password', string> & { readonly port: number }

/** The login of the Agent's check, from its configuration. */
export const loginOf = async (guest: Guest): Promise<Login> => {
  const { configuration: file } = databaseOf(guest)
  const { code, stdout } = await guest.run(['cat', file])
  if (code !== 0) throw new BoxhoundError('E_DATABASE_LOGIN', 'the database check has no configuration', { file })
  const parsed = configSchema.safeParse(parse(stdout, { logLevel: 'silent' }))
  if (!parsed.success) {
    const found = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
    throw new BoxhoundError('E_DATABASE_LOGIN', 'the database check’s configuration has no login', { file, found })
  }
  const [{ host, username, password, port }] = parsed.data.instances
  return { host, username, password, port }
}

/**
 * Runs statements with the same login as the Agent's check, over TCP, with the client that the engine's folder names;
 * in the network of the Agent's container, where it has one.
 *
 * The password is read from the check's configuration and passed to the client in its environment, so it appears in no
 * argument list, error or result.
 */
export const asAgentUser = async (guest: Guest, statements: readonly string[]): Promise<StatementResult[]> => {
  const { client } = databaseOf(guest)
  const { container } = guest.context.expectations
  const network = container === null ? null : processFile(container.name)
  return resultsSchema.parse(
    await guest.probe('database', { client, login: await loginOf(guest), statements, network }),
  )
}
