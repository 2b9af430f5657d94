/** A host tag `key:value`, or a bare word. */
export type Tag = string

/** An apt repository that the agent layer installs from. */
export interface AgentRepository {
  /** `lab`: the repository that lab/ serves on loopback at bake time; otherwise its address. */
  readonly url: string
  readonly suite: string
  readonly components: readonly string[]
  /** Full fingerprints of the keys that may sign it; empty for `lab`, whose key is made on this machine. */
  readonly keys: readonly string[]
}

export type Base =
  | { readonly kind: 'lab'; readonly release: 'trixie' }
  | { readonly kind: 'image'; readonly image: string; readonly sha256: string }

export interface Agent {
  /** `7.NN.P`, or `7.NN.P+lab` for the lab Agent. */
  readonly version: string
  readonly site: string
  readonly tags: readonly Tag[]
  readonly logs: boolean
  readonly repository: AgentRepository
}

export interface Database {
  /** A folder under provision/30-database/. */
  readonly engine: string
  readonly tags: readonly Tag[]
  readonly logs: boolean
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
  /** A folder under provision/40-app/. */
  readonly name: string
  readonly port: number
  readonly service: string
  readonly env: string
  readonly version: string
}

/** Package mirrors of a closed network; used while baking, never kept in an image. */
export interface Mirrors {
  readonly apt?: string | undefined
  readonly pypi?: string | undefined
  readonly agent?: string | undefined
  readonly proxy?: string | undefined
  readonly caBundle?: string | undefined
  readonly keep?: false | undefined
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
}
