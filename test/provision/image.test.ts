import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { scriptText } from '../../scripts/lib/provision/script.ts'
import { stockLayers } from '../../scripts/lib/provision/stage.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { has } from '../render/_render.ts'
import { machine, payload } from './_machine.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)))

// A machine of one's own, even a made-up one, is root's. One by one: who cleans up ends every sandbox of this process.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const planOf = async (name: string) =>
  planBox(await renderBox(await loadBox(name, project), project), { now: 0 }, project)

const all = ['base', 'agent', 'database', 'app', 'checks', 'seal']

/** The script for a build machine, with layers that do nothing but what is given; the seal removes the record, as the real one does. */
const scriptOf = async (
  t: ExecutionContext,
  units: Readonly<Record<string, string>> = {},
  scripts: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const seal = 'rm -f /var/lib/boxhound/*'
  const { path: archive, sha256 } = await payload(t, all, units, { seal, ...scripts })
  const path = join(await temporaryFolder(t), 'provision-image.sh')
  const text = scriptText(await planOf('lab'), sha256, project, 'image')
  await writeFile(path, Buffer.concat([Buffer.from(text), await readFile(archive)]))
  return path
}

for (const name of ['lab', 'ubuntu'])
  test(`${name}: for an image the seal is the last layer, and the script parses`, async (t) => {
    const plan = await planOf(name)
    t.deepEqual(
      stockLayers(plan, 'image').map((one) => one.name),
      all,
    )
    const text = scriptText(plan, 'f'.repeat(64), project, 'image')
    t.is(spawnSync('bash', ['-n'], { input: text }).status, 0)
    t.regex(text, /^readonly image=yes$/m)
    t.notRegex(text, /^readonly image=no$/m)
    t.regex(scriptText(plan, 'f'.repeat(64), project), /^readonly image=no$/m)
    if (has('shellcheck')) {
      const checked = spawnSync('shellcheck', ['--shell=bash', '-'], { input: text, encoding: 'utf8' })
      t.is(checked.status, 0, checked.stdout)
    }
  })

rooted('a build machine gets all layers and the seal, starts nothing, and keeps no record', async (t) => {
  const units = {
    base: 'enable\tboxhound-first-boot.service\nenable\tssh.service\n',
    database: 'enable\tmariadb.service\nmask\tother.timer\n',
  }
  const here = await machine(t)
  const { code, stdout, stderr, applied, systemctl, record, left } = await here.run(await scriptOf(t, units))
  t.is(code, 0, stderr)
  t.deepEqual(applied, all)
  t.deepEqual(
    systemctl.filter((line) => /start|reload-or|isolate/.test(line)),
    [],
  )
  t.true(systemctl.includes('--quiet stop -- mariadb.service'))
  t.true(systemctl.includes('--quiet stop -- boxhound-first-boot.service'))
  t.true(systemctl.includes('--quiet stop -- systemd-random-seed.service'))
  t.false(
    systemctl.some((line) => line.includes('ssh.service')),
    'the connection that runs this stays',
  )
  t.deepEqual([record, left], [undefined, []])
  t.regex(stdout, /boxhound: lab 1\.0\.0 is sealed: shut this machine down, and make the image of its disk\n$/)
})

rooted('everything is stopped before the seal, which may empty /var/tmp', async (t) => {
  const seal = 'rm -rf /var/tmp/* /var/lib/boxhound/*; grep -c "stop -- mariadb" "$MACHINE/systemctl" >/dev/null'
  const script = await scriptOf(t, { database: 'enable\tmariadb.service\n' }, { seal })
  const { code, stderr } = await (await machine(t)).run(script)
  t.is(code, 0, stderr)
})

rooted('a machine that has been an instance is refused before anything is done to it', async (t) => {
  const here = await machine(t)
  await here.write('lib/boxhound/first-boot.json', '{}\n')
  const { code, stderr, applied, systemctl } = await here.run(await scriptOf(t))
  t.is(code, 1)
  t.regex(
    stderr,
    /this machine is an instance already\n {2}expected: [\s\S]*first-boot\.json\n {2}next: {5}start from a fresh machine/,
  )
  t.deepEqual([applied, systemctl], [[], []])
})

rooted('a layer that fails leaves the machine unsealed, and the next run goes on there', async (t) => {
  const here = await machine(t)
  const fails = await scriptOf(t, {}, { app: 'exit 1' })
  const first = await here.run(fails)
  t.not(first.code, 0)
  t.deepEqual(first.applied.includes('seal'), false)
  t.regex(first.record ?? '', /^base [0-9a-f]{64}\nagent [0-9a-f]{64}\ndatabase [0-9a-f]{64}\n$/)
  const second = await here.run(await scriptOf(t))
  t.is(second.code, 0, second.stderr)
  t.deepEqual(second.applied.slice(-3), ['app', 'checks', 'seal'])
})

rooted('a unit that does not stop ends it before the seal: it would write into the image', async (t) => {
  const here = await machine(t)
  const { code, stderr, applied } = await here.run(await scriptOf(t, { database: 'enable\tmariadb.service\n' }), {
    SYSTEMCTL_FAILS: '--quiet stop -- mariadb.service',
  })
  t.is(code, 1)
  t.regex(stderr, /mariadb\.service does not stop/)
  t.false(applied.includes('seal'))
})
