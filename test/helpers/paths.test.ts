import { homedir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'

test('results lie in the project and the store in the user’s cache', (t) => {
  t.deepEqual(projectAt('/p', {}), { root: '/p', out: '/p/out', cache: join(homedir(), '.cache/boxhound') })
})

test('the environment moves store and results; an empty value counts as none', (t) => {
  t.is(projectAt('/p', { XDG_CACHE_HOME: '/x' }).cache, '/x/boxhound')
  t.is(projectAt('/p', { XDG_CACHE_HOME: '/x', BOXHOUND_CACHE: '/own' }).cache, '/own')
  t.is(projectAt('/p', { BOXHOUND_OUT: '/elsewhere' }).out, '/elsewhere')
  t.is(projectAt('/p', { BOXHOUND_OUT: '', BOXHOUND_CACHE: '', XDG_CACHE_HOME: '/x' }).cache, '/x/boxhound')
  t.is(projectAt('/p', { BOXHOUND_OUT: '' }).out, '/p/out')
})
