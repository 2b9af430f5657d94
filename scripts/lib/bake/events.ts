// Progress events of a build.

import { open } from 'node:fs/promises'
import { z } from 'zod'

const eventSchema = z.object({
  layer: z.string(),
  event: z.enum(['waiting', 'started', 'step', 'built', 'failed']),
  /** Seconds since 1970. */
  at: z.number(),
  /** Name of a step inside the layer, which lasts until the next event. */
  name: z.string().optional(),
  bytes: z.number().optional(),
  status: z.number().optional(),
})
export type StepEvent = z.infer<typeof eventSchema>

/**
 * Follows the lines that packer/chroot/layer.sh appends, so that progress doesn't depend on the wording of Packer's own
 * output.
 *
 * @param onEvent called in the order of the lines.
 * @returns a function that stops following, after the last line has been read.
 */
export const followEvents = (path: string, onEvent: (event: StepEvent) => void): (() => Promise<void>) => {
  let position = 0
  let rest = ''
  let reading = Promise.resolve()
  const read = async (): Promise<void> => {
    const handle = await open(path, 'r').catch(() => undefined) // doesn't exist before the first step
    if (handle === undefined) return
    try {
      for (let more = 1; more > 0; position += more) {
        const { buffer, bytesRead } = await handle.read({ position, buffer: Buffer.alloc(65_536) })
        rest += buffer.toString('utf8', 0, bytesRead)
        more = bytesRead
      }
    } finally {
      await handle.close()
    }
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onEvent(eventSchema.parse(JSON.parse(line)))
  }
  const timer = setInterval(() => {
    reading = reading.then(read)
  }, 25)
  return async () => {
    clearInterval(timer)
    await reading
    await read()
  }
}
