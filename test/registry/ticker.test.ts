import test from 'ava'
import { ticker } from '../../scripts/lib/registry/ticker.ts'

const written = (isTTY: boolean) => {
  let [text, clock] = ['', 0]
  const told = ticker({ isTTY, write: (more: string) => (text += more) }, () => clock)
  return {
    ...told,
    after: (ms: number): void => {
      clock += ms
    },
    text: () => text,
  }
}

test('on a terminal one line changes in its place, ten times a second at most', (t) => {
  const told = written(true)
  told.doing('1')
  told.doing('2')
  told.after(100)
  told.doing('3')
  told.line('done')
  t.is(told.text(), '\r\x1b[K  1\r\x1b[K  3\r\x1b[Kdone\n')
})

test('a log gets a line every five seconds and no control characters', (t) => {
  const told = written(false)
  told.doing('1')
  told.after(5000)
  told.doing('2')
  told.end()
  t.is(told.text(), '  2\n')
})
