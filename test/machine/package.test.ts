import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { sha256File } from '../../scripts/lib/_helpers/hash.ts'
import { imagePath } from '../../scripts/lib/bake/manifest.ts'
import { assertWhole } from './_image.ts'
import { newEdition, type TinyProject, tinyProject, write } from './_project.ts'
import { randomFrom } from './_random.ts'
import { bake, type Ended, startVerb } from './_run.ts'
import { tracesOf } from './_traces.ts'
import { boxFile, catalogOf, digestOf, guestFiles, listed, packagedOf, unpack } from './_vagrant.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const step = 'usr/lib/boxhound/first-boot.d/early/50-vagrant'
const both = ['--provider', 'libvirt', '--provider', 'virtualbox']

/** A tiny project whose image has the folders that Vagrant's layer goes into. */
const packableProject = async (t: ExecutionContext): Promise<TinyProject> => {
  const project = await tinyProject(t)
  for (const folder of ['provision/95-vagrant', 'scripts/lib/package'])
    cpSync(join(repository, folder), join(project.tool, folder), { recursive: true })
  for (const name of ['input.sh', 'first-boot.d/early/30-host-keys']) {
    const path = `provision/10-base/root/usr/lib/boxhound/${name}`
    write(path, '#!/bin/sh\n', project)
    chmodSync(join(project.tool, path), 0o755)
  }
  return project
}

const pack = (project: TinyProject, words: readonly string[] = [], name = 'one'): Promise<Ended> =>
  startVerb(project, ['package', name, ...words]).ended

const ok = async (t: ExecutionContext, running: Promise<Ended>): Promise<Ended> => {
  const ended = await running
  t.is(ended.code, 0, ended.stdout + ended.stderr)
  return ended
}

const setVersion = (project: TinyProject, version: string): void => {
  const path = join(project.root, 'boxes/one.yaml')
  write('boxes/one.yaml', readFileSync(path, 'utf8').replace(/^version: .*$/m, `version: ${version}`), project)
}

/** Everything that packaging makes fits: lists, files, and the name of the newest. */
const assertPackaged = (t: ExecutionContext, project: TinyProject, where = ''): void => {
  for (const { version, provider, path, checksum } of listed(project)) {
    t.is(path, boxFile(`one-${version}-${provider}.box`, project), where)
    t.is(digestOf(`one-${version}-${provider}.box`, project), checksum, `${where} ${version} ${provider}`)
  }
  const newest = new Map(listed(project).map(({ provider, path }) => [provider, path]))
  for (const [provider, path] of newest)
    t.is(statSync(boxFile(`one-${provider}.box`, project)).ino, statSync(path).ino, where)
  t.deepEqual(tracesOf(project), [], where)
}

/** Code and exit status of a run that must fail, by its JSON document. */
const refusal = async (
  project: TinyProject,
  words: readonly string[] = [],
): Promise<Ended & { error: { code: string } }> => {
  const ended = await pack(project, [...words, '--json'])
  return { ...ended, error: JSON.parse(ended.stdout || '{}').error ?? { code: 'none' } }
}

test.serial('without a published image, or with another one than its manifest’s, nothing is made', async (t) => {
  const project = await packableProject(t)
  const none = await refusal(project)
  t.is(none.code, 1)
  t.is(none.error.code, 'E_NOT_PUBLISHED')
  t.regex(none.stderr, /one has not been baked\n {2}next: +npm run bake -- one\n/)
  t.false(existsSync(project.out))
  t.deepEqual(tracesOf(project), [])

  await ok(t, bake(project))
  setVersion(project, '1.1.0')
  const raised = await refusal(project)
  t.is(raised.code, 1)
  t.regex(
    raised.stderr,
    /boxes\/one\.yaml: the published image and the box file have different versions[\s\S]*version 1\.1\.0[\s\S]*1\.0\.0/,
  )
  t.deepEqual(packagedOf(project), {})

  setVersion(project, '1.0.0')
  appendFileSync(imagePath('one', project), 'more')
  const damaged = await refusal(project)
  t.is(damaged.code, 1)
  t.is(damaged.error.code, 'E_IMAGE_DIGEST')
  t.deepEqual(packagedOf(project), {})
  t.deepEqual(tracesOf(project), [])
})

