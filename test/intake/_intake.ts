import type { ExecutionContext } from 'ava'
import { type Intake, startIntake } from '../../lab/intake/server.ts'

export const key = '0123456789abcdef0123456789abcdef'

/** An intake that ends with the test. */
export const intakeFor = async (t: ExecutionContext): Promise<Intake> => {
  const intake = await startIntake({ apiKey: key })
  t.teardown(() => intake.close())
  return intake
}

/** Posts with the right key. An empty type sends no Content-Type. */
export const post = (
  intake: Intake,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${intake.url}${path}`, {
    method: 'POST',
    body,
    headers: { 'dd-api-key': key, 'content-type': 'application/json', ...headers },
  })

export const protobuf = { 'content-type': 'application/x-protobuf' }
