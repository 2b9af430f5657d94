import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { settingKind, settingMeant, settingOfVariable } from '../../scripts/lib/box/agent-settings.ts'
import { loadText, refused, where } from './_files.ts'

const box = (config: string): string => `box: x
version: 1.0.0
base: { lab: trixie }
agent:
  version: 7.83.0
  config:
${config
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
`

const details = async (t: ExecutionContext, config: string): Promise<BoxhoundError> => {
  const error = await refused(t, box(config))
  t.false(error.details.cause instanceof AggregateError, error.message)
  return error
}

test('settings are kept as written', async (t) => {
  const { agent, notes } = await loadText(
    t,
    box(`log_level: off
check_cancel_timeout: 10s
log_file_max_size: 10485760
expected_tags_duration: "10m"
GUI_port: -1
forwarder_storage_max_disk_ratio: 0.85
histogram_percentiles: ["0.95"]
dogstatsd_tags: team:web env:x
proxy: { https: "http://proxy:3128", no_proxy: [10.0.0.1, "[::1]"] }
otlp_config: { receiver: { protocols: { grpc: {} } } }
extra_tags: []
syslog_uri: ""
kubernetes_node_labels_as_tags: { kubernetes.io/hostname: nodename }`),
  )
  t.deepEqual(agent.config, {
    log_level: 'off',
    check_cancel_timeout: '10s',
    log_file_max_size: 10485760,
    expected_tags_duration: '10m',
    GUI_port: -1,
    forwarder_storage_max_disk_ratio: 0.85,
    histogram_percentiles: ['0.95'],
    dogstatsd_tags: 'team:web env:x',
    proxy: { https: 'http://proxy:3128', no_proxy: ['10.0.0.1', '[::1]'] },
    otlp_config: { receiver: { protocols: { grpc: {} } } },
    extra_tags: [],
    syslog_uri: '',
    kubernetes_node_labels_as_tags: { 'kubernetes.io/hostname': 'nodename' },
  })
  t.is(notes, undefined)
})

test('a box without agent.config has no settings of its own', async (t) => {
  const { agent } = await loadText(t, 'box: x\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0 }\n')
  t.deepEqual(agent.config, {})
})

const misplaced: readonly (readonly [line: string, expected: RegExp, next: RegExp])[] = [
  ['site: datadoghq.eu', /^agent\.site$/, /agent\.site/],
  ['tags: [env:x]', /^agent\.tags$/, /agent\.tags/],
  ['logs_enabled: true', /^agent\.logs$/, /agent\.logs/],
  ['hostname: web1', /DD_HOSTNAME/, /every clone would report as one host/],
  ['api_key: ENC[k]', /agent\.secrets, or DD_API_KEY/, /first boot/],
  ['api_key: whatever', /agent\.secrets, or DD_API_KEY/, /first boot/],
  ['secret_backend_command: /usr/bin/x', /agent\.secrets\.command/, /agent\.secrets/],
  ['confd_path: /x', /nowhere/, /rely on the default/],
  ['logs: true', /^agent\.logs$/, /agent\.logs/],
]

for (const [line, expected, next] of misplaced)
  test(`${line} is refused with where it belongs`, async (t) => {
    const error = await details(t, line)
    t.regex(error.details.expected ?? '', expected)
    t.regex(error.details.next ?? '', next)
    t.is(where(error), '7:5')
    t.notRegex(`${error.message}${error.details.found}`, /whatever|web1/)
  })

const misnamed: readonly (readonly [line: string, next: string])[] = [
  ['log_levle: debug', 'did you mean "log_level"?'],
  ['logLevel: debug', 'did you mean "log_level"?'],
  ['Log_Level: debug', 'did you mean "log_level"?'],
  ['log-level: debug', 'did you mean "log_level"?'],
  ['gui_port: -1', 'did you mean "GUI_port"?'],
  ['DD_LOG_LEVEL: debug', 'write log_level: …'],
  ['DD_APM_CONFIG_ENABLED: true', 'write apm_config: { enabled: … }'],
  ['apm_config.enabled: true', 'write apm_config: { enabled: … }'],
  ['logs_config.a.b: 1', 'write logs_config: { a: { b: … } }'],
]

for (const [line, next] of misnamed)
  test(`${line} is refused: ${next}`, async (t) => t.is((await details(t, line)).details.next, next))

test('an unknown setting that resembles none is passed on, and told', async (t) => {
  const { agent, notes } = await loadText(t, box('brand_new_thing: { a: 1 }\nuse_v4_api: { series: true }'))
  t.deepEqual(agent.config, { brand_new_thing: { a: 1 }, use_v4_api: { series: true } })
  t.regex(notes?.join('\n') ?? '', /:7:5: agent\.config\.brand_new_thing is no setting/)
  t.is(notes?.length, 2)
})

const wrong: readonly (readonly [line: string, expected: string, next: RegExp])[] = [
  ['use_dogstatsd: yes', 'true or false', /write true/],
  ['use_dogstatsd: "false"', 'true or false', /write false, without quotes/],
  ['dogstatsd_port: many', 'a number', /expected value/],
  ['dogstatsd_port: ENC[port]', 'a number', /to text only/],
  ['log_level: false', 'text', /quote it: "false"/],
  ['apm_config: true', 'a map of keys and values', /\{ key: value \}/],
  ['proxy: "http://proxy:3128"', 'a map of keys and values', /\{ key: value \}/],
  ['extra_tags: { a: b }', 'a list', /\[one, two\]/],
]

