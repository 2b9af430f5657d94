// The box as plain data.

import type { JsonObject } from '../_helpers/json.ts'
import type { AgentConfiguration } from './agent.ts'
import type { AppDefinition, TraceWay } from './app.ts'
import type { AptRepository, PublisherRepository } from './apt-repository.ts'
import type { CheckDefinition } from './check-schema.ts'
import type { Engine } from './engine.ts'
import type { Assertion } from './expected.ts'
import type { Anchor } from './layer-names.ts'
import type { Options } from './option.ts'
import type { AgentRun } from './schema-agent-container.ts'
import type { AppRun } from './schema-app-container.ts'

/** A host tag `key:value`, or a bare word. */
export type Tag = string

/** Publisher of a system's cloud images, and the key that signs its checksum lists. */
export interface Publisher {
  /** Folder of the folders `release-YYYYMMDD/`, each with the image, SHA256SUMS and SHA256SUMS.gpg. */
  readonly releases: string
  /** File name of the image in each of them. */
  readonly image: string
  /** Keyring file, relative to the project. */
  readonly keyring: string
  /** Full fingerprint of the key that signs the lists. */
  readonly fingerprint: string
}

/** A distribution that layers can be applied to: an entry in provision/systems.yaml. */
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

/** The base image; `lab` is made with mmdebstrap, `lab-image` is the lab's stand-in for a published cloud image. */
export type Base =
  | { readonly kind: 'lab'; readonly release: 'trixie'; readonly system: System }
  | { readonly kind: 'lab-image'; readonly release: 'cloud'; readonly system: System }
  | { readonly kind: 'image'; readonly image: string; readonly sha256: string; readonly system: System }

export type DiskFormat = 'qcow2' | 'raw' | 'vmdk' | 'vhd'

/** A disk, or `oci`: the Agent's container image with the checks of the box. */
export type Format = DiskFormat | 'oci'

/** The published disk image. */
export interface Image {
  /** Size of the virtual disk in bytes; null keeps that of the base. */
  readonly size: number | null
  /** Published formats; qcow2 is always included and first. */
  readonly formats: readonly Format[]
}

export interface Agent extends AgentConfiguration {
  /** `7.NN.P`, or `7.NN.P+lab` for the lab Agent. */
  readonly version: string
  readonly site: string
  readonly tags: readonly Tag[]
  readonly logs: boolean
  /** Of its package; not used where it runs in a container. */
  readonly repository: AptRepository
  /** From a package on the host, or in a container. */
  readonly run: AgentRun
  /** Image of its container: `lab`, or `REGISTRY/NAME@sha256:DIGEST`; null for a package. */
  readonly image: string | null
  /** Subnet of the bridge between host and containers. */
  readonly subnet: string
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
  /** Of the box file, or of the engine on the box's system, such as `17`; empty for one that does not tell them apart. */
  readonly version: string
  /** Where its packages come from; null where they are the distribution's. */
  readonly repository: PublisherRepository | null
  /** Every option of database.yaml, with defaults filled in. */
  readonly options: Options
  /** The integration's check: its name, and the absolute path of its check.yaml. */
  readonly check: { readonly name: string; readonly file: string }
  readonly definition: Engine
}

export interface Check {
  /** Name of the check: a folder in provision/50-checks/ or in `checks/` beside the box file. */
  readonly name: string
  /** Absolute path of that folder. */
  readonly folder: string
  /** `min_collection_interval` in seconds. */
  readonly interval: number
  readonly tags: readonly Tag[]
  /** Every option of check.yaml, with defaults filled in. */
  readonly options: Options
}

/** An integration that the Agent ships: configured by the box file, or by a folder `integrations/NAME/` (an absolute path). */
export type Integration = (
  | { readonly folder: null; readonly config: InlineConfig }
  | { readonly folder: string; readonly config: null }
) & {
  readonly name: string
  readonly definition: CheckDefinition
  /** Seconds of the instances without an interval of their own. */
  readonly interval: number
  readonly tags: readonly Tag[]
  readonly options: Options
}

/** A line that the suite writes to a log source, and what the Agent sends of it: null for nothing. Both have {id} in them. */
export interface LogTrial {
  readonly line: string
  readonly arrives: string | null
}

/** A log source of the box's own: `config` is the entry of the Agent's `logs` list. */
export interface LogSource {
  readonly name: string
  readonly config: Readonly<
    | { type: 'file'; path: string; exclude_paths?: readonly string[] | undefined; encoding?: string | undefined }
    | JournalLog
    | PortLog
  >
  readonly trials: readonly LogTrial[]
}

