import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface TestedPacker {
  readonly program: string
  readonly version: string
}

interface Told {
  readonly status: number | null
  readonly output: string
}

/** Runs a Packer away from the network and from the user's own folders; `folder` is where it may leave things. */
export const runPacker = (program: string, words: readonly string[], folder: string): Told => {
  const home = join(folder, 'home')
  mkdirSync(home, { recursive: true })
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      CHECKPOINT_DISABLE: '1',
      HOME: home,
      PACKER_CONFIG_DIR: home,
      PACKER_CACHE_DIR: home,
      TMPDIR: '.',
    },
  })
  return { status, output: `${stdout}${stderr}${error?.message ?? ''}` }
}

const installed = (): string => spawnSync('sh', ['-c', 'command -v packer'], { encoding: 'utf8' }).stdout.trim()

/** The installed Packer and those that BOXHOUND_TEST_PACKERS names (paths, parted by colons): both generations where they are at hand. */
export const testedPackers = (folder: string): TestedPacker[] =>
  [installed(), ...(process.env.BOXHOUND_TEST_PACKERS ?? '').split(delimiter)].filter(Boolean).map((program) => {
    const { output } = runPacker(program, ['-machine-readable', 'version'], folder)
    const version = /,version,(\d+\.\d+\.\d+)/.exec(output)?.[1]
    if (version === undefined) throw new Error(`${program} is no Packer: ${output}`)
    return { program, version }
  })
