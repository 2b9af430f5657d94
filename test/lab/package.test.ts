import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { $, fs } from 'zx'

const script = new URL('../../lab/agent/build.sh', import.meta.url).pathname
const quiet = $({ quiet: true, nothrow: true })

let folder: string
let deb: string

test.before(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'boxhound-deb-'))
  const built = await quiet`${script} ${join(folder, 'a')}`
  deb = built.stdout.trim().split('\n').at(-1) ?? ''
  if (built.exitCode !== 0) throw new Error(built.stderr)
})

test.after.always(async () => {
  await fs.remove(folder)
})

async function field(name: string): Promise<string> {
  return (await quiet`dpkg-deb --field ${deb} ${name}`).stdout.trim()
}

/** Mode, owner and path of every entry, as dpkg-deb lists them. */
async function entries(): Promise<Map<string, { mode: string; owner: string; target: string }>> {
  const listed = (await quiet`dpkg-deb --contents ${deb}`).stdout.trim().split('\n')
  return new Map(
    listed.map((line) => {
      const [mode = '', owner = '', , , , path = '', , target = ''] = line.split(/\s+/)
      return [path.replace(/^\.|\/$/g, ''), { mode, owner, target }]
    }),
  )
}

test('the last line is the path of a package named datadog-agent with the lab version', async (t) => {
  t.is(await field('Package'), 'datadog-agent')
  t.is(await field('Version'), '1:7.83.0+lab-1')
  t.is(await field('Architecture'), 'amd64')
})

test('each version of the list is built, and says its own number; the versions differ in nothing else', async (t) => {
  const listed =
    (await readFile(new URL('../../lab/agent/versions.txt', import.meta.url), 'utf8')).match(/^7\..*$/gm) ?? []
  t.true(listed.length > 1)
  const names = (await fs.readdir(join(folder, 'a'))).sort()
  t.deepEqual(
    names,
    listed.map((version) => `datadog-agent_${version}-1_amd64.deb`),
  )
  const digests = []
  for (const [index, name] of names.entries()) {
    const [file, tree] = [join(folder, 'a', name), join(folder, 'versions', name)]
    await fs.ensureDir(join(tree, '..'))
    await quiet`dpkg-deb --raw-extract ${file} ${tree}`
    t.is((await quiet`dpkg-deb --field ${file} Version`).stdout.trim(), `1:${listed[index]}-1`)
    const source = join(tree, 'opt/datadog-agent/embedded/lib/python3.13/site-packages/lab_agent/__init__.py')
    t.true((await readFile(source, 'utf8')).includes(`VERSION = '${listed[index]}'`))
    await fs.remove(source)
    await fs.remove(join(tree, 'DEBIAN/control'))
    digests.push((await quiet`bash -c ${'cd "$0" && find . -type f -exec sha256sum {} + | sort'} ${tree}`).stdout)
  }
  t.is(new Set(digests).size, 1)
})

test('a version that is none of the lab’s is refused', async (t) => {
  const done = await quiet`${script} ${join(folder, 'd')} 7.83.0`
  t.is(done.exitCode, 2)
  t.regex(done.stderr, /no version of the lab Agent: 7\.83\.0/)
})

test('the package needs the Python that its modules were compiled for', async (t) => {
  t.is(await field('Depends'), 'adduser, python3 (>= 3.13), python3 (<< 3.14)')
})

test('the paths of the real package are there, with modes that do not depend on the umask', async (t) => {
  const found = await entries()
  t.is(found.get('/opt/datadog-agent/bin/agent/agent')?.mode, '-rwxr-xr-x')
  t.is(found.get('/usr/bin/datadog-agent')?.target, '/opt/datadog-agent/bin/agent/agent')
  // An interpreter that finds the embedded packages: pyvenv.cfg beside its folder makes it look there.
  t.is(found.get('/opt/datadog-agent/embedded/bin/python3')?.target, '/usr/bin/python3')
  t.is(found.get('/opt/datadog-agent/embedded/pyvenv.cfg')?.mode, '-rw-r--r--')
  for (const path of ['/etc/datadog-agent/conf.d', '/etc/datadog-agent/checks.d', '/opt/datadog-agent/run'])
    t.is(found.get(path)?.mode, 'drwxr-xr-x', path)
  for (const path of ['/usr/lib/systemd/system/datadog-agent.service', '/etc/datadog-agent/datadog.yaml.example'])
    t.is(found.get(path)?.mode, '-rw-r--r--', path)
  for (const [path, { owner }] of found) t.is(owner, 'root/root', path)
})

test('the package carries no configuration, no token and no compiled module', async (t) => {
  const found = [...(await entries()).keys()]
  t.false(found.includes('/etc/datadog-agent/datadog.yaml'))
  t.deepEqual(
    found.filter(
      (path) => /auth_token$|\.pem$|__pycache__|\.pyc$|install_info$/.test(path) && !path.includes('certifi'),
    ),
    [],
  )
})

test('the units are those of the contract', async (t) => {
  await quiet`dpkg-deb --extract ${deb} ${join(folder, 'tree')}`
  const unit = (name: string): Promise<string> => readFile(join(folder, 'tree/usr/lib/systemd/system', name), 'utf8')
  const agent = await unit('datadog-agent.service')
  t.regex(agent, /^EnvironmentFile=-\/etc\/datadog-agent\/environment$/m)
  t.regex(agent, /^ExecStart=\/opt\/datadog-agent\/bin\/agent\/agent run -p \/opt\/datadog-agent\/run\/agent\.pid$/m)
  t.regex(agent, /^User=dd-agent$/m)
  t.regex(agent, /^RuntimeDirectory=datadog$/m)
  t.regex(agent, /^Restart=on-failure$/m)
  t.regex(await unit('datadog-agent-trace.service'), /^BindsTo=datadog-agent\.service$/m)
})

test('the same sources give the same package, byte for byte', async (t) => {
  const again = (await quiet`${script} ${join(folder, 'b')}`).stdout.trim().split('\n').at(-1) ?? ''
  const digest = async (path: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  t.is(await digest(again), await digest(deb))
})

test('wrong usage ends with 2', async (t) => {
  const done = await quiet`${script}`
  t.is(done.exitCode, 2)
  t.regex(done.stderr, /usage: build\.sh OUT_DIR/)
})

test('a wheel that is not the locked one is refused, and no package is left', async (t) => {
  const wheels = join(folder, 'wheels')
  const lock = new URL('../../lab/agent/requirements.txt', import.meta.url).pathname
  const digest = createHash('sha256')
    .update(await readFile(lock))
    .digest('hex')
  const store = join(wheels, `agent-3.13-${digest}`)
  await fs.ensureDir(store)
  await fs.writeFile(join(store, 'lazy_loader-0.6-py3-none-any.whl'), 'not a wheel')
  const done = await quiet({ env: { ...process.env, BOXHOUND_WHEELS: wheels } })`${script} ${join(folder, 'c')}`
  t.not(done.exitCode, 0)
  t.deepEqual(await fs.readdir(join(folder, 'c')), [])
})
