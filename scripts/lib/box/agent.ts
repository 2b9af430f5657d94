// What a box file says of the Agent's configuration, as plain data.

/** A value of one of the Agent's YAML files. */
export type Setting = string | number | boolean | readonly Setting[] | Settings
export type Settings = { readonly [name: string]: Setting }

/** Where the Agent's key comes from. Either `backend` or `command` is given. */
export interface SecretStore {
  /** Name of the API key in the store. */
  readonly handle: string
  readonly backend: string | null
  readonly config: Settings
  /** Absolute path of the user's program. */
  readonly command: string | null
  readonly arguments: readonly string[]
  /** Seconds; null for the Agent's default. */
  readonly timeout: number | null
}

/** How the Agent of a box is configured, beyond what every Agent has. */
export interface AgentConfiguration {
  /** Further settings of datadog.yaml, merged over boxhound's own. */
  readonly config: Settings
  /** null where the key comes at first boot. */
  readonly secrets: SecretStore | null
  /** Groups that its account is in, beside those that the box's parts need. */
  readonly groups: readonly string[]
  /** Units that it starts after. */
  readonly after: readonly string[]
  readonly flavor: Flavor
}

/** Which build of the Agent; `base` is the ordinary one. */
export type Flavor = 'base' | 'fips'

export const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
