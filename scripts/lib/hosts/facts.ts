// What a host told about its Agent, checked field by field: a host may say anything.

import { isObject, type JsonObject, listOf, numberIn, objectAt, objectOf, objectsOf, textOf } from '../_helpers/json.ts'

/** A file of the Agent that holds a key. */
export interface SecretFile {
  readonly file: string
  readonly setting: string
  readonly mode: string
  /** True if every user of the host can read it. */
  readonly exposed: boolean
}

export interface Package {
  readonly name: string
  readonly version: string
  /** dpkg's two letters, such as `hi` for held and installed; `locked` for rpm's version lock. */
  readonly state: string
}

/** What suite/host/gather.py saw on one host. Parts that it could not see are undefined. */
export interface Facts {
  readonly root: boolean
  readonly user: string
  readonly host: { readonly name: string; readonly system: string; readonly machine: string }
  readonly packages: readonly Package[]
  readonly agent: { readonly kind: string; readonly place: string }
  /** By name; undefined without systemd. */
  readonly units: ReadonlyMap<string, JsonObject> | undefined
  readonly owner: string
  /** The main process before and after the Agent answered. */
  readonly process: readonly [before: number, after: number]
  readonly environment: JsonObject
  /** Settings of datadog.yaml, each as the lines that belong to it. */
  readonly settings: JsonObject | undefined
  readonly status: JsonObject | undefined
  readonly statusError: string
  readonly configcheck: string | undefined
  readonly configcheckError: string
  readonly secrets: readonly SecretFile[] | undefined
  readonly logs: JsonObject | undefined
  readonly checkRuns: JsonObject | undefined
  readonly trace: JsonObject | undefined
  /** Why a part could not be seen, by its name. */
  readonly errors: JsonObject
}

const secretFile = (one: JsonObject): SecretFile => ({
  file: textOf(one.file),
  setting: textOf(one.setting),
  mode: textOf(one.mode),
  exposed: one.exposed === true,
})

const packageOf = (one: JsonObject): Package => ({
  name: textOf(one.name),
  version: textOf(one.version),
  state: textOf(one.state),
})

const optional = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined)

/** The host's document with everything of another type left out; undefined if it is no such document. */
export const readFacts = (document: unknown): Facts | undefined => {
  if (!isObject(document) || document.format !== 1) return undefined
  const host = objectAt(document, 'host')
  const agent = objectAt(document, 'agent')
  const status = objectAt(document, 'status')
  const configcheck = objectAt(document, 'configcheck')
  return {
    root: document.root === true,
    user: textOf(document.user),
    host: { name: textOf(host.name), system: textOf(host.system), machine: textOf(host.machine) },
    packages: objectsOf(document.packages).map(packageOf),
    agent: { kind: textOf(agent.kind), place: textOf(agent.place) },
    units: isObject(document.units)
      ? new Map(Object.entries(document.units).map(([name, unit]) => [name, objectOf(unit)]))
      : undefined,
    owner: textOf(document.owner),
    process: [numberIn(document.process) ?? 0, numberIn(document.after) ?? 0],
    environment: objectAt(document, 'environment'),
    settings: optional(document.settings),
    status: optional(status.document),
    statusError: textOf(status.error),
    configcheck: configcheck.code === 0 ? textOf(configcheck.text) : undefined,
    configcheckError: textOf(configcheck.error),
    secrets: Array.isArray(document.secrets) ? objectsOf(listOf(document.secrets)).map(secretFile) : undefined,
    logs: optional(document.logs),
    checkRuns: optional(document.checkRuns),
    trace: optional(document.trace),
    errors: objectAt(document, 'errors'),
  }
}

/** Why a part is unknown, for a reader. */
export const whyUnknown = ({ root, user, errors }: Facts, part: string): string =>
  root
    ? `this host's ${part} could not be read: ${textOf(errors[part]) || 'no reason given'}`
    : `${user || 'this user'} is neither root nor allowed to run sudo -n`
