import { homedir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { projectAt, rootOf } from '../../scripts/lib/_helpers/paths.ts'

test('results lie in the project and the store in the user’s cache', (t) => {
  t.deepEqual(projectAt('/p', {}), {
    tool: '/p',
    root: '/p',
    out: '/p/out',
    cache: join(homedir(), '.cache/boxhound'),
  })
})

test('the environment moves store and results; an empty value counts as none', (t) => {
  t.is(projectAt('/p', { XDG_CACHE_HOME: '/x' }).cache, '/x/boxhound')
  t.is(projectAt('/p', { XDG_CACHE_HOME: '/x', BOXHOUND_CACHE: '/own' }).cache, '/own')
  t.is(projectAt('/p', { BOXHOUND_OUT: '/elsewhere' }).out, '/elsewhere')
  t.is(projectAt('/p', { BOXHOUND_OUT: '', BOXHOUND_CACHE: '', XDG_CACHE_HOME: '/x' }).cache, '/x/boxhound')
  t.is(projectAt('/p', { BOXHOUND_OUT: '' }).out, '/p/out')
})

test('boxhound’s folder is another than the user’s, and results lie in the user’s', (t) => {
  const { tool, root, out } = projectAt('/mine', {}, '/mine/node_modules/boxhound')
  t.deepEqual([tool, root, out], ['/mine/node_modules/boxhound', '/mine', '/mine/out'])
})

test('a path belongs to the inner one of the roots that it lies in', (t) => {
  const installed = { tool: '/mine/node_modules/boxhound', root: '/mine' }
  t.is(rootOf('/mine/boxes/web.yaml', installed), installed.root)
  t.is(rootOf('/mine/node_modules/boxhound/lab', installed), installed.tool)
  t.is(rootOf('/mine/node_modules/boxhound-more', installed), installed.root)
  t.is(rootOf('/mine/..odd', installed), installed.root)
  t.is(rootOf('/other', installed), undefined)
  const fixture = { tool: '/boxhound', root: '/boxhound/test/project' }
  t.is(rootOf('/boxhound/test/project/boxes', fixture), fixture.root)
  t.is(rootOf('/boxhound/test', fixture), fixture.tool)
})
