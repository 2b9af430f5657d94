import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import names from '../../scripts/lib/box/agent-integrations.json' with { type: 'json' }
import { loadBox } from '../../scripts/lib/box/load.ts'
import { bare, fixture, loadText, refused, temporaryFile, where } from './_files.ts'

const withAll = (lines: string): string => `${bare}integrations:\n  ${lines}\n`

const wrong: readonly (readonly [lines: string, place: string, said: RegExp])[] = [
  ['[nginx]', '6:3', /^a map of integrations/],
  ['nginx: true', '6:10', /^false, or a map with config/],
  ['nginx: { config: [] }', '6:20', /^a map with instances/],
  ['nginx: { config: {} }', '6:20', /^a list of instances: .* nothing add integrations.nginx.config.instances$/],
  ['nginx: { config: { instances: {} } }', '6:33', /^a list of instances/],
  ['nginx: { config: { instances: [] } }', '6:33', /^at least one instance/],
  ['nginx: { config: { instances: [null] } }', '6:34', /^a map of options, or \{\}/],
  ['nginx: { config: { instances: [{}], init_config: 5 } }', '6:52', /^a map of options/],
  ['nginx: { config: { instances: [{}], instance: [] } }', '6:39', /did you mean "instances"\?/],
  ['nginx: { config: { instances: [{ tags: "a:b" }] } }', '6:42', /^a list of tags/],
  ['nginx: { config: { instances: [{ tags: [Team:Web] }] } }', '6:43', /lower case/],
  ['nginx: { config: { instances: [{ min_collection_interval: 0 }] } }', '6:61', /at least 1 second/],
  ['nginx: { config: { instances: [{ min_collection_interval: 1.5 }] } }', '6:61', /whole number/],
  ['nginx: { config: { instances: [{}], logs: [] } }', '6:45', /^at least one log source/],
  ['nginx: { config: { instances: [{}], logs: [{ path: /x }] } }', '6:46', /^the type of a log source/],
  ['nginx: { interval: 0, config: { instances: [{}] } }', '6:22', /at least 1 second/],
  ['nginx: { interval: 5, config: { instances: [{ min_collection_interval: 7 }] } }', '6:22', /^no interval/],
  ['nginx: { expects: {}, config: { instances: [{}] } }', '6:12', /did you mean "expect"\?/],
  ['nginx: { options: { a: 1 }, config: { instances: [{}] } }', '6:21', /^no options beside config/],
  ['nginx: { expect: { metrics: [a] } }', '6:20', /^no expect without config/],
  ['nginx: { config: { instances: [{}] }, expect: { metrics: [a, a] } }', '6:64', /^each name once/],
  ['nginx: { config: { instances: [{}] }, expect: { ranges: { a: { min: 0, max: 1 } } } }', '6:64', /is in neither/],
  ['nginx: { config: { instances: [{}] }, expect: { warnings: [] } }', '6:61', /^at least one warning/],
  ['nginx: {}', '6:3', /^config, or a folder .* add config/],
  ['nginx:', '6:3', /^config, or a folder/],
  ['ngnix: { config: { instances: [{}] } }', '6:3', /did you mean "nginx"\?/],
  ['http-check: { config: { instances: [{}] } }', '6:3', /^the name of an integration/],
  ['Nginx: { config: { instances: [{}] } }', '6:3', /^the name of an integration/],
  ['totally_unheard_of: { config: { instances: [{}] } }', '6:3', /totally_unheard_of\/ with check.yaml/],
  ['nomad: { config: { instances: [{}] } }', '6:3', /^an integration that the Agent ships/],
  ['kafka: { config: { instances: [{}] } }', '6:3', /^an integration whose check runs in the Agent/],
  ['nginx: false', '6:3', /^one of .*remove it$/],
  ['netwrk: false', '6:3', /did you mean "network"\?$/],
  ['ntp: { off: true }', '6:10', /one of config/],
]

