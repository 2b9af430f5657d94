import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { copiedProject, renderNamed } from './_project.ts'

test('fault 7: YAML that a template broke is refused before anything is written', async (t) => {
  const project = copiedProject(t)
  writeFileSync(
    join(project.tool, 'provision/20-agent/root/etc/datadog-agent/datadog.yaml.hbs'),
    'a: 1\na: {{agent.site}}\n',
  )
  const error = await t.throwsAsync(renderNamed('bare', project), { instanceOf: BoxhoundError })
  t.is(error.details.file, 'provision/20-agent/root/etc/datadog-agent/datadog.yaml.hbs')
})

test('fault 13: a missing name in a template of the project names file, line and the nearest name', async (t) => {
  const project = copiedProject(t)
  const path = 'provision/20-agent/root/etc/datadog-agent/datadog.yaml.hbs'
  writeFileSync(join(project.tool, path), 'a: 1\n{{#if agent.tgas}}b: 2{{/if}}\n')
  const error = await t.throwsAsync(renderNamed('bare', project), { instanceOf: BoxhoundError })
  t.is(error.message, 'unknown name "agent.tgas"')
  t.is(error.details.file, path)
  t.is(error.details.line, 2)
  t.regex(error.details.next ?? '', /did you mean "tags"\?/)
})

test('nothing that is rendered names a path of this machine', async (t) => {
  const { layers, expectations } = await renderNamed('full', copiedProject(t))
  const text = JSON.stringify([
    expectations,
    layers.map(({ files, scripts, spec, folders }) => [spec, folders, files.map(String), scripts.map(String)]),
  ])
  t.false(text.includes('boxhound-test-'))
  for (const { content, source } of layers.flatMap(({ files, scripts }) => [...files, ...scripts]))
    t.false(`${source}${content}`.includes('boxhound-test-'), source)
})
