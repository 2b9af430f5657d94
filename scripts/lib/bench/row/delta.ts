// Row 8.

import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cleanEnvironment } from '../../_helpers/environment.ts'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { readManifest } from '../../bake/manifest.ts'
import { overlayPath } from '../../cache/store.ts'
import type { Bench, OpenRow, Row } from '../measurement.ts'
import { editCheck, makeScratch, runVerb, type Scratch } from '../scratch.ts'
import { runTimed } from '../timed.ts'

/** The layers that an edited check rebuilds, and the resulting image. */
interface Published {
  readonly layers: ReadonlyMap<string, string>
  readonly imageBytes: number
}

const publishEdit = async (scratch: Scratch, log: string): Promise<Published> => {
  await editCheck(scratch)
  await runVerb(scratch, ['bake', scratch.boxFile, '--no-verify'], log)
  const manifest = await readManifest(scratch.box, scratch.project)
  if (manifest === undefined) throw new BoxhoundError('E_BENCH_RUN', 'the bake published no manifest', { file: log })
  return {
    layers: new Map(manifest.layers.map(({ name, id }) => [name, overlayPath(id, scratch.project)])),
    imageBytes: manifest.image.bytes,
  }
}

/** Size of a file compressed by zstd with its defaults. */
const packedBytes = async (path: string, work: string): Promise<number> => {
  const packed = join(work, 'layer.zst')
  const words = ['zstd', '--quiet', '--force', path, '-o', packed] as const
  await runTimed({ words: [...words], cwd: work, environment: cleanEnvironment() }, join(work, 'zstd.log'))
  const { size } = await stat(packed)
  await rm(packed)
  return size
}

const open = async (bench: Bench): Promise<OpenRow> => {
  const { work } = bench
  const scratch = await makeScratch(work, { name: 'delta' }, bench.project)
  bench.say('baking a scratch copy of the lab box, which is not timed')
  let published = await publishEdit(scratch, join(work, 'delta', 'bake.log'))
  const layer = (name: string): string => published.layers.get(name) ?? ''
  const packed = async (...names: string[]): Promise<{ bytes: number }> => {
    let bytes = 0
    for (const name of names) bytes += await packedBytes(layer(name), work)
    return { bytes }
  }
  return {
    sides: [
      {
        name: 'boxhound, the check’s and the sealed layer, zstd',
        tool: 'boxhound',
        command: 'zstd LAYER-OF-THE-CHECKS SEALED-LAYER',
        prepare: async () => {
          published = await publishEdit(scratch, join(work, 'delta', 'bake.log'))
        },
        run: () => packed('checks', 'seal'),
      },
      {
        name: 'boxhound, only the check’s layer, zstd',
        tool: 'boxhound',
        command: 'zstd LAYER-OF-THE-CHECKS',
        run: () => packed('checks'),
      },
      {
        name: 'boxhound, both layers as stored',
        tool: 'boxhound',
        command: 'stat LAYER-OF-THE-CHECKS SEALED-LAYER',
        run: async () => ({ bytes: (await stat(layer('checks'))).size + (await stat(layer('seal'))).size }),
      },
      {
        name: 'the whole image',
        tool: 'image',
        command: 'stat out/lab/lab.qcow2',
        run: async () => ({ bytes: published.imageBytes }),
      },
    ],
  }
}

export const delta: Row = {
  number: 8,
  title: 'Bytes to publish an edit',
  work: 'One file of a check has changed: what must be uploaded so that another machine has the new box?',
  packages: [],
  goals: [{ tool: 'image', quantity: 'bytes', reading: 'times', limit: 500 }],
  notes: [
    'Another machine needs both layers to publish the same image, if it has the layers below. The image is already compressed with zstd; layers are stored uncompressed, and would be compressed for transfer.',
  ],
  open,
}
