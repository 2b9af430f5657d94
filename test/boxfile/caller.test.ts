import test from 'ava'
import { fromCaller } from '../../scripts/lib/box/caller.ts'

test('a relative path counts from where npm was called', (t) => {
  t.is(fromCaller('a/b.yaml', { INIT_CWD: '/home/me' }), '/home/me/a/b.yaml')
  t.is(fromCaller('/x.yaml', { INIT_CWD: '/home/me' }), '/x.yaml')
})

test('without npm a relative path counts from here', (t) => {
  t.is(fromCaller('a.yaml', {}), `${process.cwd()}/a.yaml`)
})
