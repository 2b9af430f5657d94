import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from './refusal.ts'

export type Permission =
  | 'dashboards_read'
  | 'dashboards_write'
  | 'monitors_read'
  | 'monitors_write'
  | 'monitors_downtime'
  | 'org_management'

export const allPermissions: readonly Permission[] = [
  'dashboards_read',
  'dashboards_write',
  'monitors_read',
  'monitors_write',
  'monitors_downtime',
  'org_management',
]

/** The lab's keys are valid nowhere else. */
export const labApiKey = '0123456789abcdef'.repeat(2)
export const labApplicationKey = '0123456789'.repeat(4)

export interface Keys {
  readonly apiKeys: readonly string[]
  readonly applicationKeys: Readonly<Record<string, readonly string[]>>
}

const header = (headers: IncomingHttpHeaders, name: string): string => String(headers[name] ?? '')

/** Refuses a request without a known API key. @throws Refusal 403 */
export const requireApiKey = ({ apiKeys }: Keys, headers: IncomingHttpHeaders): void => {
  if (!apiKeys.includes(header(headers, 'dd-api-key'))) throw new Refusal(403, ['Forbidden'])
}

/** Refuses a request whose application key is unknown or lacks the permission. @throws Refusal 403 */
export const requirePermission = (keys: Keys, headers: IncomingHttpHeaders, permission: Permission): void => {
  const key = header(headers, 'dd-application-key')
  if (!Object.hasOwn(keys.applicationKeys, key)) throw new Refusal(403, ['Forbidden'])
  if (!keys.applicationKeys[key]?.includes(permission))
    throw new Refusal(403, ['Failed permission authorization checks'])
}

const names = new Set(['api_key', 'application_key', 'app_key', 'dd-api-key', 'dd-application-key'])

/** A key in the URL, recognized by its parameter's name or its own value. The report does not repeat the key. */
export const keyInQuery = ({ apiKeys, applicationKeys }: Keys, query: URLSearchParams): string | undefined => {
  const secrets = new Set([...apiKeys, ...Object.keys(applicationKeys)])
  for (const [name, value] of query)
    if (names.has(name.toLowerCase()) || secrets.has(value)) return `a key in the URL, as parameter ${name}`
  return undefined
}