for (const [line, expected, next] of wrong)
  test(`${line} is refused: ${expected}`, async (t) => {
    const error = await details(t, line)
    t.is(error.details.expected, expected)
    t.regex(error.details.next ?? '', next)
  })

const secrets: readonly (readonly [what: string, config: string])[] = [
  ['a nested key', 'logs_config: { api_key: hunter2hunter2 }'],
  ['a key of the account', 'app_key: hunter2hunter2'],
  ['a password', 'snmp_listener: { configs: [{ authKey: hunter2hunter2 }] }'],
  ['a numeric password', 'config_providers: [{ name: etcd, password: 424242424242 }]'],
  ['an endpoint’s key', 'additional_endpoints: { "https://app.datadoghq.eu": [hunter2hunter2] }'],
  ['a nested endpoint’s key', 'apm_config: { additional_endpoints: { "https://x": [hunter2hunter2] } }'],
  ['a listed endpoint’s key', 'logs_config: { additional_endpoints: [{ api_key: hunter2hunter2, Host: x }] }'],
  ['a proxy’s password', 'proxy: { https: "http://user:hunter2hunter2@proxy:3128" }'],
  ['a password without a scheme', 'proxy: { https: "user:hunter2hunter2@proxy:3128" }'],
  ['a password in a name', 'additional_endpoints: { "https://u:hunter2hunter2@x": [] }'],
  ['a community', 'network_devices: { snmp_traps: { community_strings: [hunter2hunter2] } }'],
  ['a private key', 'foo_certificate: "-----BEGIN PRIVATE KEY-----\\nAAAABBBBCCCCDDDDEEEEFFFF"'],
]

for (const [what, config] of secrets)
  test(`${what} is refused without being shown`, async (t) => {
    const error = await details(t, config)
    t.regex(error.details.found ?? '', /characters, not shown/)
    t.regex(error.details.next ?? '', /ENC\[handle\]/)
    t.notRegex(JSON.stringify(error.details) + error.message, /hunter2|4242|AAAABBBB/)
  })

test('a handle is accepted wherever a secret may stand, as the whole value only', async (t) => {
  await t.notThrowsAsync(
    loadText(
      t,
      box(`app_key: "ENC[vault;app]"
proxy: { https: "ENC[proxy]" }
additional_endpoints: { "https://app.datadoghq.eu": ["ENC[eu]"] }
logs_config: { additional_endpoints: [{ api_key: "ENC[logs]" }] }`),
    ),
  )
  for (const value of ['x ENC[a]', 'ENC[a] x', 'ENC[]', 'ENC[a']) {
    const error = await details(t, `proxy: { https: "${value}" }`)
    t.regex(error.message, /ENC\[…\] is only part/, value)
  }
})

const values: readonly (readonly [line: string, message: RegExp])[] = [
  ['log_level:', /log_level has no value/],
  ['otlp_config: { receiver: { protocols: { grpc: } } }', /grpc has no value/],
  ['apm_config: { x: .inf }', /not a finite number/],
  ['apm_config: { x: 12345678901234567890 }', /too large to be kept exactly/],
  ['dd_url: "https://<SITE>"', /is a placeholder/],
  ['cluster_name: "\\ud800"', /half of a surrogate/],
  ['log_file_max_rolls: 0644', /leading zero/],
]

for (const [line, message] of values)
  test(`${line} is refused`, async (t) => t.regex((await details(t, line)).message, message))

for (const given of ['{}', '', '[a]', 'text', '5'])
  test(`config: ${given} is refused`, async (t) => {
    const error = await refused(t, box('').replace(/config:[\s\S]*/, `config: ${given}\n`))
    t.regex(error.details.expected ?? '', /setting/)
  })

test('an app’s receiver is not turned off', async (t) => {
  const file = `${box('apm_config: { enabled: false }')}app: { port: 5050, service: a, env: b, version: 1.0.0 }\n`
  t.regex((await refused(t, file)).message, /turns off what the app sends its traces to/)
})

test('no known name is taken for a slip of another, and every one has a kind', (t) => {
  t.is(settingKind('log_level'), 'text')
  t.is(settingKind('nothing'), undefined)
  t.is(settingMeant('log_level'), 'log_level')
  t.is(settingOfVariable('LOG_LEVEL'), undefined)
})

test('whatever a setting is named, it is accepted or refused with a position', async (t) => {
  const property = fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 12 }), async (name) => {
      const text = `box: x\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0, config: { ${JSON.stringify(name)}: 1 } }\n`
      const error = await loadText(t, text).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error === undefined) return /^[A-Za-z][A-Za-z0-9_]*$/.test(name)
      return error instanceof BoxhoundError && error.details.line !== undefined && error.details.exitCode === 2
    }),
    { numRuns: 60 },
  )
  await t.notThrowsAsync(property)
})
