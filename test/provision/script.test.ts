// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for the shell
import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import type { Plan } from '../../scripts/lib/plan/planned-layer.ts'
import { scriptText, writeProvisionScript } from '../../scripts/lib/provision/script.ts'
import { stockLayers } from '../../scripts/lib/provision/stage.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { layer, plannedProject, renderedOf } from '../plan/_rendered.ts'
import { has } from '../render/_render.ts'
import { machine, payload } from './_machine.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)))

// A machine of one's own, even a made-up one, is root's. One by one: who cleans up ends every sandbox of this process.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const planOf = async (name: string): Promise<Plan> =>
  planBox(await renderBox(await loadBox(name, project), project), { now: 0 }, project)

for (const name of ['lab', 'ubuntu']) {
  test(`${name}: the layers are the plan’s in their order, without the image and without the seal`, async (t) => {
    const plan = await planOf(name)
    const names = stockLayers(plan).map((one) => one.name)
    t.deepEqual(names, ['base', 'agent', 'database', 'app', 'checks'])
    t.deepEqual(
      plan.layers.map((one) => one.name).filter((one) => !names.includes(one)),
      ['image', 'seal'],
    )
    const text = scriptText(plan, 'f'.repeat(64), project)
    const [, array = ''] = /^readonly -a layers=\(\n([\s\S]*?)^\)$/m.exec(text) ?? []
    const words = spawnSync('bash', ['-c', `layers=(${array}); printf '%s\\n' "\${layers[@]}"`], { encoding: 'utf8' })
    t.deepEqual(
      words.stdout.trimEnd().split('\n'),
      stockLayers(plan).map((one) => `${one.name} ${one.id}`),
    )
  })

  test(`${name}: the script parses, ends before its payload, and names no path of this machine`, async (t) => {
    const text = scriptText(await planOf(name), 'f'.repeat(64), project)
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
    t.is(status, 0, stderr)
    t.regex(text, /\nmain "\$@"\nexit\n\}\n(#.*\n)?__PAYLOAD__\n$/)
    t.is(text.split('\n__PAYLOAD__\n').length, 2)
    t.false(text.includes(project.tool))
    if (has('shellcheck')) {
      const checked = spawnSync('shellcheck', ['--shell=bash', '-'], { input: text, encoding: 'utf8' })
      t.is(checked.status, 0, checked.stdout)
    }
  })
}

test('a script that was cut off, wherever, runs nothing and is told as broken', async (t) => {
  const text = scriptText(await planOf('lab'), 'f'.repeat(64), project)
  const begin = text.indexOf('\nset -Eeuo')
  const end = text.lastIndexOf('\n}\n')
  for (let at = begin; at < end; at += 97) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text.slice(0, at), encoding: 'utf8' })
    // At some places bash complains and ends with 0 all the same.
    t.true(status !== 0 || stderr !== '', `cut at ${at}`)
  }
})

interface Made {
  readonly path: string
  readonly plan: Plan
  /** What the record holds when all is applied. */
  readonly lines: readonly string[]
}

/** The lab's own script with layers in it that do nothing. */
const scriptOf = async (
  t: ExecutionContext,
  units: Readonly<Record<string, string>> = {},
  scripts: Readonly<Record<string, string>> = {},
): Promise<Made> => {
  const plan = await planOf('lab')
  const names = stockLayers(plan).map((one) => one.name)
  const { path: archive, sha256 } = await payload(t, names, units, scripts)
  const path = join(await temporaryFolder(t), 'provision.sh')
  await writeFile(path, Buffer.concat([Buffer.from(scriptText(plan, sha256, project)), await readFile(archive)]))
  return { path, plan, lines: stockLayers(plan).map(({ name, id }) => `${name} ${id}`) }
}

rooted('what the caller’s shell has set has no say, not even in the layers', async (t) => {
  const made = await scriptOf(t, {}, { base: 'mkdir "$MACHINE/seen"' })
  const folder = await temporaryFolder(t)
  const file = join(folder, 'env.sh')
  const functions = ['mount', 'tar', 'sha256sum', 'tail', 'mapfile', 'mkdir'].map(
    (name) => `${name}() { echo ASTRAY; return 9; }`,
  )
  await writeFile(file, `${functions.join('\n')}\nset -f\n`)
  const { run } = await machine(t)
  const { code, stdout, stderr, applied } = await run(made.path, {
    AS: `env BASH_ENV=${file} CDPATH=/var:/tmp IFS=/`,
    'BASH_FUNC_umount%%': '() { echo ASTRAY; return 9; }',
  })
  t.is(code, 0, stdout + stderr)
  t.notRegex(stdout + stderr, /ASTRAY/)
  t.deepEqual(
    applied,
    stockLayers(made.plan).map(({ name }) => name),
  )
})

const recordOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

for (const [what, osRelease, found] of [
  ['another system', 'ID=ubuntu\nVERSION_ID="24.04"\n', 'ubuntu 24.04'],
  ['another version', 'ID=debian\nVERSION_ID="12"\n', 'debian 12'],
  ['a version that has no number yet', 'NAME="Debian"\nID=debian\n', 'debian '],
  ['an os-release that tells nothing', '', ' '],
] as const)
  rooted(`${what} is refused with exit code 3, told what was expected and found, and nothing is begun`, async (t) => {
    const here = await machine(t, osRelease)
    const { code, stderr, applied, record, left, systemctl } = await here.run((await scriptOf(t)).path)
    t.is(code, 3)
    t.is(
      stderr,
      [
        'boxhound: this machine runs another system than the box is for',
        '  expected: debian-13',
        `  found:    ${found}`,
        '  next:     take a stock box of that system, or change base in the box file',
        '',
      ].join('\n'),
    )
    t.deepEqual([applied, record, left, systemctl], [[], undefined, [], []])
  })

rooted('a machine that no systemd runs is refused with exit code 3', async (t) => {
  const { code, stderr, applied, record } = await (await machine(t)).run((await scriptOf(t)).path, { NO_SYSTEMD: 'x' })
  t.is(code, 3)
  t.regex(stderr, /no systemd runs here\n {2}expected: a booted machine\n[\s\S]* {2}next: /)
  t.deepEqual([applied, record], [[], undefined])
})

rooted('who is not root is told to be', async (t) => {
  const { code, stderr, applied } = await (await machine(t)).run((await scriptOf(t)).path, {
    AS: 'setpriv --reuid=65534 --clear-groups',
  })
  t.is(code, 3)
  t.regex(stderr, /expected: user 0\n {2}found: {4}user 65534\n {2}next: {5}sudo bash provision\.sh\n/)
  t.deepEqual(applied, [])
})

for (const [what, damage] of [
  [
    'of which a byte is another',
    (all: Buffer, at: number) => all.fill(all.readUInt8(at + 600) ^ 1, at + 600, at + 601),
  ],
  ['of which the end is missing', (all: Buffer) => all.subarray(0, all.length - 1)],
  ['of which nothing arrived', (all: Buffer, at: number) => all.subarray(0, at)],
  ['with something behind it', (all: Buffer) => Buffer.concat([all, Buffer.from('\n')])],
  [
    'with the line ends of another system',
    (all: Buffer) => Buffer.from(all.toString('latin1').replaceAll('\n\0', '\r\n\0'), 'latin1'),
  ],
] as const)
  rooted(`a payload ${what} is refused before any of it is believed`, async (t) => {
    const { path } = await scriptOf(t, {}, { checks: 'x=1\n' })
    const whole = await readFile(path)
    const mark = '\n__PAYLOAD__\n'
    await writeFile(path, damage(Buffer.from(whole), whole.indexOf(mark) + mark.length))
    t.false((await readFile(path)).equals(whole))
    const { code, stderr, applied, record, left } = await (await machine(t)).run(path)
    t.is(code, 1)
    t.regex(stderr, /^boxhound: this script did not arrive whole\n {2}expected: SHA-256 [0-9a-f]{64} [\s\S]* {2}next: /)
    t.deepEqual([applied, record, left], [[], undefined, []])
  })

rooted('layers are applied in order and recorded; a second run finds them and changes nothing', async (t) => {
  const { path, lines } = await scriptOf(t)
  const here = await machine(t)
  const first = await here.run(path)
  t.is(first.code, 0, first.stderr)
  t.deepEqual(first.applied, ['base', 'agent', 'database', 'app', 'checks'])
  t.is(first.record, recordOf(lines))
  t.deepEqual(first.left, [])
  t.is(first.systemctl.at(-2), 'start multi-user.target')
  t.regex(first.stdout, /boxhound: lab 1\.0\.0 runs\n$/)
  const second = await here.run(path)
  t.is(second.code, 0)
  t.is(
    second.stdout,
    [...lines.map((line) => `boxhound: layer ${line.split(' ')[0]} is there`), 'boxhound: nothing to do', ''].join(
      '\n',
    ),
  )
  t.deepEqual(second, { ...first, stdout: second.stdout, stderr: second.stderr })
})