test.serial(
  'an unknown provider, a folder that is none on a web server, or a version that Vagrant doesn’t take: exit code 2, nothing made',
  async (t) => {
    const project = await packableProject(t)
    await ok(t, bake(project))
    for (const words of [
      ['--provider', 'vmware'],
      ['--provider', 'libvirt', '--provider', 'x'],
      ['--url', 'ftp://a/'],
    ]) {
      const { code, stderr } = await pack(project, words)
      t.is(code, 2, words.join(' '))
      t.regex(stderr, /libvirt|https:/)
    }
    setVersion(project, '1.0.0+local')
    await ok(t, bake(project))
    const { code, error, stderr } = await refusal(project)
    t.is(code, 2)
    t.is(error.code, 'E_BOX_VERSION')
    t.regex(stderr, /boxes\/one\.yaml: not a version that Vagrant accepts/)
    t.deepEqual(packagedOf(project), {})
    t.deepEqual(tracesOf(project), [])
  },
)

test.serial(
  'a box is the golden image and Vagrant’s layer, nothing else; the golden image stays as it was',
  async (t) => {
    const project = await packableProject(t)
    await ok(t, bake(project))
    const before = await assertWhole(t, 'one', project)
    await ok(t, pack(project, both))
    t.deepEqual(await assertWhole(t, 'one', project), before)
    assertPackaged(t, project)

    const libvirt = unpack(t, boxFile('one-libvirt.box', project))
    t.deepEqual(libvirt.names, ['metadata.json', 'info.json', 'Vagrantfile', 'box_0.img'])
    const virtualbox = unpack(t, boxFile('one-virtualbox.box', project))
    t.deepEqual(virtualbox.names, ['metadata.json', 'info.json', 'Vagrantfile', 'box.ovf', 'box.vmdk'])

    const golden = guestFiles(imagePath('one', project))
    const inBox = guestFiles(join(libvirt.folder, 'box_0.img'))
    t.deepEqual(
      [...inBox].filter(([path, about]) => golden.get(path) !== about).map(([path]) => path),
      [step],
    )
    t.regex(inBox.get(step) ?? '', /^f 0755 0:0 +[0-9a-f]{64}$/)
    t.deepEqual(
      [...golden.keys()].filter((path) => !inBox.has(path)),
      [],
    )
    t.false([...golden.keys()].some((path) => path.includes('vagrant')))

    const files = [join(libvirt.folder, 'box_0.img'), join(virtualbox.folder, 'box.vmdk')]
    const compared = spawnSync('qemu-img', ['compare', '-f', 'qcow2', '-F', 'vmdk', ...files], { encoding: 'utf8' })
    t.is(compared.status, 0, compared.stdout + compared.stderr)
    t.regex(
      readFileSync(join(virtualbox.folder, 'box.ovf'), 'utf8'),
      new RegExp(`ovf:size="${statSync(files[1] ?? '').size}"`),
    )
  },
)

test.serial(
  'the same image gives the same boxes byte for byte, also from an emptied store and in another folder',
  async (t) => {
    const project = await packableProject(t)
    await ok(t, bake(project))
    await ok(t, pack(project, both))
    const names = ['one-1.0.0-libvirt.box', 'one-1.0.0-virtualbox.box']
    const first = names.map((name) => digestOf(name, project))

    rmSync(project.cache, { recursive: true })
    for (const name of Object.keys(packagedOf(project))) rmSync(boxFile(name, project))
    await ok(t, pack(project, ['--provider', 'virtualbox', '--provider', 'libvirt']))
    t.deepEqual(
      names.map((name) => digestOf(name, project)),
      first,
    )

    const other = await packableProject(t)
    mkdirSync(join(other.out, 'one'), { recursive: true })
    for (const name of ['one.qcow2', 'manifest.json', 'expectations.json'])
      cpSync(boxFile(name, project), boxFile(name, other))
    await ok(t, pack(other, both))
    t.deepEqual(
      names.map((name) => digestOf(name, other)),
      first,
    )
    assertPackaged(t, other)
  },
)

