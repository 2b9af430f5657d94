import { spawnSync } from 'node:child_process'
import test from 'ava'
import { z } from 'zod'

const loginSchema = z.object({
  host: z.string(),
  port: z.number(),
  user: z.literal('root'),
  key: z.string(),
  hostKey: z.string().regex(/^SHA256:/),
})

/** A verb on the lab box, as a user would call it. */
const verb = (name: string, ...words: string[]) =>
  spawnSync('node', ['scripts/_run.mjs', name, 'lab', ...words], { encoding: 'utf8', timeout: 300_000 })

test.serial.after.always('nothing stays up', () => {
  verb('down')
})

test.serial('up starts a machine, ssh runs commands in it with the host key pinned, down ends it', (t) => {
  const first = verb('up', '--json')
  t.is(first.status, 0, first.stderr)
  const login = loginSchema.parse(JSON.parse(first.stdout))
  t.is(login.host, '127.0.0.1')

  const again = verb('up', '--json')
  t.deepEqual(loginSchema.parse(JSON.parse(again.stdout)), login, 'a second up finds the first machine')

  t.deepEqual(loginSchema.parse(JSON.parse(verb('ssh', '--json').stdout)), login, 'ssh tells the same')

  const host = verb('ssh', '--', 'hostname')
  t.is(host.status, 0, host.stderr)
  t.regex(host.stdout, /^boxhound-[0-9a-f]{6}\n$/)
  t.is(verb('ssh', '--', 'exit 7').status, 7, 'the remote exit status is the verb’s')

  const down = verb('down')
  t.is(down.status, 0, down.stderr)
  const gone = verb('ssh', '--', 'true')
  t.is(gone.status, 1)
  t.regex(gone.stderr, /npm run up -- lab/)
  t.is(verb('down').status, 0, 'down twice is no error')
})
