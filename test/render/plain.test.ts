// Links, pipes, devices and huge files in the folders of which something goes into a box.
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { copiedProject, renderNamed } from './_project.ts'

/** Puts something else in the place of a file. */
const others: Readonly<Record<string, (path: string) => void>> = {
  'a symbolic link': (path) => {
    renameSync(path, `${path}.aside`)
    copyFileSync(`${path}.aside`, `${dirname(dirname(path))}/aside`)
    rmSync(`${path}.aside`)
    symlinkSync('../aside', path)
  },
  'a symbolic link that leads nowhere': (path) => {
    rmSync(path)
    symlinkSync('nowhere', path)
  },
  'a named pipe': (path) => {
    rmSync(path)
    execFileSync('mkfifo', [path])
  },
  'a socket': (path) => {
    rmSync(path)
    execFileSync('python3', [
      '-c',
      'import socket, sys, os; os.chdir(os.path.dirname(sys.argv[1])); socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))',
      path,
    ])
  },
  'a folder': (path) => {
    rmSync(path)
    mkdirSync(path)
  },
  'a huge file': (path) => truncateSync(path, 5e9),
}

const places = [
  'provision/50-checks/my_metric/my_metric.py',
  'provision/50-checks/my_metric/conf.yaml.hbs',
  'provision/50-checks/my_metric/check.yaml',
  'provision/40-app/flask/root/etc/app.env.hbs',
  'provision/40-app/flask/layer.yaml.hbs',
  'provision/40-app/flask/app.yaml',
  'provision/10-base/root/etc/boxhound/box.json.hbs',
]

for (const place of places)
  for (const [what, replace] of Object.entries(others)) {
    // Below root/ a folder is one of the guest's.
    if (what === 'a folder' && place.includes('/root/')) continue
    test(`${place} as ${what} is refused with its path`, async (t) => {
      const project = copiedProject(t)
      replace(join(project.tool, place))
      const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
      t.is(error.exitCode, 2)
      const told = [error.details.file, error.message, error.details.expected, error.details.found].join('\n')
      t.true(told.includes(place), told)
      t.truthy(error.details.found)
    })
  }

for (const [name, make] of Object.entries({
  pipe: (path: string): void => {
    execFileSync('mkfifo', [path])
  },
  link: (path: string) => symlinkSync('/etc/passwd', path),
  huge: (path: string) => {
    writeFileSync(path, '')
    truncateSync(path, 5e9)
  },
}))
  test(`a ${name} that nothing reads is refused in a check’s folder all the same`, async (t) => {
    const project = copiedProject(t)
    const folder = join(project.tool, 'provision/50-checks/my_metric/notes')
    mkdirSync(folder)
    make(join(folder, name))
    const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
    t.is(error.details.file, `provision/50-checks/my_metric/notes/${name}`)
    t.is(error.exitCode, 2)
  })

test('what tools leave beside a check doesn’t count', async (t) => {
  const project = copiedProject(t)
  for (const folder of ['.venv/bin', '__pycache__', 'node_modules/.bin']) {
    const path = join(project.tool, 'provision/50-checks/my_metric', folder)
    mkdirSync(path, { recursive: true })
    symlinkSync('/usr/bin/python3', join(path, 'python'))
  }
  await t.notThrowsAsync(renderNamed('full', project))
})

test('a process of its own ends at once, too: nothing waits for who never writes', (t) => {
  const project = copiedProject(t)
  const place = join(project.tool, 'provision/50-checks/my_metric/my_metric.py')
  others['a named pipe']?.(place)
  const script = `import { readPlain } from ${JSON.stringify(fileURLToPath(new URL('../../scripts/lib/_helpers/plain-file.ts', import.meta.url)))}
for (const follow of [true, false]) try { readPlain(${JSON.stringify(place)}, { source: 'it', follow }) } catch (error) { console.log(error.details.found) }`
  const done = spawnSync(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  t.is(done.stdout, 'a named pipe\na named pipe\n', done.stderr)
})
