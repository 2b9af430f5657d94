// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for the shell
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import test from 'ava'
import { $ } from 'zx'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { sha256File } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { boxFolder, imagePath } from '../../scripts/lib/bake/manifest.ts'
import { publishImage, unfinishedImage } from '../../scripts/lib/bake/publish.ts'
import { layersFolder, overlayPath } from '../../scripts/lib/cache/store.ts'
import { emptyProject, idOf } from '../cache/_store.ts'
import { firstOnPath, programFolder } from './_programs.ts'

// Converting runs in namespaces of its own, which needs root as a bake does.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const tip = idOf('seal')

const storeTip = async (project: Project): Promise<void> => {
  await mkdir(layersFolder(project), { recursive: true })
  await $({ quiet: true })`qemu-img create -q -f qcow2 -- ${overlayPath(project, tip)} 8M`
}

const publishOld = async (project: Project): Promise<void> => {
  await mkdir(boxFolder(project, 'lab'), { recursive: true })
  await writeFile(imagePath(project, 'lab'), 'old image')
}

const publish = (project: Project) => publishImage(tip, 'lab', unfinishedImage('lab', project), project)

rooted('the published file is one whole qcow2, described as it is', async (t) => {
  const project = await emptyProject(t)
  await storeTip(project)
  await publishOld(project)
  const image = await publish(project)
  const path = imagePath(project, 'lab')
  const { size, mtimeMs } = await stat(path)
  t.deepEqual(image, {
    file: 'lab.qcow2',
    format: 'qcow2',
    bytes: size,
    virtualBytes: 8 << 20,
    sha256: await sha256File(path),
    modified: mtimeMs,
  })
  const info = JSON.parse((await $({ quiet: true })`qemu-img info --output=json -- ${path}`).stdout)
  t.is(info['backing-filename'], undefined)
  t.deepEqual(await readdir(boxFolder(project, 'lab')), ['lab.qcow2'])
})

for (const [what, program, expected] of [
  ['fails', 'echo "disk full, says qemu" >&2; exit 1', /status 1[\s\S]*disk full, says qemu/],
  ['cannot say what it wrote', '[[ $1 != info ]] || exit 1; exec REAL "$@"', /wrote no image/],
  [
    'ends well without an output',
    'if [[ $1 == info ]]; then exec REAL "$@"; fi',
    /lab\.qcow2: qemu-img convert wrote no image/,
  ],
  ['ends well with an empty output', 'if [[ $1 == info ]]; then exec REAL "$@"; fi; : >"${!#}"', /wrote no image/],
  [
    'ends well with an image of nothing',
    'if [[ $1 == info ]]; then exec REAL "$@"; fi; REAL create -q -f qcow2 "${!#}" 0',
    /wrote no image[\s\S]*qcow2, 0 bytes/,
  ],
  [
    'ends well with half an output',
    'if [[ $1 == info ]]; then exec REAL "$@"; fi; head -c 100000 /dev/zero >"${!#}"',
    /wrote no image[\s\S]*raw/,
  ],
] as const)
  rooted(`faults 30, 37: when qemu-img ${what}, the old image stays and nothing lies beside it`, async (t) => {
    const project = await emptyProject(t)
    await storeTip(project)
    await publishOld(project)
    const real = (await $({ quiet: true })`which qemu-img`).stdout.trim()
    firstOnPath(t, await programFolder(t, { 'qemu-img': program.replaceAll('REAL', real) }))
    const error = await t.throwsAsync(publish(project), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_PUBLISH')
    t.regex(formatError(error), expected)
    t.deepEqual(await readdir(boxFolder(project, 'lab')), ['lab.qcow2'])
    t.is(await readFile(imagePath(project, 'lab'), 'utf8'), 'old image')
  })
