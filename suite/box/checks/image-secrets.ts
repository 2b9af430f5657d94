import * as z from 'zod'
import { secretShapes } from '../../../scripts/lib/box/secret-shapes.ts'
import type { BoxCheck } from '../check.ts'
import { judge } from '../verdict.ts'

/** The only file that may hold this instance's key. agent.unkeyed judges whether it may. */
const keys = ['/etc/datadog-agent/environment']

export const check: BoxCheck = {
  run: async (guest) => {
    const { fresh, expectations } = guest.context
    const found = z
      .array(z.string())
      .parse(
        await guest.probe('secrets', { fresh, keys, shapes: secretShapes, skipped: expectations.database?.data ?? [] }),
      )
    const traces = fresh
      ? ', no mirror, proxy, certificate, history or package list from the build'
      : ' (a machine in use: traces are not judged)'
    return judge(`no private key but this instance’s own, no API key${traces}`, 'nothing found', found)
  },
}
