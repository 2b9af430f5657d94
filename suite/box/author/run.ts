import { Worker } from 'node:worker_threads'
import * as z from 'zod'
import { formatError } from '../../../scripts/lib/_helpers/errors.ts'
import { loopbackProblem } from '../../../scripts/lib/box/loopback.ts'
import type { OwnTest } from '../../../scripts/lib/render/rendered-box.ts'
import type { BoxCheck } from '../check.ts'
import { factsOf } from '../expect/facts.ts'
import type { Guest } from '../guest.ts'
import { judge, type Verdict } from '../verdict.ts'

/** Seconds for one test, waits included. */
const patience = 120

const message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    id: z.number(),
    input: z.object({ words: z.array(z.string()).min(1), user: z.string().nullable() }),
  }),
  z.object({ kind: z.literal('file'), id: z.number(), input: z.object({ path: z.string().startsWith('/') }) }),
  z.object({
    kind: z.literal('http'),
    id: z.number(),
    input: z.object({
      url: z.string(),
      method: z.enum(['GET', 'HEAD']).default('GET'),
      host: z.string().optional(),
      insecure: z.boolean().default(false),
    }),
  }),
  z.object({ kind: z.literal('end'), assertions: z.number(), problem: z.string().nullable() }),
])
type Message = z.infer<typeof message>
type Question = Exclude<Message, { kind: 'end' }>

const answer = async (guest: Pick<Guest, 'run' | 'probe'>, question: Question): Promise<unknown> => {
  if (question.kind === 'run') {
    const { words, user } = question.input
    const { code, stdout, stderr } = await guest.run(user === null ? words : ['runuser', '-u', user, '--', ...words])
    return { code, stdout, stderr }
  }
  if (question.kind === 'file')
    return factsOf.file.parse(await guest.probe('expect', { kind: 'file', sha256: '', content: {}, ...question.input }))
  const problem = loopbackProblem(question.input.url)
  if (problem !== undefined) throw new Error(`${question.input.url}: ${problem}`)
  const { error, ...found } = factsOf.http.parse(await guest.probe('expect', { kind: 'http', ...question.input }))
  if (error !== '') throw new Error(`${question.input.url}: ${error}`)
  return found
}

/** Runs one test in a thread of its own. However it ends, there is a verdict; without an assertion it is red. */
export const runOwnTest = (
  guest: Pick<Guest, 'run' | 'probe'>,
  { code, name }: { readonly code: string; readonly name: string },
  seconds = patience,
): Promise<Verdict> => {
  const expected = 'the test makes assertions, and they hold'
  const address = new URL(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
  const worker = new Worker(address, { workerData: { name }, env: {}, execArgv: [], stdout: true, stderr: true })
  return new Promise((resolve) => {
    const end = (problems: readonly string[], observed = ''): void => {
      clearTimeout(timer)
      resolve(judge(expected, observed, problems))
      void worker.terminate()
    }
    const timer = setTimeout(() => end([`it did not end within ${seconds} s`]), seconds * 1000)
    const take = (said: Message): void => {
      if (said.kind === 'end') {
        const { assertions, problem } = said
        if (problem !== null) end([problem])
        else end(assertions === 0 ? ['it made no assertion: guest.expect(…)'] : [], `${assertions} assertions hold`)
        return
      }
      answer(guest, said).then(
        (result) => worker.postMessage({ id: said.id, result }),
        (error: unknown) => worker.postMessage({ id: said.id, error: formatError(error) }),
      )
    }
    worker.on('message', (value: unknown) => {
      const parsed = message.safeParse(value)
      if (parsed.success) take(parsed.data)
      else end([`a call of guest has the wrong arguments: ${z.prettifyError(parsed.error)}`])
    })
    worker.on('error', (error: unknown) => end([`it threw while it was loaded: ${formatError(error)}`]))
    worker.on('exit', (status) => end([`it ended by itself, with exit status ${status}`]))
  })
}

/** How to judge one test of the user's. */
export const ownTestCheck = (own: OwnTest, name: string): BoxCheck => ({
  run: (guest) => runOwnTest(guest, { code: own.code, name }),
})
