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
