import { spawnSync } from 'node:child_process'
import test, { type ExecutionContext } from 'ava'

const verb = (t: ExecutionContext, name: string, ...words: string[]): string => {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/_run.mjs', name, ...words], {
    encoding: 'utf8',
    timeout: 800_000,
  })
  t.is(status, 0, `${stdout}\n${stderr}`.slice(-4000))
  return stdout
}

const controls = (t: ExecutionContext, box: string, names: readonly string[]): void => {
  const only = names.flatMap((name) => ['--only', name])
  const told = verb(t, 'controls', box, '--machine', 'container', ...only)
  t.regex(told, new RegExp(`${names.length} passed, 0 failed`))
}

test.serial('the app behind nginx and uWSGI is green, and red once it is broken', (t) => {
  verb(t, 'bake', 'lab-uwsgi', '--no-verify')
  // They see the box green first. What else there is to break was seen on the lab box.
  controls(t, 'lab-uwsgi', ['app-not-traced', 'app-says-something-else', 'nginx-cut-off', 'page-views-log-unreadable'])
})

test.serial('nothing of one instance is on the disk of a box with nginx', (t) => {
  t.regex(verb(t, 'image', 'lab-uwsgi', '--disk-only'), /(\d+) passed/)
})

test.serial('the app in the middleware is green, and red without its traces', (t) => {
  verb(t, 'bake', 'test/app/middleware.yaml', '--no-verify')
  controls(t, 'test/app/middleware.yaml', ['app-not-traced'])
})

test.serial('uWSGI in a container behind nginx is green, and red without its traces', (t) => {
  verb(t, 'bake', 'test/app/uwsgi-container.yaml', '--no-verify')
  controls(t, 'test/app/uwsgi-container.yaml', ['app-not-traced'])
})
