import test from 'ava'
import type { LogSource } from '../../scripts/lib/box/box.ts'
import { logAccess } from '../../scripts/lib/render/log-access.ts'

const file = (path: string): LogSource => ({ name: 'x', config: { type: 'file', path }, trials: [] })
const folder = 'u:dd-agent:r-x,d:u:dd-agent:r-x'

test('a folder of its own gets a default, so that the files of a rotation are readable', (t) => {
  t.deepEqual(logAccess([file('/var/log/nginx/*.log')]), [
    { path: '/var/log/nginx', acl: folder },
    { path: '/var/log/nginx/*.log', acl: 'u:dd-agent:r--' },
  ])
})

test('folders above it may be passed, and no more', (t) => {
  t.deepEqual(logAccess([file('/home/shop/logs/*/a.log')]), [
    { path: '/home/shop', acl: 'u:dd-agent:--x' },
    { path: '/home/shop/logs', acl: 'u:dd-agent:--x' },
    { path: '/home/shop/logs/*', acl: folder },
    { path: '/home/shop/logs/*/a.log', acl: 'u:dd-agent:r--' },
  ])
})

test('a folder that many share is left as it is', (t) => {
  t.deepEqual(logAccess([file('/var/log/syslog')]), [{ path: '/var/log/syslog', acl: 'u:dd-agent:r--' }])
  t.deepEqual(logAccess([file('/a.log')]), [{ path: '/a.log', acl: 'u:dd-agent:r--' }])
})

test('of two sources in one tree the wider right counts', (t) => {
  const all = logAccess([
    file('/srv/a/b/x.log'),
    file('/srv/a/y.log'),
    { name: 'j', config: { type: 'journald' }, trials: [] },
  ])
  t.is(all.find(({ path }) => path === '/srv/a')?.acl, folder)
  t.is(new Set(all.map(({ path }) => path)).size, all.length)
})
