import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { type Project, projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { layerFolder } from '../../scripts/lib/render/write.ts'
import { difference } from '../../scripts/lib/try/difference.ts'
import { stateOf } from '../../scripts/lib/try/state.ts'
import { fixture } from '../boxfile/_files.ts'
import { boxBeside, head } from '../boxfile/_layers.ts'
import { layerOf, textOf } from './_project.ts'

const rest = 'database: { engine: mariadb }\nchecks: { my_metric: { interval: 45, tags: ["team:web"] } }\n'

const files = {
  'layers/web/layer.yaml.hbs': 'packages: [nginx]\nunits: { enable: [nginx.service] }\n',
  'layers/web/options.yaml': 'port: { type: integer, default: 8080 }\n',
  'layers/web/root/etc/web.conf.hbs': 'port={{layer.options.port}} of={{layer.name}}\n',
  'layers/late/layer.yaml': 'users: [{ name: late, uid: 700, groups: [adm], home: /var/lib/late }]\n',
  'layers/more/provision.sh': '#!/bin/bash\ntrue\n',
}

const render = async (
  t: ExecutionContext,
  text: string,
  own: Readonly<Record<string, string>> = {},
  project: Project = fixture,
) => renderBox(await loadBox(boxBeside(t, `${head}${rest}${text}`, { ...files, ...own }), project), project)

test('each layer has its place in the chain, a number of its anchor’s tens, and sees its own options', async (t) => {
  const rendered = await render(t, 'layers: [web, { name: late, after: checks }, more]\n')
  t.deepEqual(rendered.layers.map(layerFolder), [
    ...['10-base', '20-agent', '21-web', '22-more', '30-database', '50-checks', '51-late', '90-seal'],
  ])
  t.is(textOf(layerOf(rendered, 'web'), 'etc/web.conf').split('\n')[1], 'port=8080 of=web')
  t.deepEqual(layerOf(rendered, 'web').folders, ['layers/web'])
})

test('their units, accounts and memberships are expected', async (t) => {
  const { expectations } = await render(t, 'layers: [web, late]\n')
  t.true(expectations.units.includes('nginx.service'))
  t.deepEqual(expectations.accounts, { names: ['late'], groups: { adm: ['late'] } })
  t.false('accounts' in (await render(t, '')).expectations)
})

test('editing a layer changes its id and those above it, and none below', async (t) => {
  const real = projectAt(process.cwd(), {})
  const ids = async (conf: string) => {
    const own = { 'layers/web/root/etc/web.conf.hbs': conf }
    const rendered = await render(t, 'layers: [{ name: web, after: database }]\n', own, real)
    const { layers } = await planBox(rendered, { now: 0 }, real)
    return new Map(layers.map(({ name, id }) => [name, id]))
  }
  const [before, after] = [await ids('a=1\n'), await ids('a=2\n')]
  const changed = [...before].filter(([name, id]) => after.get(name) !== id).map(([name]) => name)
  t.deepEqual(changed, ['web', 'checks', 'seal'])
})

test('npm run try sees an edited layer above the checks, whose id changes with every check', async (t) => {
  const real = projectAt(process.cwd(), {})
  const stateWith = async (conf: string) => {
    const own = { 'layers/web/root/etc/web.conf.hbs': conf }
    const rendered = await render(t, 'layers: [{ name: web, after: checks }]\n', own, real)
    return stateOf(await planBox(rendered, { now: 0 }, real), [])
  }
  const before = await stateWith('a=1\n')
  t.deepEqual(difference(before, await stateWith('a=1\n')), { kind: 'same', checks: [] })
  t.deepEqual(difference(before, await stateWith('a=2\n')), { kind: 'new', layers: ['web'] })
})

for (const [what, own, message] of [
  ['a file of another layer', { 'layers/web/root/usr/lib/boxhound/tool': 'x\n' }, /belongs to provision\/10-base/],
  ['a file of the Agent', { 'layers/web/root/opt/datadog-agent/x': 'x\n' }, /belongs to the Agent/],
  [
    'the owner of another layer’s file',
    { 'layers/more/layer.yaml': 'owners: [{ path: /usr/lib, owner: root, group: root, recursive: true }]\n' },
    /\/usr\/lib belongs to provision\/10-base/,
  ],
  ['the Agent’s package', { 'layers/more/layer.yaml': 'packages: [datadog-agent]\n' }, /belongs to the Agent/],
  ['the Agent’s unit', { 'layers/more/layer.yaml': 'units: { mask: [datadog-agent.service] }\n' }, /Agent/],
  [
    'another version of a package',
    { 'layers/more/layer.yaml': 'packages: [nginx=1.2-3]\n' },
    /nginx belongs to the layer web/,
  ],
  [
    'a unit that another layer enables',
    { 'layers/more/layer.yaml': 'units: { disable: [nginx.service] }\n' },
    /layer web/,
  ],
  [
    'an account of the Agent',
    { 'layers/more/layer.yaml': 'users: [{ name: dd-agent }]\n' },
    /dd-agent belongs to the Agent/,
  ],
  ['an account of the distribution', { 'layers/more/layer.yaml': 'users: [{ name: nobody }]\n' }, /the distribution/],
  [
    'a uid of another layer',
    { 'layers/more/layer.yaml': 'users: [{ name: other, uid: 700 }]\n' },
    /uid 700 belongs to the layer late/,
  ],
  [
    'an account of another layer',
    { 'layers/more/layer.yaml': 'users: [{ name: late }]\n' },
    /late belongs to the layer late/,
  ],
] as const)
  test(`fault 63: ${what} is refused with who has it`, async (t) => {
    const error = await t.throwsAsync(render(t, 'layers: [web, late, more]\n', own), { instanceOf: BoxhoundError })
    t.regex(error.message, message)
    t.is(error.exitCode, 2)
    t.regex(error.details.file ?? '', /layers\/(web|more)\//)
    t.truthy(error.details.next)
  })

test('what two layers want alike is no conflict', async (t) => {
  await t.notThrowsAsync(
    render(t, 'layers: [web, more]\n', {
      'layers/more/layer.yaml': 'packages: [nginx]\nunits: { enable: [nginx.service] }\n',
    }),
  )
})

test('a secret in a layer is refused, as anywhere', async (t) => {
  const error = await t.throwsAsync(
    render(t, 'layers: [web]\n', { 'layers/web/root/etc/app.yaml': 'password: hunter22secret\n' }),
    { instanceOf: BoxhoundError },
  )
  t.is(error.code, 'E_SECRET')
  t.notRegex(error.message, /hunter22/)
})