for (const [lines, place, said] of wrong)
  test(`refused at its place, with what to do: integrations: { ${lines} }`, async (t) => {
    const error = await refused(t, withAll(lines))
    t.is(where(error), place)
    t.regex(`${error.details.expected} ${error.details.found} ${error.details.next}`, said)
  })

test('a key, or ENC[…] in part of a value, is refused', async (t) => {
  const key = '0123456789abcdef'.repeat(2)
  const config = (text: string) => withAll(`nginx: { config: { instances: [${text}] } }`)
  t.regex((await refused(t, config(`{ api_key: ${key} }`))).message, /API key/)
  t.regex((await refused(t, config('{ password: "x ENC[handle]" }'))).message, /only part of the value/)
  t.notThrows(() => loadText(t, config('{ password: "ENC[handle]" }')))
})

test('one name can’t be a check, or the database’s integration, as well', async (t) => {
  const inline = '{ config: { instances: [{}] } }'
  const twice = `${bare}integrations: { my_metric: ${inline} }\nchecks: { my_metric: }\n`
  t.regex((await refused(t, twice)).message, /configured twice/)
  const engine = `${bare}database: { engine: mariadb }\nintegrations: { mysql: ${inline} }\n`
  const error = await refused(t, engine)
  t.regex(error.message, /"mysql" is configured twice/)
  t.regex(error.details.found ?? '', /database/)
})

test('log sources need an Agent that collects logs', async (t) => {
  const text = withAll('nginx: { config: { instances: [{}], logs: [{ type: tcp, port: 99 }] } }')
  const error = await refused(t, text.replace('version: 7.83.0 }', 'version: 7.83.0, logs: false }'))
  t.is(where(error), '6:39')
  await t.notThrowsAsync(loadText(t, text))
})

test('the interval is the entry’s, else that of its instances, else the Agent’s', async (t) => {
  const intervalOf = async (entry: string) =>
    (await loadText(t, withAll(`nginx: { ${entry} }`))).integrations[0]?.interval
  t.is(await intervalOf('config: { instances: [{}] }'), 15)
  t.is(await intervalOf('interval: 40, config: { instances: [{}] }'), 40)
  t.is(await intervalOf('config: { instances: [{ min_collection_interval: 30 }] }'), 30)
  t.is(await intervalOf('config: { instances: [{ min_collection_interval: 30 }, {}] }'), 15)
})

test('defaults are switched off by name', async (t) => {
  const box = await loadText(t, withAll('{ ntp: false, disk: false, cpu: { config: { instances: [{}] } } }'))
  t.deepEqual(box.off, ['ntp', 'disk'])
  t.deepEqual(
    box.integrations.map(({ name }) => name),
    ['cpu'],
  )
  t.deepEqual((await loadText(t, bare)).off, [])
})

const withFolder = (t: ExecutionContext, name: string, text: string): string => {
  const file = temporaryFile(t, text)
  const folder = join(dirname(file), 'integrations', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'check.yaml'),
    'title: x\ninterval: 33\noptions: { port: { type: integer, default: 1 } }\nexpect: { metrics: [m] }\n',
  )
  return file
}

test('a folder beside the box file configures it, also one that the Agent is not known to ship', async (t) => {
  const file = withFolder(t, 'newer', withAll('newer: { options: { port: 2 } }'))
  const [found] = (await loadBox(file, fixture)).integrations
  t.is(found?.folder, join(dirname(file), 'integrations/newer'))
  t.deepEqual([found?.options, found?.interval], [{ port: 2 }, 33])
  const bad = withFolder(t, 'newer', withAll('newer: { options: { prot: 2 } }'))
  await t.throwsAsync(loadBox(bad, fixture), { message: /unknown key "prot"/ })
})

test('the lists of names are sorted and have no name twice', (t) => {
  const { about: _, ...lists } = names
  for (const [list, all] of Object.entries(lists)) t.deepEqual(all, [...new Set(all)].sort(), list)
  t.deepEqual(
    names.community.filter((name) => names.shipped.includes(name)),
    [],
  )
})
