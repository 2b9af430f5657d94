import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { readPackerVersion, recallPackerVersion, requirePacker } from '../../scripts/lib/bake/packer-version.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { testedPackers } from './_packers.ts'
import { firstOnPath, programFolder } from './_programs.ts'

// Asked in namespaces of its own, which needs root as a bake does.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const home = await mkdtemp(join(tmpdir(), 'boxhound-packers-'))
test.after.always(() => rm(home, { recursive: true, force: true }))

for (const { program, version } of testedPackers(home))
  rooted(`Packer ${version} tells its version, and is taken`, async (t) => {
    firstOnPath(t, await programFolder(t, { packer: `exec '${program}' "$@"` }))
    const folder = await temporaryFolder(t)
    t.is(await readPackerVersion(folder), version)
    t.notThrows(() => requirePacker(version))
  })

rooted('the version is a row of the machine’s output: no wording around it matters', async (t) => {
  const rows = "echo '1700000000,,ui,say,Version 9.9.9 ist da'; echo '1700000000,,version,1.14.3'; echo 'Packer v8.8.8'"
  firstOnPath(t, await programFolder(t, { packer: rows }))
  t.is(await readPackerVersion(await temporaryFolder(t)), '1.14.3')
})

rooted('it is asked without a call home and without the user’s own folders', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'home'))
  firstOnPath(t, await programFolder(t, { packer: `env >${folder}/env; echo "$@" >${folder}/words` }))
  await readPackerVersion(join(folder, 'home'))
  const environment = await readFile(join(folder, 'env'), 'utf8')
  t.regex(environment, /^CHECKPOINT_DISABLE=1$/m)
  for (const name of ['HOME', 'PACKER_CONFIG_DIR', 'PACKER_CACHE_DIR'])
    t.regex(environment, new RegExp(`^${name}=${folder}/home$`, 'm'))
  t.is(await readFile(join(folder, 'words'), 'utf8'), '-machine-readable version\n')
})

const refusal = (version: string | undefined): BoxhoundError | undefined => {
  try {
    requirePacker(version)
  } catch (error) {
    if (error instanceof BoxhoundError) return error
    throw error
  }
  return undefined
}

test('1.6.6 is the oldest that is taken; an older one ends a run with 3 and says what to do', (t) => {
  for (const version of ['1.6.6', '1.6.10', '1.7.0', '1.16.0', '2.0.0']) t.is(refusal(version), undefined, version)
  for (const version of ['1.6.5', '1.5.9', '0.12.3']) {
    const error = refusal(version)
    t.is(error?.code, 'E_PACKER_VERSION', version)
    t.is(error?.exitCode, 3)
    t.is(error?.details.expected, 'Packer 1.6.6 or newer')
    t.is(error?.details.found, `Packer ${version}`)
    t.regex(error?.details.next ?? '', /apt-get install packer/)
  }
})

rooted('a program of that name that is none of Packer’s is told as such', async (t) => {
  firstOnPath(t, await programFolder(t, { packer: 'echo "1024 1.2.3 words packed"; exit 1' }))
  const version = await readPackerVersion(await temporaryFolder(t))
  t.is(version, undefined)
  const error = refusal(version)
  t.is(error?.exitCode, 3)
  t.regex(formatError(error), /not HashiCorp’s[\s\S]*prints no version/)
})

rooted('a draft knows the version from before, until another file is the packer on PATH', async (t) => {
  const project = { cache: await temporaryFolder(t) }
  const asked = `${project.cache}/asked`
  const program = (version: string): string => `echo x >>${asked}; echo '1700000000,,version,${version}'`
  const folder = await programFolder(t, { packer: program('1.14.3') })
  firstOnPath(t, folder)
  const calls = async (): Promise<number> => (await readFile(asked, 'utf8')).split('x').length - 1
  const later = { now: Date.now() + 10_000 }
  const path = process.env.PATH ?? ''
  t.is(await recallPackerVersion(project.cache, project, { path }), '1.14.3')
  t.is(await recallPackerVersion(project.cache, project, { path, ...later }), '1.14.3')
  t.is(await calls(), 2, 'new as the file was, it was not trusted')
  t.is(await recallPackerVersion(project.cache, project, { path, ...later }), '1.14.3')
  t.is(await calls(), 2, 'known')
  await writeFile(join(folder, 'packer'), `#!/bin/bash\n${program('1.15.0')}\n`)
  t.is(await recallPackerVersion(project.cache, project, { path, ...later }), '1.15.0')
})
