// mkosi as a peer.

import { cp, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { networkEnvironment } from '../../_helpers/environment.ts'
import { BoxhoundError } from '../../_helpers/errors.ts'
import type { Bench, Measured, Side } from '../measurement.ts'
import { forReaders } from '../shown.ts'
import { runTimed } from '../timed.ts'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** This machine's own Debian mirror, according to apt, so that both sides fetch from the same place. */
const hostMirror = async ({ project, work }: Bench): Promise<string> => {
  const script = join(project.tool, 'lab/base/mirror.sh')
  const words = ['bash', script, 'trixie', keyring] as const
  const { stdout } = await runTimed(
    { words: [...words], cwd: work, environment: networkEnvironment() },
    join(work, 'mirror.log'),
  )
  const [, address] = /^deb \[[^\]]*\] (\S+) trixie main$/m.exec(stdout) ?? []
  if (address === undefined)
    throw new BoxhoundError('E_BENCH_MIRROR', 'apt on this machine has no Debian mirror', {
      exitCode: 3,
      expected: 'a Debian host',
      next: 'measure the other rows',
    })
  return address
}

/** The packages of the lab's own base. */
export const basePackages = async ({ project }: Pick<Bench, 'project'>): Promise<string[]> =>
  (await readFile(join(project.tool, 'lab/base/packages.txt'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

/** An image that mkosi builds. */
export interface MkosiImage {
  readonly name: string
  readonly packages: readonly string[]
  /** A file on the host that is copied into the image's /opt. */
  readonly file?: string
  /** True keeps what doesn't change: the image without the extra files, and the packages. False starts from scratch each time. */
  readonly incremental: boolean
  readonly prepare?: () => Promise<void>
}

/**
 * mkosi making a GPT disk with one ext4 file system. It makes no EFI partition, since not every kernel can mount the one
 * that mkosi's boot loader needs; leaving it out is to mkosi's advantage.
 */
export const mkosiSide = async (bench: Bench, image: MkosiImage): Promise<Side> => {
  const folder = join(bench.work, 'mkosi', image.name)
  const extra = join(folder, 'extra')
  await mkdir(join(extra, 'opt'), { recursive: true })
  const mirror = await hostMirror(bench)
  const cache = join(folder, 'packages')
  const workspace = join(folder, 'workspace')
  await mkdir(workspace, { recursive: true })
  const words = [
    // --nspawn-keep-unit: works without systemd on the host, too.
    ...([
      'mkosi',
      '--distribution',
      'debian',
      '--release',
      'trixie',
      '--format',
      'gpt_ext4',
      '--nspawn-keep-unit',
    ] as const),
    '--mirror',
    mirror,
    // Not by TMPDIR, which it passes on to the packages' scripts, where that folder doesn't exist.
    '--workspace-dir',
    workspace,
    '--package',
    image.packages.join(','),
    '--extra-tree',
    extra,
    '--output',
    join(folder, 'image.raw'),
    '--force',
    ...(image.incremental ? ['--incremental', '--cache', cache] : []),
    'build',
  ] as const
  const build = async (log: string): Promise<number> => {
    return (await runTimed({ words: [...words], cwd: folder, environment: networkEnvironment() }, log)).seconds
  }
  const refresh = async (): Promise<void> => {
    await image.prepare?.()
    if (image.file !== undefined) await cp(image.file, join(extra, 'opt', 'check.py'))
  }
  if (image.incremental) {
    bench.say('mkosi builds its cached image, which is not timed')
    await mkdir(cache, { recursive: true })
    await refresh()
    await build(join(folder, 'first.log'))
  }
  return {
    name: image.incremental ? 'mkosi --incremental' : 'mkosi',
    tool: 'mkosi',
    command: forReaders(words.join(' '), { work: bench.work, root: bench.project.tool }),
    prepare: async () => {
      await refresh()
      if (!image.incremental) await rm(join(folder, 'image.raw'), { force: true })
    },
    run: async (log): Promise<Measured> => ({ seconds: await build(log) }),
  }
}
