import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { freePort } from '../../scripts/lib/boot/port.ts'

/** The checkout: Vagrant runs in it, as its user would run it. */
export const root = process.cwd()
export const project = projectAt(root)

export interface Ran {
  readonly code: number | null
  /** Standard output and error, as they came. */
  readonly output: string
}

/** Vagrant with a home and a `.vagrant` of this test’s own, and libvirt for as long as the test runs. */
export interface World {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  readonly port: number
  /** Starts vagrant; `ended` tells how it went. Its output is also in the log of that name. */
  readonly start: (
    log: string,
    words: readonly string[],
    extra?: NodeJS.ProcessEnv,
  ) => { readonly child: ChildProcess; readonly output: () => string; readonly ended: Promise<Ran> }
  readonly vagrant: (words: readonly string[], extra?: NodeJS.ProcessEnv) => Promise<Ran>
  /** Runs a Python script as root in the guest, through standard input. */
  readonly python: (machine: string, script: string, extra?: NodeJS.ProcessEnv) => Promise<string>
  /** A verb of boxhound on a box. */
  readonly verb: (words: readonly string[], extra?: NodeJS.ProcessEnv) => Promise<Ran>
  /** Machines of libvirt that were not there before, whatever their state. */
  readonly machines: () => string[]
  readonly close: () => Promise<void>
}

const collect = (child: ChildProcess, log: string): { output: () => string; ended: Promise<Ran> } => {
  let output = ''
  const file = createWriteStream(log)
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      file.write(chunk)
    })
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      file.end()
      resolve({ code, output })
    })
  })
  return { output: () => output, ended }
}

const lines = (command: readonly [string, ...string[]]): string[] => {
  const [program, ...words] = command
  return spawnSync(program, words, { encoding: 'utf8' })
    .stdout.split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

const domains = (): string[] => lines(['virsh', '--quiet', 'list', '--all', '--name'])

const volumes = (): string[] =>
  lines(['virsh', '--quiet', 'vol-list', 'default']).map((line) => line.split(/\s+/)[0] ?? '')

/** @param folderOfUser where Vagrant and verbs run; default: the checkout. */
export const openWorld = async (folderOfUser = root): Promise<World> => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-vagrant-'))
  const logs = join(project.out, 'lab', 'vagrant')
  mkdirSync(logs, { recursive: true })
  const daemons = join(folder, 'libvirt')
  const started = spawnSync('bash', ['lab/libvirt/start.sh', daemons], { encoding: 'utf8' })
  if (started.status !== 0) throw new Error(`libvirt does not run: ${started.stderr}`)
  const before = new Set([...domains(), ...volumes()])
  const port = await freePort()
  const environment: NodeJS.ProcessEnv = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(DD_|VAGRANT_|BOX$|BOXHOUND_BASE$)/.test(name)),
    ),
    VAGRANT_HOME: join(folder, 'home'),
    VAGRANT_DOTFILE_PATH: join(folder, 'dot'),
    APP_PORT: String(port),
    VAGRANT_NO_COLOR: '1',
    VAGRANT_CHECKPOINT_DISABLE: '1',
    VAGRANT_DEFAULT_PROVIDER: 'libvirt',
  }
  let count = 0
  const start: World['start'] = (log, words, extra = {}) => {
    const child = spawn('vagrant', [...words], {
      cwd: folderOfUser,
      env: { ...environment, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    count += 1
    return { child, ...collect(child, join(logs, `${String(count).padStart(2, '0')}-${log}.log`)) }
  }
  const vagrant: World['vagrant'] = (words, extra) => start(words.slice(0, 1).join(), words, extra).ended
  const machines = (): string[] => domains().filter((one) => !before.has(one))
  const close = async (): Promise<void> => {
    await vagrant(['destroy', '--force'])
    await vagrant(['destroy', '--force'], { BOXHOUND_BASE: 'boxhound-test/stock' })
    for (const name of machines()) {
      spawnSync('virsh', ['destroy', name])
      spawnSync('virsh', ['undefine', name])
    }
    for (const name of volumes().filter((one) => !before.has(one)))
      spawnSync('virsh', ['vol-delete', '--pool', 'default', name])
    spawnSync('bash', ['lab/libvirt/stop.sh', daemons])
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    folder,
    environment,
    port,
    start,
    vagrant,
    machines,
    close,
    python: async (machine, script, extra = {}) => {
      const child = spawn('vagrant', ['ssh', machine, '--no-tty', '-c', 'sudo python3 -'], {
        cwd: folderOfUser,
        env: { ...environment, ...extra },
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      child.stdin.end(script)
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      const code = await new Promise((resolve) => child.once('close', resolve))
      if (code !== 0) throw new Error(`the guest’s python3 ended with ${code}`)
      return output
    },
    verb: (words, extra = {}) => {
      const child = spawn('node', [join(root, 'scripts/_run.mjs'), ...words], {
        cwd: folderOfUser,
        env: { ...environment, ...extra },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      count += 1
      return collect(child, join(logs, `${String(count).padStart(2, '0')}-${words[0]}.log`)).ended
    },
  }
}

/** The Datadog key in a Vagrant machine, as its digest or `none`: the value itself is on nobody’s command line. */
export const keyInGuest = async (world: World, machine: string, extra?: NodeJS.ProcessEnv): Promise<string> => {
  const printed = await world.python(
    machine,
    `import hashlib, re
text = open('/etc/datadog-agent/environment').read()
found = re.search('^DD_API_KEY="(.*)"$', text, re.M)
print(hashlib.sha256(found.group(1).encode()).hexdigest() if found else 'none')`,
    extra,
  )
  return printed.trim()
}

/** What every process of this machine was started with, as everybody can read it. */
export const argumentsOfAll = (): string =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      } catch {
        return '' // ended
      }
    })
    .join('\n')

/** Files below folders that hold a text, by name. */
export const filesHolding = (text: string, folders: readonly string[]): string[] =>
  lines([
    'grep',
    '--recursive',
    '--files-with-matches',
    '--binary-files=text',
    '--fixed-strings',
    '--no-messages',
    text,
    ...folders,
  ])
