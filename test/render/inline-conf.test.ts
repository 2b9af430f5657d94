import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { parse } from 'yaml'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { yamlOf } from '../../scripts/lib/render/inline-conf.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { bare, fixture, temporaryFile } from '../boxfile/_files.ts'
import { fileOf, layerOf, textOf } from './_project.ts'
import { nasty } from './_render.ts'

const rendered = async (t: ExecutionContext, lines: string) =>
  renderBox(await loadBox(temporaryFile(t, `${bare}${lines}`), fixture), fixture)

const conf = (name: string): string => `etc/datadog-agent/conf.d/${name}.d/conf.yaml`

test('an inline configuration becomes the integration’s conf.yaml, with interval and tags on each instance', async (t) => {
  const all = await rendered(
    t,
    `integrations:
  nginx:
    interval: 20
    tags: ["team:web"]
    config:
      init_config: { proxy: { http: "no" } }
      instances:
        - { nginx_status_url: "http://127.0.0.1/x", tags: ["a:b", "team:web"] }
        - { min_collection_interval: 300 }
      logs: [{ type: file, path: /var/log/x.log, service: web }]
`,
  )
  const layer = layerOf(all, 'checks')
  t.is(fileOf(layer, conf('nginx')).mode, 0o640)
  t.is(
    textOf(layer, conf('nginx')).replace(/boxhound-test-\w+/, 'FOLDER'),
    `# rendered from FOLDER/box.yaml, do not edit
init_config:
  proxy:
    http: "no"
instances:
  - nginx_status_url: "http://127.0.0.1/x"
    tags:
      - "a:b"
      - "team:web"
    min_collection_interval: 20
  - tags:
      - "team:web"
    min_collection_interval: 300
logs:
  - type: "file"
    path: "/var/log/x.log"
    service: "web"
`,
  )
  t.deepEqual(layer.spec.owners, [
    { path: '/etc/datadog-agent/conf.d/nginx.d', owner: 'dd-agent', group: 'dd-agent' },
    { path: `/${conf('nginx')}`, owner: 'dd-agent', group: 'dd-agent', mode: '0640' },
  ])
  const [check] = all.expectations.checks
  t.deepEqual([check?.intervals, check?.logs, check?.tags], [[20, 300], ['/var/log/x.log'], ['team:web']])
})

const refused = async (t: ExecutionContext, lines: string, code: string, line: number): Promise<BoxhoundError> => {
  const error = await t.throwsAsync(rendered(t, lines), { instanceOf: BoxhoundError })
  t.is(error.code, code)
  t.is(error.details.line, line)
  return error
}

test('a secret is refused with its line in the box file, and is not told', async (t) => {
  const instances = 'integrations:\n  nginx:\n    config:\n      instances:\n'
  for (const value of [
    'password: hunter22',
    'url: "http://me:hunter22@db/"',
    'password: 4711',
    'headers: { token: hunter22 }',
  ]) {
    const error = await refused(t, `${instances}        - name: x\n          ${value}\n`, 'E_SECRET', 10)
    t.notRegex(JSON.stringify(error), /hunter22|4711/)
  }
  await t.notThrowsAsync(rendered(t, `${instances}        - password: ENC[handle]\n`))
})

test('what Datadog would change is refused with its line in the box file', async (t) => {
  const lines = 'integrations:\n  nginx:\n    config:\n      instances:\n        - {}\n        - service: Web\n'
  t.regex((await refused(t, lines, 'E_CONF', 10)).details.next ?? '', /write "web"/)
})

test('a folder of an integration needs a configuration, and has no code', async (t) => {
  const file = temporaryFile(t, `${bare}integrations: { nginx: }\n`)
  const folder = join(dirname(file), 'integrations/nginx')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'check.yaml'), 'title: x\nexpect: {}\n')
  const again = async () => renderBox(await loadBox(file, fixture), fixture)
  await t.throwsAsync(again, { message: /the integration "nginx" has no conf.yaml/ })
  writeFileSync(join(folder, 'conf.yaml'), 'instances: [{}]\n')
  const { expectations } = await again()
  t.is(expectations.checks[0]?.name, 'nginx')
  writeFileSync(join(folder, 'nginx.py'), '')
  await t.throwsAsync(again, { message: /nginx.py would not be installed/ })
})

test('defaults that are off have a diversion each, and no configuration', async (t) => {
  const project = projectAt(process.cwd(), {})
  const { layers, expectations } = await renderBox(
    await loadBox(temporaryFile(t, `${bare}integrations: { ntp: false, cpu: false }\n`), project),
    project,
  )
  const checks = layers.find(({ name }) => name === 'checks')
  t.regex(checks?.scripts[0]?.content.toString() ?? '', /names=\(\n {4}'ntp'\n {4}'cpu'\n {2}\)/)
  t.deepEqual([checks?.files, expectations.idle, expectations.checks], [[], ['ntp', 'cpu'], []])
})

/** Data as a box file can hold it. */
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    nasty,
    fc.constantFrom(
      'no',
      'on',
      '012',
      '1_000',
      '1:30',
      '~',
      '0x1f',
      '2001-01-01',
      '=',
      '<<',
      '',
      ' ',
      '1e3',
      '.5',
      '0o7',
    ),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (Object.is(one, -0) ? 0 : one)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(nasty, fc.constantFrom('on', 'y', '1', '~', '<<')), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value

test('whatever the data is, YAML 1.1 reads it as it was', (t) => {
  fc.assert(
    fc.property(data, (value) => {
      t.deepEqual(parse(yamlOf({ value }), { version: '1.1', merge: false }), { value })
    }),
  )
})
