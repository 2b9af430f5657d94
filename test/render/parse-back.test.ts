import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { parseBack } from '../../scripts/lib/render/parse-back.ts'
import type { Language, RenderedFile } from '../../scripts/lib/render/rendered-box.ts'
import { renderNamed } from './_project.ts'
import { has } from './_render.ts'

const file = (language: Language, path: string, content: string): RenderedFile => ({
  path,
  mode: 0o644,
  language,
  content: Buffer.from(content),
  source: `provision/${path}.hbs`,
})

test('everything that the fixture renders is valid in its own language', async (t) => {
  const { layers } = await renderNamed('full')
  await t.notThrowsAsync(parseBack(layers.flatMap(({ files, scripts }) => [...files, ...scripts])))
})

const broken: readonly (readonly [tool: string | undefined, file: RenderedFile, message: RegExp])[] = [
  ['bash', file('shell', 'a.sh', 'if true; then\n'), /bash -n rejects the rendered file a\.sh/],
  ['shellcheck', file('shell', 'a.sh', '#!/bin/bash\nx=1\n'), /shellcheck rejects/],
  [undefined, file('yaml', 'a.yaml', 'a: [1\n'), /not valid yaml/],
  [undefined, file('yaml', 'a.yaml', 'a: !nosuch b\n'), /not valid yaml/],
  [undefined, file('yaml', 'a.yaml', 'a: 1\na: 2\n'), /not valid yaml/],
  [undefined, file('json', 'a.json', '{"a": }'), /not valid json/],
  [
    'systemd-analyze',
    file('unit', 'etc/systemd/system/a.service', '[Service]\nExecStart=/bin/true\nFoo=bar\n'),
    /systemd-analyze verify/,
  ],
  ['ruby', file('ruby', 'Vagrantfile', 'if\n'), /ruby -c/],
]

for (const [tool, one, message] of broken)
  (tool === undefined || has(tool) ? test : test.skip)(
    `${one.language} that ${tool ?? 'the parser'} refuses is an error that names the template: ${one.content}`,
    async (t) => {
      const error = await t.throwsAsync(parseBack([file(one.language, one.path, ''), one].slice(1)), {
        instanceOf: BoxhoundError,
      })
      t.regex(error.message, message)
      t.is(error.details.file, one.source)
      t.truthy(error.details.found)
      t.false(error.details.found?.includes('boxhound-parse-'), 'no path of a folder that is gone')
    },
  )

test('fault 7: a template that was never rendered is found in rendered YAML', async (t) => {
  const error = await t.throwsAsync(parseBack([file('yaml', 'a.yaml', 'port: {{port}}\n')]), {
    instanceOf: BoxhoundError,
  })
  t.regex(error.details.found ?? '', /never rendered/)
})

test('a unit whose program is in the guest only is taken, and so is a setting newer than this host', async (t) => {
  const unit =
    '[Service]\nExecStart=/opt/nowhere/x\nImportCredential=boxhound.*\n[Install]\nWantedBy=multi-user.target\n'
  await t.notThrowsAsync(parseBack([file('unit', 'etc/systemd/system/x.service', unit)]))
})
