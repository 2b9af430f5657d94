import * as z from 'zod'

const text = z.string()
const number = z.number()

/** What the probe expect.py reports, by kind. */
export const factsOf = {
  file: z.object({
    exists: z.boolean(),
    type: text,
    mode: text,
    owner: text,
    group: text,
    size: number,
    sha256: text,
    target: text,
    content: text,
  }),
  port: z.object({ addresses: z.array(text) }),
  user: z.object({
    exists: z.boolean(),
    uid: number,
    group: text,
    groups: z.array(text),
    home: text,
    shell: text,
  }),
  group: z.object({ exists: z.boolean(), gid: number, members: z.array(text) }),
  process: z.object({ processes: z.array(z.object({ pid: number, user: text })) }),
  http: z.object({ status: number, headers: z.record(text, text), body: text, error: text }),
} as const

export type Facts = { readonly [Kind in keyof typeof factsOf]: z.infer<(typeof factsOf)[Kind]> }
