// What a box file says of the Agent's configuration, as plain data.

/** A value of one of the Agent's YAML files. */
export type Setting = string | number | boolean | readonly Setting[] | Settings
export type Settings = { readonly [name: string]: Setting }

/** How the Agent of a box is configured, beyond what every Agent has. */
export interface AgentConfiguration {
  /** Further settings of datadog.yaml, merged over boxhound's own. */
  readonly config: Settings
}

export const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
