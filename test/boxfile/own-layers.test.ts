import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { fixture } from './_files.ts'
import { boxBeside, head } from './_layers.ts'

const files = {
  'layers/web/layer.yaml': 'packages: [nginx]\n',
  'layers/web/options.yaml': 'port: { type: integer, default: 8080, minimum: 1024 }\nname: { type: string }\n',
  'layers/tools/provision.sh': '#!/bin/bash\ntrue\n',
  'layers/empty/notes.txt': 'nothing\n',
  'layers/_shared/layer.yaml': '{}\n',
}

test('layers are found beside the box file, in order, with their place and options', async (t) => {
  const text = `${head}checks: { my_metric: {} }\nlayers: [tools, { name: web, after: checks, options: { name: a } }]\n`
  const file = boxBeside(t, text, files)
  const { layers = [] } = await loadBox(file, fixture)
  t.deepEqual(
    layers.map(({ name, after, options }) => [name, after, options]),
    [
      ['tools', 'agent', {}],
      ['web', 'checks', { port: 8080, name: 'a' }],
    ],
  )
  t.true(layers.every(({ name, folder }) => folder.endsWith(`/layers/${name}`)))
})

test('a box without layers has none', async (t) => {
  t.false('layers' in (await loadBox(boxBeside(t, head, {}), fixture)))
  t.false('layers' in (await loadBox(boxBeside(t, `${head}layers:\n`, {}), fixture)))
})

for (const [what, layers, message, next] of [
  ['a name instead of a list', 'web', /layers is not valid/, /write a list/],
  ['an empty list', '[]', /layers is not valid/, undefined],
  ['a number', '[7]', /layers\[0\] is not valid/, undefined],
  ['an unknown name', '[wbe]', /no layer named "wbe"/, /did you mean "web"/],
  ['an unknown name without one near', '[postfix]', /no layer named "postfix"/, /add a folder .*layers\/postfix\//],
  ['a folder that starts with _', '[_shared]', /layers\[0\] is not valid/, undefined],
  ['a path', '[../web]', /layers\[0\] is not valid/, undefined],
  ['a folder with nothing in it', '[empty]', /has nothing to apply/, /layer\.yaml/],
  ['one layer twice', '[tools, { name: tools }]', /layers\[1\] is not valid/, /remove it/],
  ['a name that boxhound has', '[seal]', /layers\[0\] is not valid/, /rename/],
  ['an unknown key', '[{ name: tools, aftr: agent }]', /unknown key "aftr"/, /did you mean "after"/],
  ['an unknown place', '[{ name: web, after: chekcs }]', /layers\[0\]\.after/, undefined],
  ['a place that the box lacks', '[{ name: tools, after: app }]', /the box has no app/, /remove after/],
  ['checks, of which it has none', '[{ name: tools, after: checks }]', /the box has no checks/, /remove after/],
  ['an unknown option', '[{ name: web, options: { prot: 1, name: a } }]', /unknown key "prot"/, /did you mean "port"/],
  ['an option out of bounds', '[{ name: web, options: { port: 80, name: a } }]', /options\.port/, undefined],
  ['an option that must be given', '[web]', /options\.name/, undefined],
  ['an option of a layer without any', '[{ name: tools, options: { a: 1 } }]', /unknown key "a"/, /remove it/],
  ['a secret', '[{ name: web, options: { name: a, api_key: 0123456789abcdef0123456789abcdef } }]', /key/, undefined],
] as const)
  test(`layers: ${what} is refused with its place`, async (t) => {
    const file = boxBeside(t, `${head}layers: ${layers}\n`, files)
    const error = await t.throwsAsync(loadBox(file, fixture), { instanceOf: BoxhoundError })
    t.regex(error.message, message)
    t.is(error.exitCode, 2)
    t.is(error.details.line, 5)
    if (next !== undefined) t.regex(error.details.next ?? '', next)
    t.notRegex(`${error.message} ${error.details.found}`, /0123456789abcdef/)
  })

test('an options.yaml that contradicts itself is refused at its place', async (t) => {
  const file = boxBeside(t, `${head}layers: [web]\n`, {
    ...files,
    'layers/web/options.yaml': 'a: { type: integer, default: 1, minimum: 2 }\n',
  })
  const error = await t.throwsAsync(loadBox(file, fixture), { instanceOf: BoxhoundError })
  t.regex(error.details.file ?? '', /layers\/web\/options\.yaml$/)
  t.regex(error.message, /a\.default/)
})
