// Files that a Vagrant box adds to the golden image.

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { contextOf, hasCloudInit } from '../render/context.ts'
import type { RenderedFile } from '../render/rendered-box.ts'
import { renderTree } from '../render/tree.ts'

/**
 * The files that a Vagrant box adds to the golden image: the first-boot step that lets Vagrant in, and, without a
 * cloud, the settings that replace a seed. By their paths in the guest.
 */
export const vagrantFiles = (box: Box, { tool }: Project): RenderedFile[] =>
  ['root', ...(hasCloudInit(box.base) ? ['cloud-init/root'] : [])].flatMap((name) => {
    const source = `provision/95-vagrant/${name}`
    return renderTree({ file: join(tool, source), source }, contextOf(box))
  })

/** Writes these files as a tree that mirrors the guest's `/`. */
export const writeVagrantTree = async (files: readonly RenderedFile[], folder: string): Promise<void> => {
  for (const { path, mode, content } of files) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    await chmod(file, mode)
  }
}