interface JournalLog {
  readonly type: 'journald'
  readonly include_units?: readonly string[] | undefined
  readonly include_matches?: readonly string[] | undefined
}

interface PortLog {
  readonly type: 'tcp' | 'udp'
  readonly port: number
}

/** A conf.yaml in a box file. */
export interface InlineConfig {
  readonly init_config?: JsonObject | null | undefined
  readonly instances: readonly JsonObject[]
  readonly logs?: readonly JsonObject[] | undefined
}

export interface App {
  /** Name of its folder. */
  readonly name: string
  /** Absolute paths of what belongs to the app: the folder that it extends, and its own. */
  readonly folders: readonly string[]
  readonly definition: AppDefinition
  readonly trace: TraceWay
  /** On the host, or in a container. */
  readonly run: AppRun
  /** Image that its container stands on: `lab`, or `REGISTRY/NAME@sha256:DIGEST`; null on the host. */
  readonly image: string | null
  readonly port: number
  readonly service: string
  readonly env: string
  readonly version: string
  /** Weight of each route in `npm run traffic`, by path; empty for equal shares. */
  readonly traffic: Readonly<Record<string, number>>
}

/** A layer of the user's: a folder in `layers/` beside the box file. */
export interface OwnLayer {
  readonly name: string
  /** Absolute path of that folder. */
  readonly folder: string
  /** The layer that it follows; of several after one, the order of the box file counts. */
  readonly after: Anchor
  /** Every option of its options.yaml, with defaults filled in. */
  readonly options: Options
}

/** Package mirrors of a closed network; used while baking, kept in the image only with `keep`. */
export interface Mirrors {
  /** Of the distribution's archive; its security updates may have a mirror of their own. */
  readonly apt?: string | { readonly main: string; readonly security: string } | undefined
  readonly pypi?: string | undefined
  readonly agent?: string | undefined
  /** Of the repository of the database's publisher. */
  readonly database?: string | undefined
  /** Folder of the public keys of both. */
  readonly keys?: string | undefined
  /** Folder of the publisher's release folders. */
  readonly images?: string | undefined
  readonly proxy?: string | undefined
  readonly caBundle?: string | undefined
  readonly keep?: boolean | undefined
}

/** Registries that a bake pulls layers from. A layer's id doesn't depend on where it came from. */
export interface CacheSources {
  /** `REGISTRY/REPO`, in the order they are tried. */
  readonly from: readonly string[]
  /** Use plain HTTP; all of them must be on loopback then. */
  readonly plainHttp: boolean
}

/** The account side of a box, used by `npm run observe`. */
export interface Observe {
  /** The single host to observe; null for every host with the tags of the box. */
  readonly host: string | null
  /** An IANA time zone, or `account` for that of the account's monitors. */
  readonly timezone: string
  /** Who is notified: `@name`, `@slack-channel`, `@somebody@example.com`. */
  readonly handles: readonly string[]
  /** Tags of every monitor of the box. */
  readonly tags: readonly Tag[]
  /** By name: false for a disabled monitor, or the name of a variant. */
  readonly monitors: Readonly<Record<string, string | false>>
  /** Names of further dashboards, each a file in boards/. */
  readonly boards: readonly string[]
  /** Names of exported monitors and downtimes, each a file in exports/. */
  readonly exports: readonly string[]
  /** Local times `HH:MM` between which nights are silent; null without downtimes. */
  readonly downtimes: { readonly evening: string; readonly morning: string } | null
}

/** A validated box file with defaults filled in and names resolved to folders. Plain data. */
export interface Box {
  readonly name: string
  readonly version: string
  /** Absolute path of the box file. */
  readonly file: string
  readonly base: Base
  readonly agent: Agent
  readonly database: Database | null
  readonly checks: readonly Check[]
  readonly integrations: readonly Integration[]
  /** Integrations that the Agent runs by default and this box does not. */
  readonly off: readonly string[]
  readonly logs: readonly LogSource[]
  readonly app: App | null
  /** Days after which layers that install packages are rebuilt. */
  readonly refreshDays: number
  readonly mirrors?: Mirrors
  readonly image: Image
  readonly observe: Observe
  readonly cache?: CacheSources
  /** The user's own layers, in the order of the box file; absent where there are none. */
  readonly layers?: readonly OwnLayer[]
  /** Assertions of the box file; absent where there are none. */
  readonly expect?: readonly Assertion[]
  /** Absolute path of the goss.yaml that some of them come from. */
  readonly goss?: string
  /** What its author should know, though nothing is wrong: one line each. */
  readonly notes?: readonly string[]
}
