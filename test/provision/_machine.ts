import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { sha256File } from '../../scripts/lib/_helpers/hash.ts'
import { writeArchive } from '../../scripts/lib/package/archive.ts'
import { programFolder } from '../bake/_programs.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Layers that were applied, in order, over all runs. */
  readonly applied: readonly string[]
  /** What systemctl was asked for. */
  readonly systemctl: readonly string[]
  /** /var/lib/boxhound/layers; undefined when there is none. */
  readonly record: string | undefined
  /** Left in /var/tmp, /run/boxhound and among the mounts. */
  readonly left: readonly string[]
}

/** A machine as far as a script of layers sees one: /run, /var/lib, /var/tmp and os-release of its own, and programs that only note. */
export interface Machine {
  readonly run: (script: string, environment?: Readonly<Record<string, string>>) => Promise<Outcome>
  readonly write: (path: string, content: string) => Promise<void>
}

const enter = `
set -e
mount -t tmpfs none /run
if [ -z "$NO_SYSTEMD" ]; then mkdir -p /run/systemd/system; fi
mount --bind "$MACHINE/os-release" "$(readlink -f /etc/os-release)"
mount --bind "$MACHINE/lib" /var/lib
mount --bind "$MACHINE/tmp" /var/tmp
status=0
$AS bash "$1" || status=$?
{ ls -A /var/tmp; ls -A /run/boxhound 2>/dev/null || true; grep -o ' /run/boxhound/layer ' /proc/self/mounts || true; } >"$MACHINE/left"
exit $status`

const systemctl = `
echo "$*" >>"$MACHINE/systemctl"
[ "$*" != "$SYSTEMCTL_FAILS" ]`

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

export const machine = async (t: ExecutionContext, osRelease = 'ID=debian\nVERSION_ID="13"\n'): Promise<Machine> => {
  const folder = await temporaryFolder(t)
  // Also for who is not root.
  await chmod(folder, 0o755)
  for (const name of ['lib', 'tmp', 'lib/boxhound']) await mkdir(join(folder, name))
  await writeFile(join(folder, 'os-release'), osRelease)
  // Never this machine's own journal.
  const programs = await programFolder(t, {
    systemctl,
    journalctl: 'echo "journalctl $*" >>"$MACHINE/systemctl"',
    'apt-get': 'echo "apt-get $*" >>"$MACHINE/systemctl"',
  })
  await chmod(join(programs, '..'), 0o755)
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '')
  return {
    write: (path, content) => writeFile(join(folder, path), content),
    run: async (script, environment = {}) => {
      // Its own copy: as another user may read it.
      await cp(script, join(folder, 'provision.sh'))
      const child = spawn('unshare', ['--mount', 'bash', '-c', enter, 'bash', join(folder, 'provision.sh')], {
        env: { PATH: `${programs}:${process.env.PATH}`, MACHINE: folder, NO_SYSTEMD: '', AS: '', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject)
        child.once('close', resolve)
      })
      const known = await readdir(join(folder, 'lib/boxhound'))
      return {
        code,
        stdout,
        stderr,
        applied: lines(await read('lib/applied')),
        systemctl: lines(await read('systemctl')),
        record: known.includes('layers') ? await read('lib/boxhound/layers') : undefined,
        left: lines(await read('left')),
      }
    },
  }
}

/** Layers that do nothing but note that they are applied, with units to switch, as the payload that a script carries. */
export const payload = async (
  t: ExecutionContext,
  layers: readonly string[],
  units: Readonly<Record<string, string>> = {},
  scripts: Readonly<Record<string, string>> = {},
): Promise<{ readonly path: string; readonly sha256: string }> => {
  const folder = await temporaryFolder(t)
  for (const name of layers) {
    await mkdir(join(folder, name))
    const note = `[ -z "$(ls -A /run/boxhound/layer | grep -v -e apply.sh -e units.tsv)" ]\necho "$BOXHOUND_LAYER" >>/var/lib/applied\n`
    await writeFile(join(folder, name, 'apply.sh'), `set -e\n${note}${scripts[name] ?? ''}\n`)
    await writeFile(join(folder, name, 'units.tsv'), units[name] ?? '')
  }
  const path = join(folder, 'payload.tar')
  await writeArchive(folder, layers, path, 'payload.tar', 'modes')
  return { path, sha256: await sha256File(path) }
}
