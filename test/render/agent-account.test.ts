import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { parseBack } from '../../scripts/lib/render/parse-back.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { temporaryFile } from '../boxfile/_files.ts'
import { layerOf, textOf } from './_project.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)), {})

const rendered = async (t: ExecutionContext, agent: string) => {
  const text = `box: x\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0, ${agent} }\n`
  return renderBox(await loadBox(temporaryFile(t, text), project), project)
}

const dropIn = 'etc/systemd/system/datadog-agent.service.d/20-after.conf'

test('units to start after become a drop-in, and groups a script of the last layer', async (t) => {
  const box = await rendered(t, "groups: [adm, docker], after: [docker.service, 'a\\x2db.mount']")
  t.regex(textOf(layerOf(box, 'agent'), dropIn), /\[Unit\]\nAfter=docker\.service\nAfter=a\\x2db\.mount\n$/)
  const { scripts, files } = layerOf(box, 'seal')
  t.deepEqual(
    scripts.map(({ path }) => path),
    ['01-groups.sh', '02-seal.sh'],
  )
  t.regex(scripts[0]?.content.toString() ?? '', /groups=\( 'adm' 'docker' \)/)
  await t.notThrowsAsync(parseBack([...layerOf(box, 'agent').files, ...files, ...scripts]))
  t.like(box.expectations.agent, { groups: ['adm', 'docker'], after: ['docker.service', 'a\\x2db.mount'] })
})

test('a box without them has neither', async (t) => {
  const box = await rendered(t, 'logs: true')
  t.false(layerOf(box, 'agent').files.some(({ path }) => path === dropIn))
  t.is(layerOf(box, 'seal').scripts.length, 1)
  t.deepEqual(
    Object.keys(box.expectations.agent).filter((key) => /groups|after|config|secrets/.test(key)),
    [],
  )
})

test('the FIPS Agent is another package, pinned and held like the ordinary one', async (t) => {
  const box = await rendered(t, 'flavor: fips')
  const { spec } = layerOf(box, 'agent')
  t.deepEqual(spec.packages, ['datadog-fips-agent=1:7.83.0-1'])
  t.deepEqual(spec.hold, ['datadog-fips-agent'])
  t.true(box.expectations.agent.package?.command.includes('datadog-fips-agent'))
})

test('the key of a secret store is a handle in datadog.yaml', async (t) => {
  const box = await rendered(t, 'secrets: { backend: aws.ssm, handle: "/dd/key" }')
  const layer = layerOf(box, 'agent')
  const text = textOf(layer, 'etc/datadog-agent/datadog.yaml')
  t.regex(text, /\napi_key: "ENC\[\/dd\/key\]"\nsecret_backend_type: "aws\.ssm"\n$/)
  t.true(layer.files.some(({ path }) => path.endsWith('main/55-agent-secrets')))
  await t.notThrowsAsync(parseBack(layer.files))
})

test('a companion has its file, for root and dd-agent alone, and its unit', async (t) => {
  const box = await rendered(t, 'systemProbe: { network_config: { enabled: true } }, security: { log_level: "off" }')
  const { files, spec } = layerOf(box, 'agent')
  const text = (name: string) => files.find(({ path }) => path === `etc/datadog-agent/${name}`)?.content.toString()
  t.regex(text('system-probe.yaml') ?? '', /do not edit\nnetwork_config:\n {2}enabled: true\n$/)
  t.regex(text('security-agent.yaml') ?? '', /\nlog_level: "off"\n$/)
  for (const name of ['system-probe', 'security-agent'])
    t.deepEqual(
      spec.owners.find(({ path }) => path === `/etc/datadog-agent/${name}.yaml`),
      { path: `/etc/datadog-agent/${name}.yaml`, owner: 'root', group: 'dd-agent', mode: '0640' },
    )
  t.deepEqual(box.expectations.units.slice(-2), ['datadog-agent-sysprobe.service', 'datadog-agent-security.service'])
  await t.notThrowsAsync(parseBack(files))
})
