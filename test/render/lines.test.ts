import { readFileSync } from 'node:fs'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { observeCheckContext } from '../../scripts/lib/observe/context.ts'
import { renderTemplate, templateLines } from '../../scripts/lib/render/template.ts'

const context = { list: ['a', 'b'], none: [], value: 'v', yes: true }
const linesOf = (template: string): number[] => templateLines(template, context, { file: 'some.hbs', language: 'text' })

test('without blocks each line is its own', (t) => {
  t.deepEqual(linesOf('a\nb {{value}}\n{{value}}\n'), [1, 2, 3, 4])
  t.deepEqual(linesOf(''), [1])
  t.deepEqual(linesOf('a\r\n{{#if yes}}\r\nb\r\n{{/if}}\r\nc'), [1, 3, 5])
})

test('blocks that stand alone are left out, those within a line are not', (t) => {
  t.deepEqual(linesOf('a\n{{#if yes}}\nb\n{{/if}}\nc'), [1, 3, 5])
  t.deepEqual(linesOf('a\n{{#if yes}}\n\n\nb\n{{/if}}\n\nc'), [1, 3, 4, 5, 7, 8])
  t.deepEqual(linesOf('{{#if none}}\na\n{{else if yes}}\nb\n{{else}}\nc\n{{/if}}\nd'), [4, 8])
  t.deepEqual(linesOf('a {{#if yes}}b{{/if}}\nc'), [1, 2])
  t.deepEqual(linesOf('{{#if yes}}\n{{value}}: 1\n{{/if}}\n'), [2, 4])
  t.deepEqual(linesOf('{{~#if yes}}\n\n  a\n{{~/if}}\nb'), [2, 3])
})

test('lines of a loop come as often as it runs', (t) => {
  t.deepEqual(linesOf('{{#each list}}\n- {{this}}\n  b\n{{/each}}\nc'), [2, 3, 2, 3, 5])
  t.deepEqual(linesOf('{{#each list}}{{this}},{{/each}}\nc'), [1, 2])
  t.deepEqual(linesOf('{{#each list}}\n{{#each ../list}}\n{{this}}\n{{/each}}\n{{/each}}\nc'), [3, 3, 3, 3, 6])
})

test('of the project’s own templates each line without a value is the one that is meant', async (t) => {
  const box = await loadBox('lab', projectAt(process.cwd(), {}))
  const [check] = box.checks
  if (check === undefined) return t.fail('the lab box has a check')
  for (const file of [
    'observe/board.yaml.hbs',
    'observe/downtimes.yaml.hbs',
    'observe/host.yaml.hbs',
    'provision/30-database/_mysql/observe.yaml.hbs',
    'provision/40-app/_flask/observe.yaml.hbs',
    'provision/50-checks/my_metric/observe.yaml.hbs',
    'provision/50-checks/my_metric/conf.yaml.hbs',
    'provision/20-agent/root/etc/datadog-agent/datadog.yaml.hbs',
  ]) {
    const template = readFileSync(file, 'utf8')
    const options = { file, language: 'yaml' } as const
    const text = renderTemplate(template, observeCheckContext(box, check), options).split('\n')
    const lines = templateLines(template, observeCheckContext(box, check), options)
    t.is(lines.length, text.length, file)
    const written = template.split('\n')
    for (const [index, line] of text.entries()) {
      const own = written[(lines[index] ?? 0) - 1]?.replaceAll('\\{{', '{{') ?? ''
      if (/(?<!\\)\{\{/.test(written[(lines[index] ?? 0) - 1] ?? '')) t.is(line.slice(0, 2), own.slice(0, 2), file)
      else t.is(line, own, `${file}:${lines[index]}`)
    }
  }
})
