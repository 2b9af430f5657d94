import { connect as connectSocket, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import type { ServerChannel } from 'ssh2'
import { connect } from '../../scripts/lib/verify/ssh.ts'
import { type Answer, startServer } from './_server.ts'

test('a command’s status, output and errors come back', async (t) => {
  const { target } = await startServer(t, (channel) => {
    channel.stdin.on('data', (chunk: Buffer) => channel.write(`got ${chunk}`))
    channel.stdin.on('end', () => {
      channel.stderr.write('careful')
      channel.exit(7)
      channel.end()
    })
  })
  const session = await connect(target)
  t.teardown(session.close)
  t.like(await session.run('any', { stdin: 'text' }), { code: 7, stdout: 'got text', stderr: 'careful' })
})

test('fault 38: a command that ends without an exit status fails', async (t) => {
  const { target } = await startServer(t, (channel) => channel.end('looks well'))
  const session = await connect(target)
  t.teardown(session.close)
  await t.throwsAsync(session.run('any'), { code: 'E_SSH_LOST' })
})

test('fault 38: a connection that drops in the middle fails the command, and every later one', async (t) => {
  const { target } = await startServer(t, (channel, connection) => {
    channel.write('half')
    setImmediate(() => connection.end())
  })
  const session = await connect(target)
  await t.throwsAsync(session.run('any'), { code: 'E_SSH_LOST' })
  await t.throwsAsync(session.run('later'), { code: 'E_SSH_LOST' })
})

test('fault 39: a command that a signal ends fails and names the signal', async (t) => {
  const { target } = await startServer(t, (channel) => {
    channel.exit('KILL')
    channel.end()
  })
  const session = await connect(target)
  t.teardown(session.close)
  await t.throwsAsync(session.run('victim'), { code: 'E_SSH_SIGNAL', message: /victim: was killed by SIGKILL/ })
})

test('fault 40: a command that hangs on a living peer meets its own deadline', async (t) => {
  const { target } = await startServer(t, (channel, _connection, command) => {
    if (command !== 'quick') return
    channel.exit(0)
    channel.end()
  })
  const session = await connect(target)
  t.teardown(session.close)
  await t.throwsAsync(session.run('slow', { deadline: 0.2 }), { code: 'E_SSH_DEADLINE', message: /slow: .* 0\.2 s/ })
  t.like(await session.run('quick'), { code: 0 }, 'the connection is still good')
})

/** A proxy that stops passing bytes on, without closing anything: what a frozen machine looks like. `thaw` passes them on again. */
const freezing = async (
  t: ExecutionContext,
  port: number,
): Promise<{ port: number; freeze: () => void; thaw: () => void }> => {
  let [freeze, thaw] = [(): void => {}, (): void => {}]
  const proxy = createServer((client) => {
    const upstream = connectSocket(port, '127.0.0.1')
    for (const socket of [client, upstream]) socket.on('error', () => {})
    thaw = () => {
      client.pipe(upstream)
      upstream.pipe(client)
    }
    thaw()
    freeze = () => {
      client.unpipe()
      upstream.unpipe()
    }
    t.teardown(() => [client.destroy(), upstream.destroy()])
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => proxy.close())
  const address = proxy.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    freeze: () => freeze(),
    thaw: () => thaw(),
  }
}

test('fault 40: a peer that freezes is noticed by its silence', async (t) => {
  let freeze = (): void => {}
  const { target } = await startServer(t, () => freeze())
  const proxy = await freezing(t, target.port)
  freeze = proxy.freeze
  const session = await connect({ ...target, port: proxy.port }, { keepalive: 0.1 })
  t.is(session.lost(), undefined)
  const error = await t.throwsAsync(session.run('any', { deadline: 60 }), { code: 'E_SSH_LOST' })
  t.regex(JSON.stringify(error), /[Kk]eepalive/)
  t.regex(session.lost() ?? '', /[Kk]eepalive/)
})

test('a machine that gets on is waited for however late it answers, and one that stands still is not', async (t) => {
  let ticks = 0
  let moves = true
  let answer = (): void => {}
  const { target } = await startServer(t, (channel) => {
    proxy.freeze()
    answer = () => {
      channel.exit(0)
      channel.end()
    }
  })
  const proxy = await freezing(t, target.port)
  const progress = (): number => {
    if (moves) ticks += 1
    return ticks
  }
  const session = await connect({ ...target, port: proxy.port }, { keepalive: 0.1, progress })
  const slow = session.run('slow', { deadline: 60 })
  // Several times what a silent peer is given without progress.
  await sleep(2000)
  t.is(session.lost(), undefined)
  proxy.thaw()
  answer()
  t.is((await slow).code, 0)
  const dead = session.run('dead', { deadline: 60 })
  moves = false
  await t.throwsAsync(dead, { code: 'E_SSH_LOST' })
  t.regex(session.lost() ?? '', /made no progress for 0\.5 s/)
})

test('fault 41: a changed host key is refused before anything is said, and both keys are told', async (t) => {
  const { target, logins } = await startServer(t, () => {})
  const expected = `SHA256:${'A'.repeat(43)}`
  const error = await t.throwsAsync(connect({ ...target, hostKey: expected }), { code: 'E_HOST_KEY' })
  t.like(error, { details: { expected, found: target.hostKey } })
  t.is(logins(), 0)
})

test('a port on which nothing listens is told with its address', async (t) => {
  const { target } = await startServer(t, () => {})
  await t.throwsAsync(connect({ ...target, port: 1 }), { code: 'E_SSH_CONNECT', message: /127\.0\.0\.1:1/ })
})

test('a missing private key is named', async (t) => {
  const { target } = await startServer(t, () => {})
  await t.throwsAsync(connect({ ...target, key: '/nonexistent/key' }), { code: 'E_SSH_KEY' })
})

test('output beyond the limit fails instead of being cut', async (t) => {
  const { target } = await startServer(t, (channel) => {
    channel.write('x'.repeat(2000))
    channel.exit(0)
    channel.end()
  })
  const session = await connect(target)
  t.teardown(session.close)
  await t.throwsAsync(session.run('loud', { limit: 1000 }), { code: 'E_SSH_OUTPUT' })
})

test('no more commands run at once than a server allows', async (t) => {
  let [now, most] = [0, 0]
  const { target } = await startServer(t, (channel) => {
    now += 1
    most = Math.max(most, now)
    setTimeout(() => {
      now -= 1
      channel.exit(0)
      channel.end()
    }, 20)
  })
  const session = await connect(target)
  t.teardown(session.close)
  await Promise.all(Array.from({ length: 30 }, (_, index) => session.run(`c${index}`)))
  t.is(most, 5)
})

const done = (channel: ServerChannel): void => {
  channel.exit(0)
  channel.end()
}

test('a session that the server refuses because it still counts ended ones is asked for again, and each command runs once', async (t) => {
  const { target, commands, refusals } = await startServer(t, done, { sessions: { limit: 3, lateBy: 40 } })
  const session = await connect(target)
  t.teardown(session.close)
  const names = Array.from({ length: 20 }, (_, index) => `c${index}`)
  const results = await Promise.all(names.map((name) => session.run(name)))
  t.true(results.every(({ code }) => code === 0))
  t.deepEqual(commands.toSorted(), names.toSorted())
  t.true(refusals() > 0, 'the server refused none: this proves nothing')
})

test('twice as many sessions as run at once are enough for a server that counts each for a while longer', async (t) => {
  const { target, refusals } = await startServer(t, done, { sessions: { limit: 10, lateBy: 0 } })
  const session = await connect(target)
  t.teardown(session.close)
  await Promise.all(Array.from({ length: 40 }, (_, index) => session.run(`c${index}`)))
  t.is(refusals(), 0)
})

test('a server that never allows a session is told with the setting that limits them', async (t) => {
  const { target, refusals } = await startServer(t, done, { sessions: { limit: 0, lateBy: 0 } })
  const session = await connect(target)
  t.teardown(session.close)
  const error = await t.throwsAsync(session.run('any'), { code: 'E_SSH_SESSIONS', message: /any: .* 8 times/ })
  t.regex(JSON.stringify(error), /MaxSessions/)
  t.is(refusals(), 8)
})

test('a command whose deadline is over while its session is refused never runs', async (t) => {
  const { target, commands } = await startServer(t, done, { sessions: { limit: 0, lateBy: 0 } })
  const session = await connect(target)
  t.teardown(session.close)
  await t.throwsAsync(session.run('any', { deadline: 0.1 }), { code: 'E_SSH_DEADLINE' })
  await sleep(500)
  t.deepEqual(commands, [])
})

test('the place of a command past its deadline is free only when its channel is closed', async (t) => {
  const answer: Answer = (channel, _connection, command) => (command === 'quick' ? done(channel) : undefined)
  const { target, refusals } = await startServer(t, answer, { sessions: { limit: 5, lateBy: 0 } })
  const session = await connect(target)
  t.teardown(session.close)
  const slow = Array.from({ length: 5 }, () => session.run('slow', { deadline: 0.1 }))
  const quick = Array.from({ length: 5 }, () => session.run('quick'))
  t.true((await Promise.allSettled(slow)).every(({ status }) => status === 'rejected'))
  await Promise.all(quick)
  t.is(refusals(), 0)
})
