import type { JsonObject } from '../../scripts/lib/_helpers/json.ts'

/** What goes wrong with one request, instead of a normal response. */
export type Fault =
  /** Sent instead of processing the request. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection is dropped before anything is processed. */
  | { kind: 'lost-before' }
  /** The request is processed, then the connection is dropped without a response. */
  | { kind: 'lost-after' }
  /** The request is processed, then the connection ends after half of the response body. */
  | { kind: 'broken' }
  /** The request is processed, then answered with 200 and a body that is not JSON. */
  | { kind: 'garbage' }
  /** The request is processed, then answered late. */
  | { kind: 'slow'; milliseconds: number }

/** A request as received, numbered from 1. */
export interface Seen {
  readonly number: number
  readonly method: string
  readonly path: string
  /** Without the question mark, as received. */
  readonly query: string
  readonly headers: Record<string, string>
  /** Parsed if it is JSON, otherwise the text; undefined without a body. */
  readonly body: unknown
}

/** The kinds of resources that an account keeps. */
export type Kind = 'dashboards' | 'monitors' | 'downtimes'

/** What an account stores, in wire format; plain JSON. */
export interface AccountState {
  dashboards: Record<string, JsonObject>
  monitors: Record<string, JsonObject>
  downtimes: Record<string, JsonObject>
  /** Things that no client may do, such as put a key into a URL. */
  problems: string[]
  /** Ids are derived from it, so the same requests give the same ids. */
  counter: number
}

export interface AccountOptions {
  /** Default: any free port. */
  port?: number
  apiKeys?: readonly string[]
  /** Permissions for each application key. */
  applicationKeys?: Readonly<Record<string, readonly string[]>>
  /** Read at start-up if it exists, and written before the response to each change. */
  stateFile?: string
  /** Called before each request. */
  fault?: (seen: Seen) => Fault | undefined
  clock?: () => Date
  /** The organisation's `org_configs/monitor_timezone`. Default Europe/Paris. */
  timezone?: string
}

export interface Account {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string
  readonly requests: readonly Seen[]
  /** A copy. */
  state(): AccountState
  /** Changes a resource behind the clients' backs, as someone in the web interface might. Not validated. */
  edit(kind: Kind, id: string | number, change: (resource: JsonObject) => JsonObject): void
  /** Adds a resource as it is, in wire format. Not validated. @returns its id, generated if it has none. */
  add(kind: Kind, resource: JsonObject): string
  close(): Promise<void>
}
