// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for Packer
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { renderPackerTemplate } from '../../scripts/lib/bake/packer.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const project = { tool: root, root, out: '', cache: '' }
const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]
const layers = [
  { name: 'image', id: a, parent: null },
  { name: 'base', id: b, parent: a },
] as const

test('the template has one step per missing layer, in order, and says where it comes from', (t) => {
  const text = renderPackerTemplate(layers, project)
  t.regex(text.split('\n')[0] ?? '', /rendered from packer\/chroot\.pkr\.hcl\.hbs/i)
  t.is(text.split('provisioner "shell-local"').length - 1, 2)
  const variables = [...text.matchAll(/^ {6}"(BOXHOUND_.*)",$/gm)].map(([, variable]) => variable)
  t.deepEqual(variables, [
    'BOXHOUND_LAYER=image',
    `BOXHOUND_ID=${a}`,
    'BOXHOUND_PARENT=',
    'BOXHOUND_LAYER=base',
    `BOXHOUND_ID=${b}`,
    `BOXHOUND_PARENT=${a}`,
  ])
  t.false(renderPackerTemplate([layers[1]], project).includes('BOXHOUND_LAYER=image'))
  t.notRegex(text, /required_plugins\s*\{/)
})

/** `packer validate`, away from the network and from the user's own folders. */
const validate = (folder: string): { status: number | null; output: string } => {
  const { status, stdout, stderr, error } = spawnSync('packer', ['validate', folder], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, CHECKPOINT_DISABLE: '1', HOME: folder, PACKER_CONFIG_DIR: folder },
  })
  return { status, output: `${stdout}${stderr}${error?.message ?? ''}` }
}

test('packer finds the rendered template valid', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'chroot.pkr.hcl'), renderPackerTemplate(layers, project))
  const { status, output } = validate(folder)
  t.is(status, 0, output)
})

test('packer validate does see what is wrong: a broken template is refused', async (t) => {
  const folder = await temporaryFolder(t)
  const text = renderPackerTemplate(layers, project).replace('environment_vars', 'environment_words')
  await writeFile(join(folder, 'chroot.pkr.hcl'), text)
  t.is(validate(folder).status, 1)
})

test('fault 17: a project in a folder with an odd name stays one literal', async (t) => {
  const odd = join(await temporaryFolder(t), 'a ${env("HOME")} %{ "b\' c')
  await mkdir(join(odd, 'packer/chroot'), { recursive: true })
  for (const name of ['packer/chroot.pkr.hcl.hbs', 'packer/chroot/layer.sh'])
    await copyFile(join(root, name), join(odd, name))
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'chroot.pkr.hcl'), renderPackerTemplate(layers, { ...project, tool: odd }))
  // Valid only when packer finds the script under the very name: it looks for it.
  const { status, output } = validate(folder)
  t.is(status, 0, output)
})
