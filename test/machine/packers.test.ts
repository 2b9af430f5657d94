import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { testedPackers } from '../bake/_packers.ts'
import { assertWhole } from './_image.ts'
import { newEdition, type TinyProject, tinyProject, write } from './_project.ts'
import { bake, type Ended } from './_run.ts'
import { tracesOf } from './_traces.ts'

const home = mkdtempSync(join(tmpdir(), 'boxhound-packers-'))
test.after.always(() => rmSync(home, { recursive: true, force: true }))

/** Puts a program in the place of Packer for the bakes of a project. */
const usePacker = (project: TinyProject, text: string): ((...words: string[]) => Promise<Ended>) => {
  const bin = join(project.tool, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'packer'), text)
  chmodSync(join(bin, 'packer'), 0o755)
  return (...words) => bake(project, 'one', words, { PATH: `${bin}:${process.env.PATH}` })
}

const failAgent = (project: TinyProject): void =>
  write('provision/20-agent/provision.sh', 'echo the database is not there >&2\nexit 9\n', project)

/** Bakes, then bakes a layer that fails: what a bake tells must be the same with every Packer. */
const assertBakes = async (
  t: ExecutionContext,
  project: TinyProject,
  run: (...words: string[]) => Promise<Ended>,
): Promise<void> => {
  const { code, stdout, stderr } = await run()
  t.is(code, 0, stderr)
  for (const step of ['image', 'base', 'agent', 'seal', 'publish'])
    t.regex(stdout, new RegExp(`^ {2}${step} +built`, 'm'))
  await assertWhole(t, 'one', project)
  failAgent(project)
  const failed = await run()
  t.is(failed.code, 1)
  t.regex(failed.stdout, /^ {2}base +cached[\s\S]*^ {2}agent +failed/m)
  t.regex(failed.stderr, /^provision\/20-agent\/provision\.sh: layer "agent" failed$/m)
  t.regex(failed.stderr, / \| the database is not there\n/)
  t.deepEqual(tracesOf(project), [])
}

for (const { program, version } of testedPackers(home)) {
  const real = `#!/bin/sh\nexec '${program}' "$@"\n`

  test(`Packer ${version} bakes, and a layer that fails is told`, async (t) => {
    const project = await tinyProject(t)
    await assertBakes(t, project, usePacker(project, real))
    const { tools } = JSON.parse(readFileSync(join(project.out, 'one/manifest.json'), 'utf8'))
    t.is(tools.packer, version)
  })

  test(`Packer ${version} bakes with the store in a deep folder: its sockets have short paths`, async (t) => {
    const project = await tinyProject(t)
    const deep = { ...project, cache: join(project.tool, 'deep'.repeat(30), 'cache') }
    const { code, stderr } = await usePacker(deep, real)()
    t.is(code, 0, stderr)
    await assertWhole(t, 'one', deep)
    t.deepEqual(tracesOf(deep), [])
  })
}

/** Runs the steps of the template as Packer does, and prints what no Packer ever printed: another language, bytes, lies. */
const babel = `#!/usr/bin/env python3
import json, os, re, subprocess, sys, time
def babble(*lines):
    for line in lines:
        sys.stdout.buffer.write(line + b"\\n")
        sys.stderr.buffer.write(line[::-1] + b"\\n")
    sys.stdout.flush()
babble("\\u6784\\u5efa\\u5931\\u8d25 \\u2014 Fehler: alles in Ordnung".encode(), b"\\xff\\xfe\\x00 Packer v0.0.1")
babble(b'{"layer":"agent","event":"failed","at":1}', b"== script 01-agent.sh", b"==> null.chroot: error: exit status 1")
if "version" in sys.argv:
    print("%d,,version,1.99.0" % time.time())
    sys.exit()
text = open(os.path.join(sys.argv[-1], "chroot.pkr.hcl")).read()
for step in text.split('provisioner "shell-local"')[1:]:
    script = json.loads(re.search(r"script\\s*=\\s*(.*)", step).group(1))
    variables = [json.loads(line) for line in re.findall(r'^\\s*("[A-Z_]+=.*"),$', step, re.M)]
    done = subprocess.run([script], env={**os.environ, **dict(v.split("=", 1) for v in variables)})
    if done.returncode:
        babble("Build erfolgreich, 0 Fehler".encode())
        sys.exit(3)
babble(b"Some builds didn't complete successfully and had errors")
`

test('nothing hangs on what Packer prints: only on its steps’ events and its exit status', async (t) => {
  const project = await tinyProject(t)
  await assertBakes(t, project, usePacker(project, babel))
})

for (const [what, program] of [
  ['says that all is done and does nothing', 'echo "Builds finished"; exit 0'],
  ['ends with another status than 0', 'echo "Builds finished"; exit 7'],
] as const)
  test(`a Packer that ${what} is no bake`, async (t) => {
    const project = await tinyProject(t)
    const version = 'if [ "$2" = version ]; then echo "1700000000,,version,1.16.0"; exit; fi'
    const { code, stderr } = await usePacker(project, `#!/bin/sh\n${version}\n${program}\n`)()
    t.is(code, 1)
    t.regex(stderr, /packer\.log: packer build ended with status [07]\n +expected: 4 layers\n +found: +0 layers/)
    t.deepEqual(tracesOf(project), [])
  })

test('too old a Packer ends a bake with 3 before a step is started; with every layer stored none is asked for', async (t) => {
  const project = await tinyProject(t)
  const old = '#!/bin/sh\n[ "$2" = version ] || touch "$0.built"\necho "1700000000,,version,1.5.6"\n'
  const { code, stderr } = await usePacker(project, old)()
  t.is(code, 3, stderr)
  t.regex(stderr, /this Packer is too old\n +expected: Packer 1\.6\.6 or newer\n +found: +Packer 1\.5\.6/)
  t.throws(() => readFileSync(join(project.tool, 'bin/packer.built')), { code: 'ENOENT' })
  t.deepEqual(tracesOf(project), [])
  t.is((await bake(project)).code, 0)
  rmSync(join(project.out, 'one/one.qcow2'))
  t.is((await usePacker(project, old)()).code, 0, 'published again from the stored layers')
  newEdition(1, project)
  t.is((await usePacker(project, old)()).code, 3)
})
