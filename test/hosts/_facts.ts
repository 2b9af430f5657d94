import { readFileSync } from 'node:fs'
import { isObject } from '../../scripts/lib/_helpers/json.ts'
import { type Facts, readFacts } from '../../scripts/lib/hosts/facts.ts'
import type { Finding } from '../../scripts/lib/hosts/finding.ts'
import { judgeHost } from '../../scripts/lib/hosts/profile.ts'

type Tree = Record<string, unknown>

/** A recorded answer of the real Agent 7.63. */
export const recorded = (name: string): Tree =>
  JSON.parse(readFileSync(`test/fixtures/agent/${name}.json`, 'utf8')) as Tree

export const configcheck = readFileSync('test/fixtures/agent/configcheck.txt', 'utf8')

const start = 1_795_886_276_000_000_000

/** The document of a healthy host whose Agent started 85 s ago. */
export const healthy = (): Tree => {
  const status = recorded('status-box-keyed')
  const checks = (status.runnerStats as { Checks: Tree }).Checks
  const configured = Object.keys(checks).map((name) => {
    const interval = name === 'my_metric' ? 'min_collection_interval: 45' : '{}'
    return `=== ${name} check ===\nConfig for instance ID: ${name}:1\n${interval}\n~\n===\n`
  })
  return {
    format: 1,
    root: true,
    user: 'root',
    active: false,
    host: { name: 'boxhound-80be78', system: 'Debian GNU/Linux 13', machine: '0123456789abcdef' },
    packages: [{ name: 'datadog-agent', version: '1:7.63.0-1', state: 'hi' }],
    agent: { kind: 'package', place: '/usr/bin/datadog-agent' },
    units: {
      'datadog-agent.service': { ActiveState: 'active', SubState: 'running', UnitFileState: 'enabled', MainPID: '12' },
      'datadog-agent-trace.service': { ActiveState: 'active', SubState: 'running', UnitFileState: 'disabled' },
    },
    owner: 'dd-agent',
    process: 12,
    after: 12,
    environment: {},
    settings: { tags: 'tags:\n  - env:trial\n- role:database' },
    status: {
      code: 0,
      error: '',
      document: {
        ...status,
        agent_start_nano: start,
        time_nano: start + 85_000_000_000,
        forwarderStats: { APIKeyStatus: { 'API key ending with bcdef': 'API Key valid' }, APIKeyFailure: {} },
      },
    },
    configcheck: { code: 0, text: configured.join('\n'), error: '' },
    secrets: [{ file: '/etc/datadog-agent/environment', setting: 'DD_API_KEY', mode: '0640', exposed: false }],
    logs: { before: {}, after: {}, described: {}, rotated: [], rotation: '' },
    errors: {},
  }
}

/** The same document with a value elsewhere, such as `status.document.version`; undefined removes it. */
export const changed = (document: Tree, path: string, value: unknown): Tree => {
  const [key = '', ...rest] = path.split('/')
  const inner = document[key]
  if (rest.length > 0)
    return { ...document, [key]: changed(isObject(inner) ? { ...inner } : {}, rest.join('/'), value) }
  const { [key]: _, ...others } = document
  return value === undefined ? others : { ...others, [key]: value }
}

export const factsOf = (document: Tree): Facts => {
  const facts = readFacts(document)
  if (facts === undefined) throw new Error('no facts')
  return facts
}

export const judge = (document: Tree, active = false, tags: readonly string[] = []): Finding[] =>
  judgeHost(factsOf(document), { active, tags })

/** Ids that are red. */
export const red = (findings: readonly Finding[]): string[] =>
  findings.filter(({ status }) => status === 'failed').map(({ id }) => id)

export const one = (findings: readonly Finding[], id: string): Finding => {
  const found = findings.find((finding) => finding.id === id)
  if (found === undefined) throw new Error(`no ${id} in ${findings.map((finding) => finding.id).join(', ')}`)
  return found
}
