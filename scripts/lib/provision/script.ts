// Writes the script that turns a stock machine into the box.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, open, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { clearTemporary, publishFile, temporaryName } from '../_helpers/atomic.ts'
import { withCleanup, withoutInterruption } from '../_helpers/cleanup.ts'
import { sha256, sha256File } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { killSandboxes } from '../_helpers/sandbox.ts'
import { boxFolder } from '../bake/manifest.ts'
import { requireFor } from '../bake/requirements.ts'
import { writeArchive } from '../package/archive.ts'
import type { Plan } from '../plan/planned-layer.ts'
import { contextOf } from '../render/context.ts'
import { renderTemplateFile } from '../render/template.ts'
import { type Purpose, stageStock, stockLayers } from './stage.ts'

export interface ProvisionScript {
  readonly path: string
  readonly bytes: number
  readonly layers: readonly { readonly name: string; readonly id: string }[]
  /** False when it was up to date. */
  readonly changed: boolean
}

const fileNames: Readonly<Record<Purpose, string>> = { instance: 'provision.sh', image: 'provision-image.sh' }

const marker = '\n__PAYLOAD__\n'

const source = 'provision/_stock/provision.sh.hbs'

/** The script's text, up to and including the line that precedes the payload. */
export const scriptText = (plan: Plan, payload: string, { tool }: Project, purpose: Purpose = 'instance'): string => {
  const { box } = plan.rendered
  const { id, versionId } = box.base.system
  const layers = stockLayers(plan, purpose).map(({ name, id }) => ({ name, id }))
  const image = purpose === 'image'
  const context = { ...contextOf(box), systemId: id, systemVersion: versionId, payload, layers, image }
  return renderTemplateFile(join(tool, source), context, { source }).content
}

/**
 * Identifies what the script would be built from now. The layers' ids cover everything, since the lab's repository is
 * part of them by content.
 */
const recipeOf = (plan: Plan, project: Project, purpose: Purpose): string =>
  sha256(scriptText(plan, '0'.repeat(64), project, purpose))

/** Reads a complete script; undefined for anything that the script itself would refuse to run. */
const readScript = async (path: string): Promise<{ recipe: string; bytes: number } | undefined> => {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { size } = await file.stat()
    const head = (await file.read(Buffer.alloc(32_768), 0, 32_768, 0)).buffer.toString('latin1')
    const end = head.indexOf(marker) + marker.length
    const text = Buffer.from(head.slice(0, end), 'latin1').toString('utf8')
    const told = /^readonly payload_sha256='([0-9a-f]{64})/m
    const payload = createHash('sha256')
    await pipeline(createReadStream(path, { start: end, highWaterMark: 1 << 20 }), payload)
    if (told.exec(text)?.[1] !== payload.digest('hex')) return undefined
    return { recipe: sha256(text.replace(told, `readonly payload_sha256='${'0'.repeat(64)}`)), bytes: size }
  } finally {
    await file.close()
  }
}

/**
 * Writes out/BOX/provision.sh, or provision-image.sh for a machine that an image is made of: a single script that
 * turns a stock machine of the box's system into the box. Its text is followed by a tar archive of all layers with
 * their external inputs, and contains the archive's digest. The file is written atomically.
 *
 * @throws BoxhoundError E_INPUT, E_FETCH_…, E_KEYS if a download fails; E_PACKAGE.
 */
export const writeProvisionScript = async (
  plan: Plan,
  project: Project,
  note: (line: string) => void,
  purpose: Purpose = 'instance',
): Promise<ProvisionScript> => {
  const folder = boxFolder(plan.rendered.box.name, project)
  const path = join(folder, fileNames[purpose])
  const layers = stockLayers(plan, purpose).map(({ name, id }) => ({ name, id }))
  const there = await readScript(path)
  if (there?.recipe === recipeOf(plan, project, purpose)) {
    // A run that was killed at its very end has left its folder. Another user's folder stays unless there is work to
    // do.
    await withoutInterruption(() => clearTemporary(folder).catch(() => {}))
    return { path, bytes: there.bytes, layers, changed: false }
  }
  requireFor('provision')
  await mkdir(folder, { recursive: true })
  await withoutInterruption(() => clearTemporary(folder))
  const staging = temporaryName(path)
  return withCleanup(
    async () => {
      await killSandboxes()
      // Retried, because an aborted download may just have written its log.
      await rm(staging, { recursive: true, force: true, maxRetries: 10 })
    },
    async () => {
      const [tree, archive, script] = ['tree', 'payload.tar', 'provision.sh'].map((name) => join(staging, name)) as [
        string,
        string,
        string,
      ]
      // A signal removes the folder, so it must not be created after that.
      await withoutInterruption(() => mkdir(tree, { recursive: true }))
      await stageStock(plan, tree, join(staging, 'scratch'), project, note, purpose)
      await writeArchive(
        tree,
        layers.map(({ name }) => name),
        archive,
        path,
        'modes',
      )
      const payload = await sha256File(archive)
      await withoutInterruption(async () => {
        await writeFile(script, scriptText(plan, payload, project, purpose))
        await pipeline(createReadStream(archive), createWriteStream(script, { flags: 'a' }))
        await chmod(script, 0o755)
        await publishFile(script, path)
      })
      const { size: bytes } = await stat(path)
      return { path, bytes, layers, changed: true }
    },
  )
}
