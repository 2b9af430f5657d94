import { once } from 'node:events'
import { createServer, connect as dial } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { connect } from '../../scripts/lib/verify/ssh.ts'
import { startServer } from './_server.ts'

/** A server on this machine that answers in capitals; its port. */
const shouting = async (t: ExecutionContext): Promise<number> => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => void socket.write(chunk.toString().toUpperCase()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const ask = async (port: number, text: string): Promise<string> => {
  const socket = dial(port, '127.0.0.1')
  socket.write(text)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString()
}

test('a port of the machine ends at a port of this one, for any number of connections', async (t) => {
  const { target } = await startServer(t, () => {}, { forwards: true })
  const session = await connect(target)
  t.teardown(session.close)
  const port = await session.forward(await shouting(t))
  t.true(port > 0)
  t.deepEqual(await Promise.all(['one', 'two', 'three'].map((text) => ask(port, text))), ['ONE', 'TWO', 'THREE'])
})

test('nobody behind the port: the connection ends, the session stays', async (t) => {
  const { target } = await startServer(t, (channel) => channel.exit(0), { forwards: true })
  const session = await connect(target)
  t.teardown(session.close)
  const port = await session.forward(9)
  const socket = dial(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'close')
  t.pass()
})

test('a machine that opens no port says what to allow', async (t) => {
  const { target } = await startServer(t, () => {})
  const session = await connect(target)
  t.teardown(session.close)
  const error = await t.throwsAsync<BoxhoundError>(session.forward(1))
  t.is(error?.code, 'E_SSH_FORWARD')
  t.regex(error?.details.next ?? '', /sshd_config/)
})

test('a door on this machine leads to a port of the machine, for any number of connections, and ends with all of them', async (t) => {
  const { target } = await startServer(t, () => {}, { forwards: true })
  const session = await connect(target)
  t.teardown(session.close)
  const { port, close } = await session.door(await shouting(t))
  t.deepEqual(await Promise.all(['one', 'two', 'three'].map((text) => ask(port, text))), ['ONE', 'TWO', 'THREE'])
  const open = dial(port, '127.0.0.1')
  open.on('error', () => {})
  await once(open, 'connect')
  const ended = once(open, 'close')
  close()
  await ended
  const late = dial(port, '127.0.0.1')
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException]
  t.is(error.code, 'ECONNREFUSED')
})

test('nobody behind the door, or a machine that forwards nothing: the connection ends, the session stays', async (t) => {
  for (const forwards of [true, false]) {
    const { target } = await startServer(t, (channel) => channel.exit(0), { forwards })
    const session = await connect(target)
    t.teardown(session.close)
    const { port, close } = await session.door(9)
    t.teardown(close)
    const socket = dial(port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'close')
    t.is(session.lost(), undefined)
  }
})
