import type { JsonObject } from '../../scripts/lib/_helpers/json.ts'

/** What goes wrong with one request, in place of an ordinary answer. */
export type Fault =
  /** Answered instead of being processed. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection is destroyed, nothing is processed. */
  | { kind: 'lost-before' }
  /** Processed, then the connection is destroyed without an answer. */
  | { kind: 'lost-after' }
  /** Processed, then half of the answer's body and the end of the connection. */
  | { kind: 'broken' }
  /** Processed, then 200 with a body that is no JSON. */
  | { kind: 'garbage' }
  /** Processed and answered late. */
  | { kind: 'slow'; milliseconds: number }

/** A request as it came, counted from 1. */
export interface Seen {
  readonly number: number
  readonly method: string
  readonly path: string
  /** Without the question mark, as it came. */
  readonly query: string
  readonly headers: Record<string, string>
  /** Parsed when it is JSON, the text otherwise, undefined when there is none. */
  readonly body: unknown
}

/** The kinds of resources that an account keeps. */
export type Kind = 'dashboards' | 'monitors' | 'downtimes'

/** What an account keeps, in the form of the wire; plain JSON. */
export interface AccountState {
  dashboards: Record<string, JsonObject>
  monitors: Record<string, JsonObject>
  downtimes: Record<string, JsonObject>
  /** What no client may do, such as a key in a URL. */
  problems: string[]
  /** Ids are made from it, so the same requests give the same ids. */
  counter: number
}

export interface AccountOptions {
  /** Default: a free one. */
  port?: number
  apiKeys?: readonly string[]
  /** Permissions by application key. */
  applicationKeys?: Readonly<Record<string, readonly string[]>>
  /** Read at the start if it exists, written before each change is answered. */
  stateFile?: string
  /** Asked before each request. */
  fault?: (seen: Seen) => Fault | undefined
  clock?: () => Date
  /** Of the organisation: `org_configs/monitor_timezone`. Default Europe/Paris. */
  timezone?: string
}

export interface Account {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string
  readonly requests: readonly Seen[]
  /** A copy. */
  state(): AccountState
  /** Changes a resource behind the clients' backs, as somebody in the web interface does. Not checked. */
  edit(kind: Kind, id: string | number, change: (resource: JsonObject) => JsonObject): void
  /** Adds a resource as it is, in the form of the wire. Not checked. @returns its id, made when it has none. */
  add(kind: Kind, resource: JsonObject): string
  close(): Promise<void>
}