test.serial('packaged again, nothing is made; what is missing, changed or asked for in addition is', async (t) => {
  const project = await packableProject(t)
  await ok(t, bake(project))
  await ok(t, pack(project))
  const [first, catalog] = [packagedOf(project), readFileSync(boxFile('catalog.json', project))]
  const boxesOf = (packaged: Readonly<Record<string, string>>) =>
    Object.entries(packaged).filter(([name]) => name.endsWith('.box'))
  t.regex((await ok(t, pack(project))).stdout, /one-1\.0\.0-libvirt\.box is up to date/)
  t.deepEqual(boxesOf(packagedOf(project)), boxesOf(first))
  t.deepEqual(readFileSync(boxFile('catalog.json', project)), catalog)
  rmSync(boxFile('one-libvirt.box', project))
  t.regex((await ok(t, pack(project))).stdout, /is up to date/, 'only a name is missing')
  assertPackaged(t, project)
  const told = JSON.parse((await ok(t, pack(project, ['--json']))).stdout)
  t.like(told.boxes[0], { changed: false, sha256: digestOf('one-libvirt.box', project) })

  await ok(t, pack(project, ['--provider', 'virtualbox', '--url', 'https://boxes.example/one']))
  t.deepEqual(
    listed(project).map(({ provider }) => provider),
    ['libvirt', 'virtualbox'],
  )
  t.is(
    catalogOf(project, 'web/catalog.json').versions[0]?.providers[0]?.url,
    'https://boxes.example/one/one-1.0.0-libvirt.box',
  )
  assertPackaged(t, project)

  for (const damage of [
    () => appendFileSync(boxFile('one-1.0.0-libvirt.box', project), 'more'),
    () => rmSync(boxFile('one-1.0.0-libvirt.box', project)),
    () => write('packer/vagrant/hardware.yaml', 'memoryMiB: 1024\ncpus: 1\nbootTimeout: 60\n', project),
  ]) {
    damage()
    t.notRegex((await ok(t, pack(project))).stdout, /up to date/)
    assertPackaged(t, project)
  }
  const { folder } = unpack(t, boxFile('one-libvirt.box', project))
  t.regex(readFileSync(join(folder, 'Vagrantfile'), 'utf8'), /memory = 1024\n/)
})

test.serial('a new version keeps the old one, file and line; a lower one is refused with exit code 2', async (t) => {
  const project = await packableProject(t)
  for (const version of ['1.9.0', '1.10.0-rc1', '1.10.0']) {
    setVersion(project, version)
    await ok(t, bake(project))
    await ok(t, pack(project))
    t.is(digestOf('one-libvirt.box', project), digestOf(`one-${version}-libvirt.box`, project))
  }
  t.deepEqual(
    listed(project).map(({ version }) => version),
    ['1.9.0', '1.10.0-rc1', '1.10.0'],
  )
  assertPackaged(t, project)
  t.is(new Set(listed(project).map(({ checksum }) => checksum)).size, 3)

  const before = packagedOf(project)
  setVersion(project, '1.9.1')
  await ok(t, bake(project))
  const { code, error, stderr } = await refusal(project)
  t.is(code, 2)
  t.is(error.code, 'E_OLD_VERSION')
  t.regex(stderr, /expected: version 1\.10\.0 or newer\n {2}found: +1\.9\.1\n/)
  t.deepEqual(packagedOf(project), before)

  setVersion(project, '1.10.0')
  newEdition(1, project)
  await ok(t, bake(project))
  t.regex((await ok(t, pack(project))).stderr, /version 1\.10\.0 had another image/)
  assertPackaged(t, project)
  t.deepEqual(
    listed(project).map(({ version }) => version),
    ['1.9.0', '1.10.0-rc1', '1.10.0'],
  )
})

test.serial('a list of boxes that cannot be read stays, and so does the catalogue', async (t) => {
  const project = await packableProject(t)
  await ok(t, bake(project))
  await ok(t, pack(project))
  write('one/boxes.json', '[{', { ...project, tool: project.out })
  const before = packagedOf(project)
  const { code, error } = await refusal(project)
  t.is(code, 1)
  t.is(error.code, 'E_RECORDS')
  t.deepEqual(packagedOf(project), before)
})

const digestsOf = (project: TinyProject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(packagedOf(project)).map(([name, about]) => [name, about.slice(0, 64)]))

