import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { sha256File } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { imagePath, type Manifest, readManifest } from '../../scripts/lib/bake/manifest.ts'
import { overlayPath } from '../../scripts/lib/cache/store.ts'

const qemuImg = (...words: string[]): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync('qemu-img', words, { encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

/** The text of a file in a baked image, read from its file system; undefined when it isn't there. */
export const readGuest = (image: string, path: string): string | undefined => {
  const raw = `${image}.raw-for-test`
  const script = `qemu-img convert -O raw -- "$1" "$2" && debugfs -R "cat $3" "$2?offset=1048576" 2>/dev/null; rm -f -- "$2"`
  const { stdout } = spawnSync('bash', ['-c', script, 'bash', image, raw, path], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  return stdout === '' ? undefined : stdout
}

/** The file system of a baked image passes a full check. */
export const isFileSystemClean = (image: string): boolean => {
  const script =
    'raw=$(mktemp) && trap \'rm -f -- "$raw"\' EXIT && qemu-img convert -O raw -- "$1" "$raw" && e2fsck -fn "$raw?offset=1048576"'
  return spawnSync('bash', ['-c', script, 'bash', image]).status === 0
}

/** What is published is one whole image: its manifest's digest, qemu's own check, the content of the layers it was made from. */
export const assertWhole = async (
  t: ExecutionContext,
  box: string,
  project: Project,
): Promise<Manifest | undefined> => {
  const manifest = await readManifest(box, project)
  const path = imagePath(box, project)
  t.is<string | undefined, string | undefined>(await sha256File(path), manifest?.image.sha256)
  const check = qemuImg('check', '-q', path)
  t.is(check.status, 0, check.output)
  const tip = manifest?.layers.at(-1)?.id ?? ''
  const compare = qemuImg('compare', path, overlayPath(tip, project))
  t.is(compare.status, 0, compare.output)
  return manifest
}

/** The digest that the manifest of a box names, if there is one. */
export const manifestDigest = (box: string, project: Project): string | undefined => {
  const path = join(project.out, box, 'manifest.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).image.sha256 : undefined
}