rooted('with BOXHOUND_AGAIN=yes each layer is applied once more', async (t) => {
  const { path, lines } = await scriptOf(t)
  const here = await machine(t)
  await here.run(path)
  const again = await here.run(path, { BOXHOUND_AGAIN: 'yes' })
  t.is(again.code, 0, again.stderr)
  t.is(again.applied.length, 10)
  t.is(again.record, recordOf(lines))
  t.is((await here.run(path, { BOXHOUND_AGAIN: 'no' })).applied.length, 10)
})

for (const [what, change, from] of [
  ['the third is another', (lines: string[]) => lines.with(2, `database ${'0'.repeat(64)}`), 2],
  ['the first is another', (lines: string[]) => lines.with(0, `base ${'0'.repeat(64)}`), 0],
  ['the last is missing', (lines: string[]) => lines.slice(0, -1), 4],
  ['one in the middle is missing', (lines: string[]) => lines.toSpliced(1, 1), 1],
  ['nothing is there', () => [], 0],
  [
    'the record is cut off in the middle of a line',
    (lines: string[]) => [...lines.slice(0, 3), lines[3]?.slice(0, 20) ?? ''],
    3,
  ],
  ['nothing of it can be understood', () => ['', 'x\ty', '$(reboot)', '*'], 0],
] as const)
  rooted(`layers stand on each other: when ${what}, it and all above are applied`, async (t) => {
    const { path, lines } = await scriptOf(t)
    const here = await machine(t)
    await here.write('lib/boxhound/layers', recordOf(change([...lines])))
    const { code, stderr, applied, record } = await here.run(path)
    t.is(code, 0, stderr)
    t.deepEqual(applied, ['base', 'agent', 'database', 'app', 'checks'].slice(from))
    t.is(record, recordOf(lines))
  })

rooted(
  'a layer that fails ends the run with its status; what was applied before it stays recorded, and the next run goes on there',
  async (t) => {
    const { path, lines } = await scriptOf(t, {}, { database: '[ -e /var/lib/mended ] || exit 7\n' })
    const here = await machine(t)
    const failed = await here.run(path)
    t.is(failed.code, 7)
    t.deepEqual(failed.applied, ['base', 'agent', 'database'])
    t.is(failed.record, recordOf(lines.slice(0, 2)))
    t.deepEqual(failed.left, [], 'neither folder nor mount')
    t.deepEqual(failed.systemctl, [])
    await here.write('lib/mended', '')
    const next = await here.run(path)
    t.is(next.code, 0, next.stderr)
    t.deepEqual(next.applied.slice(3), ['database', 'app', 'checks'])
    t.is(next.record, recordOf(lines))
  },
)

rooted(
  'units that a layer takes away are stopped, those whose layer is another are restarted if they run, and all others left alone',
  async (t) => {
    const units = {
      base: 'enable\tssh.socket\nmask\tsnapd.service\ndisable\tapt-daily.timer\n',
      database: 'enable\tmariadb.service\nenable\tboxhound-first-boot.service\n',
      app: 'enable\ttrial-app.service\n',
    }
    const { path, lines } = await scriptOf(t, units)
    const here = await machine(t)
    await here.write('lib/boxhound/layers', recordOf(lines.slice(0, 2)))
    const { code, stderr, systemctl } = await here.run(path, { SYSTEMCTL_FAILS: '--quiet stop -- apt-daily.timer' })
    t.is(code, 0, stderr)
    t.deepEqual(
      systemctl.filter((line) => /stop|restart --/.test(line)),
      [
        '--quiet stop -- snapd.service',
        '--quiet stop -- apt-daily.timer',
        'try-restart -- mariadb.service',
        'try-restart -- trial-app.service',
      ],
    )
    t.true(systemctl.indexOf('daemon-reload') < systemctl.indexOf('--quiet stop -- snapd.service'))
  },
)

