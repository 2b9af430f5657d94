import test from 'ava'
import { parse } from 'yaml'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { bare, temporaryFile } from '../boxfile/_files.ts'
import { layerOf, textOf } from './_project.ts'

const project = projectAt(process.cwd(), {})
const rendered = async (file: string) => renderBox(await loadBox(file, project), project)

const sources = `${bare}logs:
  web: { type: file, path: "/var/log/x/*.log", source: s, try: [{ line: a }] }
  system: { type: journald, source: s }
`

test('each source has a configuration of its own, by a name that no integration has', async (t) => {
  const all = await rendered(temporaryFile(t, sources))
  const layer = layerOf(all, 'checks')
  const conf = (name: string): unknown => parse(textOf(layer, `etc/datadog-agent/conf.d/boxhound_${name}.d/conf.yaml`))
  t.deepEqual(conf('web'), { logs: [{ type: 'file', path: '/var/log/x/*.log', source: 's' }] })
  t.deepEqual(conf('system'), { logs: [{ type: 'journald', source: 's', config_id: 'system' }] })
  t.regex(textOf(layer, 'usr/lib/tmpfiles.d/boxhound-logs.conf'), /^a\+ \/var\/log\/x - - - - u:dd-agent:r-x,d:u:/m)
  t.regex(layer.scripts[0]?.content.toString() ?? '', /journal='?true/)
  t.deepEqual(all.expectations.logs?.[0], {
    name: 'web',
    integration: 'boxhound_web',
    source: { type: 'file', path: '/var/log/x/*.log', source: 's' },
    trials: [{ line: 'a {id}', arrives: 'a {id}' }],
  })
})

test('without a journal no group is given', async (t) => {
  const all = await rendered(temporaryFile(t, sources.replace(/ {2}system.*\n/, '')))
  t.regex(layerOf(all, 'checks').scripts[0]?.content.toString() ?? '', /journal='?false/)
})

test('a secret in a rule is refused with its line in the box file', async (t) => {
  const file = temporaryFile(
    t,
    `${bare}logs:
  web:
    type: file
    path: /var/log/x/a.log
    source: s
    log_processing_rules:
      - { type: exclude_at_match, name: a, pattern: x }
      - { type: exclude_at_match, name: b, pattern: "https://me:hunter22@host.example/" }
`,
  )
  const error = await t.throwsAsync(rendered(file), { instanceOf: BoxhoundError })
  t.deepEqual([error.code, error.details.line], ['E_SECRET', 12])
})
