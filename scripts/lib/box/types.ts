// The box as plain data.

import type { Engine } from './engine.ts'

/** A host tag `key:value`, or a bare word. */
export type Tag = string

/** An apt repository that the agent layer installs from. */
export interface AgentRepository {
  /** The lab's: made on this machine, signed by a key of this machine, served on loopback while baking. */
  readonly lab: boolean
  /** Canonical address: the one that stays in the image. While baking, packages may come from another (`mirrors.agent`, the lab's server). */
  readonly url: string
  readonly suite: string
  readonly components: readonly string[]
  /** Full fingerprints of the keys that may sign it; empty for the lab's, whose key no committed file can name. */
  readonly keys: readonly string[]
  /** Where those keys are published. While baking, another folder may have them (`mirrors.keys`, the lab's server). */
  readonly keyUrls: readonly string[]
}

/** Who publishes the cloud images of a system, and how its lists are signed. */
export interface Publisher {
  /** Folder of the folders `release-YYYYMMDD/`, each with the image, SHA256SUMS and SHA256SUMS.gpg. */
  readonly releases: string
  /** Name of the image's file in each of them. */
  readonly image: string
  /** Keyring file, relative to the project. */
  readonly keyring: string
  /** Full fingerprint of the key that signs the lists. */
  readonly fingerprint: string
}

/** A distribution that layers can be applied to: an entry of provision/systems.yaml. */
export interface System {
  /** E.g. `ubuntu-24.04`. */
  readonly name: string
  /** ID and VERSION_ID of its os-release. */
  readonly id: string
  readonly versionId: string
  /** Its python3, e.g. `3.12`: wheels are fetched for it. */
  readonly python: string
  readonly publisher?: Publisher | undefined
}

/** What the layers stand on; `lab` is made by mmdebstrap, `lab-image` is the lab's twin of a published cloud image. */
export type Base =
  | { readonly kind: 'lab'; readonly release: 'trixie'; readonly system: System }
  | { readonly kind: 'lab-image'; readonly release: 'cloud'; readonly system: System }
  | { readonly kind: 'image'; readonly image: string; readonly sha256: string; readonly system: System }

export type Format = 'qcow2' | 'raw' | 'vmdk' | 'vhd'

/** The published disk image. */
export interface Image {
  /** Bytes of the virtual disk; null leaves the base's own size. */
  readonly size: number | null
  /** What is published; qcow2 is always among them, and first. */
  readonly formats: readonly Format[]
}

export interface Agent {
  /** `7.NN.P`, or `7.NN.P+lab` for the lab Agent. */
  readonly version: string
  readonly site: string
  readonly tags: readonly Tag[]
  readonly logs: boolean
  readonly repository: AgentRepository
}

export interface Database {
  /** Name of its folder: databases/ENGINE beside the box file, or provision/30-database/ENGINE. */
  readonly engine: string
  readonly tags: readonly Tag[]
  readonly logs: boolean
  /** Database Monitoring. */
  readonly dbm: boolean
  /** Absolute paths of what belongs to the engine: the folder that it extends, and its own. */
  readonly folders: readonly string[]
  /** Of the engine on the box's system, such as `17`; empty for one that does not tell them apart. */
  readonly version: string
  /** The integration's check: its name, and the absolute path of its check.yaml. */
  readonly check: { readonly name: string; readonly file: string }
  readonly definition: Engine
}

export interface Check {
  /** Name of the check: a folder under provision/50-checks/ or `checks/` beside the box file. */
  readonly name: string
  /** Absolute path of that folder. */
  readonly folder: string
  /** `min_collection_interval` in seconds. */
  readonly interval: number
  readonly tags: readonly Tag[]
  /** Every option of check.yaml, defaults filled in. */
  readonly options: Readonly<Record<string, string | number | boolean>>
}

export interface App {
  /** Name of its folder. */
  readonly name: string
  /** Absolute path: apps/NAME beside the box file, or provision/40-app/NAME. */
  readonly folder: string
  readonly port: number
  readonly service: string
  readonly env: string
  readonly version: string
}

/** Package mirrors of a closed network; used while baking, kept in the image only with `keep`. */
export interface Mirrors {
  /** Of the distribution's archive; its security updates may have a mirror of their own. */
  readonly apt?: string | { readonly main: string; readonly security: string } | undefined
  readonly pypi?: string | undefined
  readonly agent?: string | undefined
  /** Folder of the public keys of the Agent's repository. */
  readonly keys?: string | undefined
  /** Folder of the publisher's release folders. */
  readonly images?: string | undefined
  readonly proxy?: string | undefined
  readonly caBundle?: string | undefined
  readonly keep?: boolean | undefined
}

/** Registries that a bake pulls layers from. How a layer comes into the store is no part of its id. */
export interface CacheSources {
  /** `REGISTRY/REPO`, in the order in which they are asked. */
  readonly from: readonly string[]
  /** By plain HTTP; all of them are on loopback then. */
  readonly plainHttp: boolean
}

/** The account side of a box: what `npm run observe` is told. */
export interface Observe {
  /** The one host to look at; null for every host with the tags of the box. */
  readonly host: string | null
  /** An IANA time zone, or `account` for the one that the account's monitors go by. */
  readonly timezone: string
  /** Who is notified: `@name`, `@slack-channel`, `@somebody@example.com`. */
  readonly handles: readonly string[]
  /** Of every monitor of the box. */
  readonly tags: readonly Tag[]
  /** By name: false for a monitor that is off, or the name of a variant. */
  readonly monitors: Readonly<Record<string, string | false>>
  /** Names of further dashboards, each a file under boards/. */
  readonly boards: readonly string[]
  /** Names of monitors and downtimes as they were exported, each a file under exports/. */
  readonly exports: readonly string[]
  /** Hours `HH:MM` of the zone between which nights are silent; null without downtimes. */
  readonly downtimes: { readonly evening: string; readonly morning: string } | null
}

/** A box file, validated, defaults filled in, choices resolved to folders. Plain data. */
export interface Box {
  readonly name: string
  readonly version: string
  /** Absolute path of the box file. */
  readonly file: string
  readonly base: Base
  readonly agent: Agent
  readonly database: Database | null
  readonly checks: readonly Check[]
  readonly app: App | null
  /** Days after which layers that install packages are built anew. */
  readonly refreshDays: number
  readonly mirrors?: Mirrors
  readonly image: Image
  readonly observe: Observe
  readonly cache?: CacheSources
}
