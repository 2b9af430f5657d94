import * as z from 'zod'
import { parseForeign } from '../../scripts/lib/_helpers/json.ts'
import { type Agent, at, disturbed, eventually } from './_agent.ts'
import type { Clause } from './_clause.ts'

const answerSchema = z.object({ status: z.number(), body: z.string() })

const ask = async (agent: Agent, what: string): Promise<z.infer<typeof answerSchema>> => {
  // From then on a disposable machine has its key.
  await disturbed(agent)
  return answerSchema.parse(await agent.python('receiver.py', { do: what }))
}

/** The trace-agent exits without a key. A disposable machine is given one before these clauses. */
const receives = ({ keyed, disposable }: Agent['context']): boolean => disposable || keyed !== false

/**
 * "Trace receiver", and what `status` reports about it. The order matters: the receiver sleeps until the first request.
 */
export const receiver: readonly Clause[] = [
  {
    line: 'before the first trace apmStats is {"port", "error"}, although port 8126 is open',
    when: ({ disposable }) => disposable,
    run: async (t, agent) => {
      await disturbed(agent)
      const connected = await eventually(async () => (await ask(agent, 'connect')).body)
      t.is(connected, 'connected')
      const apm = (await agent.status()).apmStats
      t.is(at(apm, 'port'), 5012)
      t.is(typeof at(apm, 'error'), 'string')
      t.is(at(apm, 'receiver'), undefined)
    },
  },
  {
    line: 'GET http://127.0.0.1:8126/info wakes it and lists its endpoints',
    when: receives,
    run: async (t, agent) => {
      const { status, body } = await ask(agent, 'info')
      t.is(status, 200)
      t.true(
        z
          .array(z.string())
          .parse(at(parseForeign(body), 'endpoints'))
          .some((path) => path.includes('/v0.4/traces')),
      )
    },
  },
  {
    line: 'once awake, apmStats.config.ReceiverPort is 8126',
    when: receives,
    run: async (t, agent) => {
      const port = await eventually(async () => at(await agent.status(), 'apmStats', 'config', 'ReceiverPort'))
      t.is(port, 8126)
    },
  },
  {
    line: 'the tracer’s socket /var/run/datadog/apm.socket exists',
    when: receives,
    run: async (t, { guest }) => void t.is((await guest.run(['test', '-S', '/var/run/datadog/apm.socket'])).code, 0),
  },
  {
    line: 'v0.4 responds with {"rate_by_service": …}',
    when: receives,
    run: async (t, agent) => {
      const { status, body } = await ask(agent, 'trace')
      t.is(status, 200)
      t.is(typeof at(parseForeign(body), 'rate_by_service'), 'object')
    },
  },
  {
    line: 'apmStats.receiver[] lists Lang, LangVersion, Interpreter, TracerVersion, Service and counts of what was received',
    when: receives,
    run: async (t, agent) => {
      await ask(agent, 'trace')
      const entry = z.looseObject({
        Lang: z.literal('boxhound'),
        LangVersion: z.string(),
        Interpreter: z.string(),
        TracerVersion: z.string(),
        Service: z.literal('boxhound-contract'),
        TracesReceived: z.number(),
        SpansReceived: z.number(),
        TracesBytes: z.number(),
      })
      const found = await eventually(async () => {
        const entries = z.array(z.unknown()).parse(at(await agent.status(), 'apmStats', 'receiver'))
        return entries.map((one) => entry.safeParse(one).data).find((one) => one !== undefined)
      })
      t.is(found?.TracerVersion, '1.0.0')
      t.true((found?.TracesReceived ?? 0) >= 1)
      t.true((found?.SpansReceived ?? 0) >= 1)
      t.true((found?.TracesBytes ?? 0) > 0)
    },
  },
  {
    line: 'a payload that cannot be decoded gets status 400',
    when: receives,
    run: async (t, agent) => void t.is((await ask(agent, 'rubbish')).status, 400),
  },
]
