import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { copiedProject, renderNamed } from './_project.ts'

const conf = 'provision/50-checks/my_metric/conf.yaml.hbs'
const interval = 'min_collection_interval: {{check.interval}}'

const wrong: readonly (readonly [title: string, text: string, line: number, message: RegExp])[] = [
  ['an empty file', '', 1, /is empty/],
  ['a comment alone', '# later\n', 1, /is empty/],
  ['a list', '- a: 1\n', 1, /is not a map/],
  ['two documents', 'instances: [{}]\n---\ninstances: [{}]\n', 2, /second document/],
  ['no instances', 'init_config: {}\n', 1, /instances is missing/],
  ['instances without any', 'init_config:\n\ninstances:\n', 3, /at least one map/],
  ['an empty list', 'instances: []\n', 1, /at least one map/],
  ['instances as a map', `instances:\n  host: a\n  ${interval}\n`, 2, /at least one map/],
  ['an instance that is text', 'instances:\n  - a\n', 2, /instances\[0\] is not a map/],
  ['an instance that is nothing', 'instances:\n  - {}\n  -\n', 3, /instances\[1\] is not a map/],
  ['tags as a map', `instances:\n  - ${interval}\n    tags:\n      env: prod\n`, 4, /tags is not a list/],
  ['tags as text', `instances:\n  - ${interval}\n    tags: env:prod, team:a\n`, 3, /tags is not a list/],
  ['a tag with a blank', `instances:\n  - ${interval}\n    tags:\n      - env: prod\n`, 4, /tags\[0\] is not a string/],
  ['a tag that is a number', `instances:\n  - ${interval}\n    tags: [a:b, 5]\n`, 3, /tags\[1\] is not a string/],
  [
    'a tag that Datadog changes',
    `instances:\n  - ${interval}\n    tags: ["Env: Prod"]\n`,
    3,
    /Datadog would change tags\[0\]/,
  ],
  [
    'a service that Datadog changes',
    `logs:\n  - service: My App\ninstances:\n  - ${interval}\n`,
    2,
    /Datadog would change service/,
  ],
  ['an interval as text', 'instances:\n  - min_collection_interval: "45"\n', 2, /min_collection_interval/],
  ['init_config as text', `init_config: x\ninstances:\n  - ${interval}\n`, 1, /init_config is not a map/],
  ['logs as a map', `logs: { type: file }\ninstances:\n  - ${interval}\n`, 1, /logs is not a list/],
]

for (const [title, text, line, message] of wrong)
  test(`a conf.yaml with ${title} is refused with the line of its template`, async (t) => {
    const project = copiedProject(t)
    writeFileSync(join(project.tool, conf), `{{#if check.tags}}\n{{/if}}\n${text}`)
    const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_CONF', error.message)
    t.is(error.exitCode, 2)
    t.is(error.details.file, conf)
    t.is(error.details.line, text === '' || text.startsWith('#') ? error.details.line : line + 2)
    t.regex(error.message, message)
    for (const field of ['expected', 'found', 'next'] as const) t.truthy(error.details[field], field)
  })

test('what the Agent takes is taken: no init_config, no tags, log sources beside instances or alone', async (t) => {
  const project = copiedProject(t)
  const logs = 'logs:\n  - { type: file, path: /var/log/x, service: x, source: x, tags: "a:b" }\n'
  writeFileSync(join(project.tool, conf), `init_config:\ninstances:\n  - ${interval}\n    tags:\n${logs}`)
  const folder = join(project.tool, 'provision/50-checks/my_metric/root/etc/datadog-agent/conf.d/more.d')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'conf.yaml'), logs)
  await t.notThrowsAsync(renderNamed('full', project))
})