rooted('a first boot that has failed fails the run and is shown', async (t) => {
  const here = await machine(t)
  await here.write('lib/boxhound/first-boot.json', '{\n"state": "failed"\n}\n')
  const fails = 'is-active --quiet boxhound-first-boot.service'
  const { code, stderr, left } = await here.run((await scriptOf(t)).path, { SYSTEMCTL_FAILS: fails })
  t.is(code, 1)
  t.regex(
    stderr,
    /the first boot has failed\n[\s\S]*found: +\{"state": "failed"\}\n {2}next: +journalctl -u boxhound-first-boot\n/,
  )
  t.deepEqual(left, [])
})

/** A project whose layers want nothing from outside, and its plan. */
const smallPlan = async (t: ExecutionContext, content = 'base') => {
  const small = await plannedProject(t)
  cpSync(join(project.tool, 'provision/_stock'), join(small.tool, 'provision/_stock'), { recursive: true })
  const rendered = renderedOf([layer('base', { hold: [content] }), layer('checks'), layer('seal')])
  return { small, plan: await planBox(rendered, { now: 0 }, small) }
}

rooted(
  'what is written is the script and its layers, executable, nothing half-made beside it, the same bytes each time',
  async (t) => {
    const { small, plan } = await smallPlan(t)
    const made = await writeProvisionScript(plan, small, t.log)
    t.deepEqual(
      made.layers.map(({ name }) => name),
      ['base', 'checks'],
    )
    t.true(made.changed)
    const whole = await readFile(made.path)
    t.is(whole.length, made.bytes)
    t.is((await stat(made.path)).mode & 0o777, 0o755)
    t.deepEqual(await readdir(join(small.out, 'small')), ['provision.sh'])
    const again = await writeProvisionScript(plan, small, t.log)
    t.deepEqual(again, { ...made, changed: false })
    const { small: other, plan: same } = await smallPlan(t)
    const elsewhere = await writeProvisionScript(same, other, t.log)
    t.true((await readFile(elsewhere.path)).equals(whole))
    // Two runs in one second would be the same anyway.
    const list = 'sed "1,/^__PAYLOAD__$/d" "$1" | tar --utc --full-time -tvf -'
    const { stdout } = spawnSync('bash', ['-c', list, 'bash', made.path], { encoding: 'utf8' })
    for (const line of stdout.trimEnd().split('\n')) t.regex(line, / 0\/0 +\d+ 2000-01-01 00:00:00 (base|checks)\//)
    await here(t, made.path)
  },
)

/** The script carries what the engine reads, and believes it. */
const here = async (t: ExecutionContext, path: string): Promise<void> => {
  const there = await machine(t)
  const { code, stderr, left } = await there.run(path)
  // The engine of this project does nothing.
  t.is(code, 0, stderr)
  t.deepEqual(left, [])
}

rooted('another layer makes another script', async (t) => {
  const { small, plan } = await smallPlan(t)
  const first = await writeProvisionScript(plan, small, t.log)
  const { plan: other } = await smallPlan(t, 'another')
  const second = await writeProvisionScript(other, small, t.log)
  t.true(second.changed)
  t.not(second.layers[0]?.id, first.layers[0]?.id)
})

for (const [what, damage] of [
  ['whose payload is damaged', (all: Buffer) => all.fill(1, all.length - 5000, all.length - 4990)],
  ['that is cut off', (all: Buffer) => all.subarray(0, all.length - 4096)],
  ['that is empty', () => Buffer.alloc(0)],
] as const)
  rooted(`a script ${what} is made anew`, async (t) => {
    const { small, plan } = await smallPlan(t)
    const { path } = await writeProvisionScript(plan, small, t.log)
    const whole = await readFile(path)
    await writeFile(path, damage(Buffer.from(whole)))
    t.true((await writeProvisionScript(plan, small, t.log)).changed)
    t.true((await readFile(path)).equals(whole))
  })

rooted('a layer that cannot be staged leaves the earlier script, and nothing half-made', async (t) => {
  const { small, plan } = await smallPlan(t)
  const { path } = await writeProvisionScript(plan, small, t.log)
  const whole = await readFile(path)
  const rendered = renderedOf([layer('base'), layer('checks', { early: ['/etc/none'] })])
  const broken = await planBox(rendered, { now: 0 }, small)
  await t.throwsAsync(writeProvisionScript(broken, small, t.log), { code: 'E_STAGE' })
  t.deepEqual(await readdir(join(small.out, 'small')), ['provision.sh'])
  t.true((await readFile(path)).equals(whole))
})
