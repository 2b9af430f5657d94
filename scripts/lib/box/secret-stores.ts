// The Agent's secret backends: what each needs to be told.

/** What a backend is configured by. */
export interface SecretBackend {
  /** Names in its configuration, nested ones with dots, that it can't do without. */
  readonly required: readonly string[]
  /** Names at its configuration's top level. */
  readonly known: readonly string[]
  /** First minor version of Agent 7 with it. */
  readonly since: number
  /** Names whose value is a path on the instance. */
  readonly paths?: readonly string[]
}

const aws: SecretBackend = { required: [], known: ['aws_session'], since: 70 }
const keyed: SecretBackend = {
  required: ['file_path'],
  known: ['file_path', 'max_file_read_size'],
  since: 70,
  paths: ['file_path'],
}

/** By `secret_backend_type`, as Datadog's page on secrets management lists them for a host. */
export const secretBackends = {
  'file.text': {
    required: ['secrets_path'],
    known: ['secrets_path', 'max_file_read_size'],
    since: 75,
    paths: ['secrets_path'],
  },
  'file.json': keyed,
  'file.yaml': keyed,
  'aws.secrets': aws,
  'aws.ssm': aws,
  'azure.keyvault': { required: ['keyvaulturl'], known: ['keyvaulturl', 'azure_session'], since: 70 },
  'gcp.secretmanager': { required: ['gcp_session.project_id'], known: ['gcp_session'], since: 70 },
  'hashicorp.vault': {
    required: ['vault_address'],
    known: ['vault_address', 'vault_session', 'vault_tls_config', 'secret_path'],
    since: 70,
  },
} as const satisfies Record<string, SecretBackend>

export type BackendName = keyof typeof secretBackends

export const backendNames = Object.keys(secretBackends) as [BackendName, ...BackendName[]]
