import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Account, AccountOptions, Kind, Seen } from './account-state.ts'
import { answer, failBefore, type Reply } from './faults.ts'
import { dashboardId, downtimeId, monitorId } from './ids.ts'
import {
  allPermissions,
  type Keys,
  keyInQuery,
  labApiKey,
  labApplicationKey,
  requireApiKey,
  requirePermission,
} from './permissions.ts'
import { Refusal } from './refusal.ts'
import { type Body, readBody, requireJson, seenOf } from './request.ts'
import { route } from './routing.ts'
import { openStore, type Store } from './store.ts'

export type { Account, AccountOptions, AccountState, Fault, Kind, Seen } from './account-state.ts'
export { rateLimited } from './faults.ts'
export { allPermissions, labApiKey, labApplicationKey } from './permissions.ts'

interface Setting {
  readonly keys: Keys
  readonly store: Store
  readonly clock: () => Date
  readonly timezone: string
}

const withBody = new Set(['POST', 'PUT', 'PATCH'])

/** Processes a request. @throws Refusal */
const perform = async (setting: Setting, request: IncomingMessage, seen: Seen, body: Body): Promise<Reply> => {
  const { keys, store, clock, timezone } = setting
  const query = new URLSearchParams(seen.query)
  const told = keyInQuery(keys, query)
  if (told !== undefined) {
    await store.change(() => store.state().problems.push(`${seen.method} ${seen.path}: ${told}`))
    throw new Refusal(400, ['keys are sent in the headers DD-API-KEY and DD-APPLICATION-KEY, never in a URL'])
  }
  const { operation, id } = route(seen.method, seen.path)
  requireApiKey(keys, request.headers)
  if (operation.permission !== undefined) requirePermission(keys, request.headers, operation.permission)
  if (withBody.has(seen.method)) requireJson(request, body)
  const run = (): Reply => operation.run({ store, now: clock(), timezone, id, query, body: body.value })
  return operation.changes ? store.change(run) : run()
}

const failed = (error: unknown): Reply => {
  if (error instanceof Refusal) return { status: error.status, body: { errors: error.errors } }
  return { status: 500, body: { errors: [error instanceof Error ? error.message : String(error)] } }
}

const newId: Readonly<Record<Kind, (count: number) => string | number>> = {
  dashboards: dashboardId,
  monitors: monitorId,
  downtimes: downtimeId,
}

/** Access to the account without HTTP: reading its state, and changing it as another user might. */
const inside = ({ store }: Setting): Pick<Account, 'state' | 'edit' | 'add'> => ({
  state: () => structuredClone(store.state()),
  edit: (kind, id, change) => {
    const resource = store.state()[kind][id]
    if (resource === undefined)
      throw new BoxhoundError('E_ACCOUNT_ID', `there is no ${id} among the account’s ${kind}`, {
        found: Object.keys(store.state()[kind]).join(', '),
      })
    store.state()[kind][id] = change(structuredClone(resource))
  },
  add: (kind, resource) => {
    const id = resource.id ?? newId[kind](store.count())
    store.state()[kind][String(id)] = { ...structuredClone(resource), id }
    return String(id)
  },
})

/**
 * Starts a stand-in for a Datadog account on loopback: dashboards, monitors and downtimes, as the documented API keeps
 * them.
 *
 * Bodies are validated with the models of Datadog's official client and with further rules from the documentation; an
 * error names the path of each problem. Unless `options` has keys, the account accepts `labApiKey` and
 * `labApplicationKey`.
 *
 * @throws BoxhoundError E_ACCOUNT_STATE for a state file that can't be read; or the error of listening, such as
 *   EADDRINUSE.
 */
export const startAccount = async (options: AccountOptions = {}): Promise<Account> => {
  const setting: Setting = {
    keys: {
      apiKeys: options.apiKeys ?? [labApiKey],
      applicationKeys: options.applicationKeys ?? { [labApplicationKey]: allPermissions },
    },
    store: await openStore(options.stateFile),
    clock: options.clock ?? (() => new Date()),
    timezone: options.timezone ?? 'Europe/Paris',
  }
  const requests: Seen[] = []

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    const seen = seenOf(request, requests.length + 1, body.value)
    requests.push(seen)
    const fault = options.fault?.(seen)
    if (failBefore(response, fault)) return
    const reply = await perform(setting, request, seen, body).catch(failed)
    answer(response, reply, fault)
  }

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else answer(response, failed(error), undefined)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    ...inside(setting),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await setting.store.settled()
    },
  }
}
