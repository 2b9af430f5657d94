// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for other languages
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { has, nasty, render, temporaryFolder } from '../_render.ts'

const template = `locals {
  values = [{{#each all}}{{this}}, {{/each}}]
}
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["null.x"]
  provisioner "shell-local" {
    inline = ["echo VALUES=\${base64encode(jsonencode(local.values))}"]
  }
}
`

/** What Packer itself makes of the literals. */
const throughPacker = (folder: string, all: readonly string[]): unknown => {
  writeFileSync(join(folder, 'x.pkr.hcl'), render(template, { all }, 'hcl'))
  const { stdout, stderr } = spawnSync('packer', ['build', '-color=false', folder], {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  })
  const [, encoded] = /VALUES=(\S+)/.exec(stdout) ?? []
  if (encoded === undefined) throw new Error(`packer: ${stdout}${stderr}`)
  return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))
}

const withPacker = has('packer') ? test : test.skip

withPacker('fault 16: any value comes back byte for byte through Packer', (t) => {
  const folder = temporaryFolder(t)
  // HCL normalises text to NFC (its specification says so): a value that isn't in that form can't be told apart from one that is.
  const normal = nasty.map((value) => value.normalize('NFC'))
  fc.assert(
    fc.property(fc.array(normal, { minLength: 50, maxLength: 50 }), (all) => {
      t.deepEqual(throughPacker(folder, all), all)
    }),
    { numRuns: 4, endOnFailure: true },
  )
})

withPacker('fault 17: interpolations of HCL stay literal', (t) => {
  const all = ['${env("HOME")}', '%{ if true }x%{ endif }', '$${x}', '$$${x}', '%%{x}', '$', '%', '${', 'a$']
  t.deepEqual(throughPacker(temporaryFolder(t), all), all)
})

test('fault 17: the start of an interpolation is doubled', (t) => {
  t.is(render('x = {{a}}', { a: '${env("HOME")}%{' }, 'hcl'), 'x = "$${env(\\"HOME\\")}%%{"')
})
