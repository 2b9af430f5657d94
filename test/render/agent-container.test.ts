import { fileURLToPath } from 'node:url'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { layerOf, renderNamed, textOf } from './_project.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)), {})
const script = 'usr/lib/boxhound/agent-container'

test('the container is started with the mounts that the suite expects of it, and no others', async (t) => {
  const rendered = await renderNamed('lab-containers', project)
  const text = textOf(layerOf(rendered, 'agent'), script)
  const found = [...text.matchAll(/--volume=(\S+)/g)].map(([, mount]) => mount ?? '')
  const { container } = rendered.expectations
  const wanted = (container?.mounts ?? []).map(
    ({ source, target, writable }) => `${source}:${target}${writable ? '' : ':ro'}`,
  )
  t.deepEqual(found, wanted)
  t.true(found.length > 5)
})

test('nothing of this instance is on the command line of the container', async (t) => {
  const text = textOf(layerOf(await renderNamed('lab-containers', project), 'agent'), script)
  t.notRegex(text, /--env(?:-file)?\b|API_KEY|--secret/)
})

test('addresses of host, Agent and database agree wherever they are written', async (t) => {
  const rendered = await renderNamed('lab-containers', project)
  const { container, database } = rendered.expectations
  t.like(container, { gateway: '10.94.0.1', agent: '10.94.0.2', image: 'localhost/lab/agent:7.83.0-lab' })
  const [agent, engine] = [layerOf(rendered, 'agent'), layerOf(rendered, 'database')]
  t.regex(textOf(agent, script), /^address='?10\.94\.0\.2'?$/m)
  t.like(JSON.parse(textOf(agent, 'etc/containers/networks/boxhound.json')), {
    subnets: [{ subnet: '10.94.0.0/24', gateway: '10.94.0.1' }],
    network_interface: 'boxhound0',
  })
  t.regex(textOf(engine, 'etc/postgresql-common/boxhound.conf'), /^listen_addresses = '127\.0\.0\.1,10\.94\.0\.1'$/m)
  t.regex(
    textOf(engine, 'etc/postgresql-common/boxhound_hba.conf'),
    /^host all datadog 10\.94\.0\.2\/32 scram-sha-256$/m,
  )
  t.regex(textOf(engine, 'usr/lib/boxhound/templates/postgres.yaml.in'), /host: "?10\.94\.0\.1"?\n/)
  const outputs = database?.inspections.map(({ output }) => output) ?? []
  t.true(outputs.includes('127.0.0.1,10.94.0.1'))
  t.false(outputs.includes('127.0.0.1'))
})

test('a box whose Agent is a package has nothing of a container', async (t) => {
  const rendered = await renderNamed('lab-postgres', project)
  t.is(rendered.expectations.container, null)
  const agent = layerOf(rendered, 'agent')
  t.deepEqual(agent.folders, ['provision/20-agent', 'provision/20-agent/package'])
  t.false(agent.files.some(({ path }) => /container/.test(path)))
  t.false(agent.spec.packages.includes('podman'))
  const hba = textOf(layerOf(rendered, 'database'), 'etc/postgresql-common/boxhound_hba.conf')
  t.notRegex(hba, /datadog/)
})
