import { type AddressInfo, createServer } from 'node:net'
import type { ExecutionContext } from 'ava'
import type { ServerChannel } from 'ssh2'
import type { FleetOptions } from '../../scripts/lib/hosts/fleet.ts'
import type { Wish } from '../../scripts/lib/hosts/wish.ts'
import { type Answer, startServer } from '../verify/_server.ts'

/** Answers a command with a text and exit status 0. */
export const saying =
  (text: string): Answer =>
  (channel: ServerChannel) => {
    channel.write(text)
    channel.exit(0)
    channel.end()
  }

/** Prints as long as anyone listens, and never ends. */
export const endless: Answer = (channel) => {
  const chunk = 'x'.repeat(32_000)
  const more = (): void => {
    while (channel.writable && channel.write(chunk)) {
      // until the window is full
    }
  }
  channel.on('drain', more)
  more()
}

/** A host on loopback that answers as the test says. */
export const hostOf = async (t: ExecutionContext, name: string, answer: Answer): Promise<Wish> => {
  const { target } = await startServer(t, answer)
  const { host, port, user, key, hostKey } = target
  return { name, host, port, user, key, hostKey, tags: [] }
}

/** A port that accepts connections and says only what it is given. */
export const portThat = async (t: ExecutionContext, greeting = ''): Promise<number> => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (greeting !== '') socket.write(greeting)
    t.teardown(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

export const fleetOptions: FleetOptions = {
  gatherer: { program: '', probes: {} },
  environment: {},
  active: false,
  only: [],
  parallel: 32,
  deadline: 60,
  hostDeadline: 20,
  onHost: () => {},
}
