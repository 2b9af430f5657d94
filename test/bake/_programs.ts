import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { temporaryFolder } from '../helpers/_folder.ts'

/** A folder of programs made of shell text, to stand in for real ones. */
export const programFolder = async (
  t: ExecutionContext,
  programs: Readonly<Record<string, string>>,
): Promise<string> => {
  const folder = join(await temporaryFolder(t), 'bin')
  await mkdir(folder)
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/bash\n${text}\n`)
    await chmod(join(folder, name), 0o755)
  }
  return folder
}

/** Puts a folder first on PATH until the test ends; such tests run one by one. */
export const firstOnPath = (t: ExecutionContext, folder: string): void => {
  const before = process.env.PATH ?? ''
  process.env.PATH = `${folder}:${before}`
  t.teardown(() => {
    process.env.PATH = before
  })
}
