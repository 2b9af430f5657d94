// biome-ignore-all lint/suspicious/noTemplateCurlyInString: values that HCL must not read as templates
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { renderTemplateFile } from '../../scripts/lib/render/template.ts'
import { has, temporaryFolder } from './_render.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What each template under packer/ is given, with values that no HCL may trip over. */
const contexts: Readonly<Record<string, object>> = {
  'chroot.pkr.hcl.hbs': {
    script: '/x "y" ${z}',
    layers: [{ variables: ['A=%{ if true }', 'B=${env("HOME")}'] }, { variables: [] }],
  },
}

for (const name of readdirSync(join(root, 'packer')).filter((entry) => entry.endsWith('.hbs')))
  (has('packer') ? test : test.skip)(`what packer/${name} renders to is valid for Packer`, (t) => {
    const context = contexts[name]
    if (context === undefined) return t.fail(`no context for packer/${name} in this test`)
    const folder = join(temporaryFolder(t), 'template')
    mkdirSync(folder)
    const { content } = renderTemplateFile(join(root, 'packer', name), { ...context }, { source: `packer/${name}` })
    t.true(content.startsWith(`# rendered from packer/${name}, do not edit\n`))
    writeFileSync(join(folder, name.replace(/\.hbs$/, '')), content)
    const { status, stdout, stderr } = spawnSync('packer', ['validate', '-syntax-only', folder], {
      encoding: 'utf8',
      env: { ...process.env, CHECKPOINT_DISABLE: '1' },
    })
    t.is(status, 0, stdout + stderr)
  })