test.serial(
  'fault 30: with a disk that is full at any point the earlier box and catalogue stay, and nothing half-made is left',
  async (t) => {
    const project = await packableProject(t)
    mkdirSync(project.out)
    const mount = (options: string): void => {
      const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'boxhound-small-disk', project.out])
      if (status !== 0) throw new Error(stderr.toString())
    }
    mount('size=400m')
    t.teardown(() => spawnSync('umount', ['--lazy', project.out]))
    await ok(t, bake(project))
    await ok(t, pack(project))
    const first = digestsOf(project)
    const lists = ['catalog.json', 'boxes.json'].map((name) => [name, readFileSync(boxFile(name, project))] as const)
    setVersion(project, '1.1.0')
    await ok(t, bake(project))
    const used = Number(
      spawnSync('df', ['--output=used', '-k', project.out], { encoding: 'utf8' }).stdout.split('\n')[1],
    )
    /** Whether there is room for the second box with so many pages left; it is taken away again. */
    const fits = async (pages: number): Promise<boolean> => {
      mount(`remount,size=${used + pages * 4}k`)
      const { code, stderr } = await pack(project)
      t.deepEqual(tracesOf(project), [], `${pages} pages`)
      if (code === 0) {
        assertPackaged(t, project, `${pages} pages`)
        const { folder } = unpack(t, boxFile('one-libvirt.box', project))
        t.true(guestFiles(join(folder, 'box_0.img')).has(step), `${pages} pages`)
        for (const name of ['one-1.1.0-libvirt.box', 'one-libvirt.box']) rmSync(boxFile(name, project))
        linkSync(boxFile('one-1.0.0-libvirt.box', project), boxFile('one-libvirt.box', project))
        for (const [name, content] of lists) writeFileSync(boxFile(name, project), content)
        return true
      }
      t.is(code, 1, stderr)
      t.regex(stderr, /is the disk full\?/, `${pages} pages`)
      t.notRegex(stderr, /^ {4}at /m, 'an error of ours, not a stack')
      t.deepEqual(digestsOf(project), first, `${pages} pages`)
      return false
    }
    // By halves to the page that decides: in the middle of the copy, the layer, the archive, and at the very end.
    let [small, large] = [0, statSync(imagePath('one', project)).size >> 10]
    t.true(await fits(large))
    for (const pages of [0, 1, 2]) t.false(await fits(pages))
    while (large - small > 1) {
      const middle = (small + large) >> 1
      if (await fits(middle)) large = middle
      else small = middle
    }
    t.log(`${large} pages are enough, ${small} are not`)
    mount('remount,size=400m')
    await ok(t, pack(project, both))
    t.deepEqual(
      listed(project).map(({ version, provider }) => `${version} ${provider}`),
      ['1.0.0 libvirt', '1.1.0 libvirt', '1.1.0 virtualbox'],
    )
    assertPackaged(t, project)
  },
)

const kills = 12

test.serial(
  `faults 25, 26: packaging that is killed at any of ${kills} moments leaves whole boxes, and the next run mends the rest`,
  async (t) => {
    const seed = Number(process.env.BOXHOUND_SEED ?? Date.now() % 1_000_000)
    t.log(`seed ${seed}: BOXHOUND_SEED=${seed} repeats these moments`)
    const random = randomFrom(seed)
    const project = await packableProject(t)
    await ok(t, bake(project))
    const golden = await sha256File(imagePath('one', project))
    const begin = performance.now()
    await ok(t, pack(project, both))
    let length = performance.now() - begin
    const signals = ['SIGINT', 'SIGKILL', 'SIGTERM', 'SIGKILL'] as const
    let [interrupted, late] = [0, 0]
    for (let round = 0; round < kills; round++) {
      // Other files in every box, so that each round makes both anew.
      write('packer/vagrant/hardware.yaml', `memoryMiB: ${512 + round}\ncpus: 1\nbootTimeout: 60\n`, project)
      const signal = signals[round % signals.length] ?? 'SIGKILL'
      const after = random() * length
      const where = `seed ${seed}, round ${round}, ${signal} after ${after.toFixed(0)} of ${length.toFixed(0)} ms`
      const { child, ended } = startVerb(project, ['package', 'one', ...both])
      await Promise.race([ended, delay(after)])
      child.kill(signal)
      const { code, stderr } = await ended
      t.true(code === 0 || code === 128 + constants.signals[signal], `${where}: ended with ${code}\n${stderr}`)
      if (code !== 0) interrupted += 1
      if (signal !== 'SIGKILL') t.deepEqual(tracesOf(project), [], where)
      for (const { version, provider, path, checksum } of listed(project)) {
        // Else a new one whose line in the catalogue is a moment late.
        if ((await sha256File(path)) === checksum) continue
        const { folder, names } = unpack(t, path)
        t.notThrows(() => guestFiles(join(folder, names.at(-1) ?? '')), `${where}: ${version} ${provider}`)
        late += 1
      }
      t.is(await sha256File(imagePath('one', project)), golden, where)
      const again = performance.now()
      await ok(t, pack(project, both))
      length = Math.max(length / 2, performance.now() - again)
      assertPackaged(t, project, where)
      t.is(listed(project).length, 2, where)
      const { folder } = unpack(t, boxFile('one-libvirt.box', project))
      t.regex(readFileSync(join(folder, 'Vagrantfile'), 'utf8'), new RegExp(`memory = ${512 + round}\n`), where)
    }
    t.log(`${interrupted} of ${kills} runs were ended in the middle; ${late} boxes were there before their lines`)
    t.true(interrupted >= kills / 3, 'signals came while it ran')
  },
)

