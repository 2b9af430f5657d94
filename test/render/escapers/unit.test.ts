import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { has, refused, render, runs, temporaryFolder, values } from '../_render.ts'

/** What systemd itself read from a unit: its dump, which `verify` prints when it logs everything. */
const dump = (t: ExecutionContext, content: string): string => {
  const file = join(temporaryFolder(t), 'x.service')
  writeFileSync(file, content)
  const { stdout } = spawnSync('systemd-analyze', ['verify', '--man=no', '--generators=no', file], {
    encoding: 'utf8',
    env: { ...process.env, SYSTEMD_LOG_LEVEL: 'debug' },
  })
  return stdout
}

const withSystemd = has('systemd-analyze') ? test : test.skip

withSystemd('fault 16: any value comes back byte for byte through systemd in Environment=', (t) => {
  fc.assert(
    fc.property(values, (any) => {
      const all = any.map((value) => value.replaceAll(/\p{Noncharacter_Code_Point}/gu, ''))
      const unit =
        '[Service]\nExecStart=/bin/true\n{{#each all}}\nEnvironment="V{{@index}}={{this}}"\n{{/each}}\nEnvironment=VEND=\n'
      const [, text = ''] =
        /\n\t+Environment: V0=([\s\S]*?)\n\t+Environment: VEND=/.exec(dump(t, render(unit, { all }, 'unit'))) ?? []
      t.deepEqual(text.split(/\n\t+Environment: V\d+=/), all)
    }),
    runs,
  )
})

withSystemd('a whole argument of a command is one argument', (t) => {
  const text = dump(t, render('[Service]\nExecStart=/bin/echo {{a}} end\n', { a: 'x; "y" %h\nz' }, 'unit'))
  t.regex(text, /Command Line: \/bin\/echo "x; \\"y\\" %h\\nz" end/)
})

test('a dollar sign is doubled in commands only', (t) => {
  t.is(render('ExecStart=/bin/x {{a}}', { a: '$HOME' }, 'unit'), 'ExecStart=/bin/x "$$HOME"')
  t.is(render('ExecStartPre=-/bin/x \\\n  {{a}}', { a: '$HOME' }, 'unit'), 'ExecStartPre=-/bin/x \\\n  "$$HOME"')
  t.is(render('Environment="A={{a}}"', { a: '$HOME' }, 'unit'), 'Environment="A=$HOME"')
  t.is(render('Description={{a}}', { a: '$HOME 100%' }, 'unit'), 'Description=$HOME 100%%')
})

test('a value joined to other characters must need no quotes', (t) => {
  t.is(render('ExecStart=/bin/x --port={{p}}', { p: 5050 }, 'unit'), 'ExecStart=/bin/x --port=5050')
  t.regex(
    refused(t, 'Environment=A={{a}}', { a: 'two words' }, 'unit').details.found ?? '',
    /quotes around the whole item/,
  )
})

test('a character that is none is refused, since systemd would drop the whole line', (t) => {
  refused(t, 'Environment="A={{a}}"', { a: '\ufdd0' }, 'unit')
})

test('what a setting without quotes cannot hold is refused', (t) => {
  for (const a of ['', ' x', 'x ', 'a\nExecStart=/bin/evil', 'x\\', '"x"', '#x'])
    refused(t, 'User={{a}}', { a }, 'unit')
})
