import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { callersFolder, userRoot } from '../../scripts/_roots.mjs'
import { temporaryFolder } from './_folder.ts'

const tree = async (t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await temporaryFolder(t)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

test('the root is the nearest folder with box files, seen from any folder inside', async (t) => {
  const folder = await tree(t, {
    'boxes/lab.yaml': '',
    'inner/boxes/web.yaml': '',
    'inner/boxes/checks/mine/check.yaml': '',
  })
  t.is(userRoot(folder), folder)
  t.is(userRoot(join(folder, 'boxes')), folder)
  t.is(userRoot(join(folder, 'inner/boxes/checks/mine')), join(folder, 'inner'))
})

test('a package.json that depends on boxhound makes a root, before there is a box', async (t) => {
  const folder = await tree(t, {
    'package.json': '{"devDependencies":{"boxhound":"0.1.0"}}',
    'part/package.json': '{"dependencies":{"boxhound-more":"1.0.0"}}',
    'sub/a.txt': '',
  })
  t.is(userRoot(join(folder, 'sub')), folder)
  t.is(userRoot(join(folder, 'part')), folder)
})

test('what only looks like a project is none: boxes/ without box files, a broken package.json', async (t) => {
  const folder = await tree(t, { 'boxes/shoes.txt': '', 'package.json': '{', 'inner/package.json': '[]' })
  t.is(userRoot(join(folder, 'inner')), join(folder, 'inner'))
  t.is(userRoot('/'), '/')
})

test('relative paths start where npm was called, which counts only in the folder that npm runs a script in', (t) => {
  t.is(callersFolder('/p', {}), '/p')
  t.is(callersFolder('/p', { INIT_CWD: '/p/boxes' }), '/p/boxes')
  t.is(callersFolder('/p', { INIT_CWD: '/p/boxes', npm_package_json: '/p/package.json' }), '/p/boxes')
  t.is(callersFolder('/elsewhere', { INIT_CWD: '/p/boxes', npm_package_json: '/p/package.json' }), '/elsewhere')
})