test.serial(
  'fault 27: while a box is packaged it is not baked, nor packaged twice, and the other way round; each names who is at it',
  async (t) => {
    const project = await packableProject(t)
    await ok(t, bake(project))
    const lock = join(project.cache, 'locks/box-one.json')
    /** Starts a verb and stops it where it holds the lock, until `release` lets it go on. */
    const held = async (words: readonly string[]) => {
      const run = startVerb(project, words)
      while (!existsSync(lock)) {
        if (run.child.exitCode !== null) throw new Error(run.output())
        await delay(2)
      }
      run.child.kill('SIGSTOP')
      return { ...run, release: () => run.child.kill('SIGCONT') }
    }
    // Without that there would be nothing to bake, which needs no lock.
    newEdition(1, project)
    const packaging = await held(['package', 'one'])
    for (const refused of [await bake(project), await pack(project)]) {
      t.is(refused.code, 1)
      t.regex(
        refused.stderr,
        new RegExp(`another run holds the lock[\\s\\S]*process ${packaging.child.pid}, "package one"`),
      )
    }
    packaging.release()
    await ok(t, packaging.ended)
    assertPackaged(t, project)

    const before = packagedOf(project)
    newEdition(1, project)
    const baking = await held(['bake', 'one', '--no-verify'])
    const refused = await refusal(project)
    t.is(refused.code, 1)
    t.is(refused.error.code, 'E_LOCKED')
    t.regex(refused.stderr, new RegExp(`process ${baking.child.pid}, "bake one"`))
    t.deepEqual(packagedOf(project), before)
    baking.release()
    await ok(t, baking.ended)
    // Another box is nobody's business.
    await ok(t, pack(project))
    assertPackaged(t, project)
  },
)

const vagrant = spawnSync('vagrant', ['--version']).status === 0 ? test.serial : test.serial.skip

vagrant(
  'Vagrant itself takes the boxes from the catalogue, the newest version first, its checksum checked',
  async (t) => {
    const project = await packableProject(t)
    for (const version of ['1.0.0', '1.1.0']) {
      setVersion(project, version)
      await ok(t, bake(project))
      await ok(t, pack(project, both))
    }
    const home = join(project.tool, 'home of vagrant')
    const run = (...words: string[]): { status: number | null; output: string } => {
      const { status, stdout, stderr } = spawnSync('vagrant', ['--no-color', ...words], {
        cwd: '/',
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: project.tool, VAGRANT_HOME: home, VAGRANT_CHECKPOINT_DISABLE: '1' },
      })
      return { status, output: stdout + stderr }
    }
    const catalog = boxFile('catalog.json', project)
    for (const provider of ['libvirt', 'virtualbox']) {
      const added = run('box', 'add', '--provider', provider, catalog)
      t.is(added.status, 0, added.output)
      t.regex(added.output, /Calculating and comparing box checksum/)
    }
    t.regex(run('box', 'list').output, /boxhound\/one +\(libvirt, 1\.1\.0\)\nboxhound\/one +\(virtualbox, 1\.1\.0\)\n/)
    t.is(run('box', 'add', '--provider', 'libvirt', '--box-version', '1.0.0', catalog).status, 0)
    appendFileSync(boxFile('one-1.1.0-libvirt.box', project), 'x')
    const refused = run('box', 'add', '--force', '--provider', 'libvirt', catalog)
    t.not(refused.status, 0)
    t.regex(refused.output, /checksum/)
    t.true(readdirSync(join(home, 'boxes')).length > 0)
  },
)
