// All operations on an account.

import { refuseIfInterrupted } from '../../_helpers/cleanup.ts'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { isZone } from '../../box/zones.ts'
import type { JsonObject } from '../json-object.ts'
import { markerOf } from '../marker.ts'
import { type Kind, kinds, type Live } from '../resource-kinds.ts'
import type { ApiClient } from './client.ts'
import type { Credentials } from './credentials.ts'
import { dashboardStore } from './dashboards.ts'
import { downtimeStore } from './downtimes.ts'
import { monitorStore } from './monitors.ts'
import { type AccountPatience, isUnsure } from './patience.ts'
import { explainRefusal, type Operation } from './refusal.ts'
import type { Store, Stored } from './store.ts'

/** The operations on an account. */
export interface Gateway {
  /** Every resource that carries the box's marker. */
  readonly list: (box: string) => Promise<Live[]>
  /** One resource, whoever created it. */
  readonly get: (kind: Kind, id: string) => Promise<Stored>
  /** Asks whether the account would accept a monitor. */
  readonly validate: (wire: JsonObject) => Promise<void>
  /**
   * Creates a resource exactly once: if a response is lost, it looks for the marker before trying again.
   *
   * @param before id of the resource to replace, which has the same marker.
   */
  readonly create: (kind: Kind, wire: JsonObject, before?: string) => Promise<string>
  readonly update: (kind: Kind, id: string, wire: JsonObject) => Promise<void>
  /** Removes a resource; succeeds if it is gone already. */
  readonly remove: (kind: Kind, id: string) => Promise<void>
  /** IANA name of the account's time zone for monitors. */
  readonly timezone: () => Promise<string>
}

const zoneError = (found: string, cause?: BoxhoundError): BoxhoundError =>
  new BoxhoundError('E_ACCOUNT_TIMEZONE', 'the time zone of the account cannot be read', {
    expected: 'the setting monitor_timezone of the organization',
    found,
    next: 'name the zone in the box file: observe: { timezone: Europe/Paris }',
    cause,
  })

const same = (a: JsonObject, kind: Kind, b: JsonObject): boolean => {
  const [left, right] = [markerOf(kind, a), markerOf(kind, b)]
  return left !== undefined && left.box === right?.box && left.name === right.name && left.applied === right.applied
}

/**
 * Explains that a resource is in use: it can't be removed while an SLO or a composite monitor refers to it. The API
 * reports this with 400, and for SLOs even with 401, which otherwise means missing permissions; only the text differs.
 * `force` would break the other resource.
 */
const tellUse =
  (kind: Kind) =>
  (error: unknown): never => {
    const found = error instanceof BoxhoundError ? (error.details.found ?? '') : ''
    if (!/referenced in|part of the following/i.test(found)) throw error
    throw new BoxhoundError('E_ACCOUNT_CONFLICT', `the ${kind} is in use by something else in the account`, {
      expected: `a ${kind} that no SLO and no composite monitor refers to`,
      found,
      next: `remove the ${kind} from whatever uses it`,
      cause: error,
    })
  }

/** Opens an account through the official client. */
export const openGateway = (
  api: ApiClient,
  credentials: Pick<Credentials, 'site'>,
  { patience, tell }: { readonly patience: AccountPatience; readonly tell: (line: string) => void },
): Gateway => {
  const stores: Readonly<Record<Kind, Store>> = {
    monitor: monitorStore(api),
    dashboard: dashboardStore(api),
    downtime: downtimeStore(api),
  }
  const asking = async <T>(operation: Operation, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof BoxhoundError && error.code === 'E_ACCOUNT_FORBIDDEN')
        throw await explainRefusal(error, operation, api, credentials)
      throw error
    }
  }
  const find = (kind: Kind, box: string): Promise<readonly Stored[]> =>
    asking({ what: `read ${kind}s`, permission: stores[kind].permissions.read }, () => stores[kind].list(box))
  const writing = <T>(kind: Kind, word: string, work: () => Promise<T>): Promise<T> => {
    refuseIfInterrupted()
    return asking({ what: `${word} ${kind}s`, permission: stores[kind].permissions.write }, work)
  }
  return {
    list: async (box) => {
      const found = await Promise.all(kinds.map(async (kind) => ({ kind, stored: await find(kind, box) })))
      return found.flatMap(({ kind, stored }) =>
        stored.flatMap(({ id, created, wire }) => {
          const marker = markerOf(kind, wire)
          return marker?.box === box ? [{ kind, id, created, wire, marker }] : []
        }),
      )
    },
    get: (kind, id) =>
      asking({ what: `read ${kind}s`, permission: stores[kind].permissions.read }, () => stores[kind].get(id)).catch(
        (cause: unknown) => {
          if (!(cause instanceof BoxhoundError) || cause.code !== 'E_ACCOUNT_GONE') throw cause
          throw new BoxhoundError('E_ACCOUNT_GONE', `the account has no ${kind} ${id}`, {
            expected: `the id of a ${kind}, as in the address of its page`,
            found: cause.details.found ?? id,
            next: 'check the id, and check DD_SITE against the address of your account',
            cause,
          })
        },
      ),
    validate: (wire) =>
      asking({ what: 'validate monitors', permission: 'monitors_read' }, async () => {
        await api.monitors.validateMonitor({ body: api.body(wire) })
      }),
    create: async (kind, wire, before) => {
      const box = markerOf(kind, wire)?.box ?? ''
      for (let failed = 1; ; failed++) {
        try {
          return await writing(kind, 'make', () => stores[kind].create(wire))
        } catch (error) {
          if (!isUnsure(error)) throw error
          tell(`${error.message}: looking whether the ${kind} was made all the same`)
          const made = (await find(kind, box)).find((one) => one.id !== before && same(one.wire, kind, wire))
          if (made !== undefined) return made.id
          if (failed >= patience.tries) throw error
          await patience.wait(patience.pause(failed))
        }
      }
    },
    update: (kind, id, wire) => writing(kind, 'change', () => stores[kind].update(id, wire)),
    remove: async (kind, id) => {
      try {
        await writing(kind, 'remove', () => stores[kind].remove(id).catch(tellUse(kind)))
      } catch (error) {
        if (!(error instanceof BoxhoundError) || error.code !== 'E_ACCOUNT_GONE') throw error
      }
    },
    timezone: async () => {
      const read = async (): Promise<unknown> =>
        (await api.organizations.getOrgConfig({ orgConfigName: 'monitor_timezone' })).data.attributes.value
      const value = await asking(
        { what: 'read the organization’s settings', permission: 'org_management' },
        read,
      ).catch((error: unknown) => {
        // Without this permission the user can still set a time zone; a wrong API key keeps its own error.
        throw error instanceof BoxhoundError && ['E_ACCOUNT_PERMISSION', 'E_ACCOUNT_GONE'].includes(error.code)
          ? zoneError(error.message, error)
          : error
      })
      if (typeof value !== 'string' || !isZone(value)) throw zoneError(`${JSON.stringify(value)}, which is no zone`)
      return value
    },
  }
}
