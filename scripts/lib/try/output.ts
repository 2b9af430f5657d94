// Formats a check's own output.

import { z } from 'zod'
import { jsonIn } from '../verify/output-json.ts'
import { quoteCommand } from '../verify/quote.ts'
import { knownSecrets, scrub } from '../verify/scrub.ts'
import type { Session } from '../verify/ssh.ts'

const instanceSchema = z.looseObject({
  aggregator: z
    .looseObject({
      metrics: z
        .array(
          z.looseObject({
            metric: z.string(),
            type: z.string().nullish(),
            points: z.array(z.tuple([z.number(), z.number()])).nullish(),
            tags: z.array(z.string()).nullish(),
          }),
        )
        .nullish(),
      service_checks: z
        .array(
          z.looseObject({
            check: z.string(),
            status: z.number(),
            message: z.string().nullish(),
            tags: z.array(z.string()).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
  runner: z.looseObject({ LastError: z.string().nullish(), LastWarnings: z.array(z.string()).nullish() }).nullish(),
})

const states = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN']

const tagged = (tags: readonly string[] | null | undefined): string => (tags?.length ? `  {${tags.join(', ')}}` : '')

/** LastError is JSON inside a string: `[{"message", "traceback"}]`; the traceback ends with the message. */
const traceback = (text: string): string => {
  const parsed = z
    .array(z.looseObject({ message: z.string(), traceback: z.string().nullish() }))
    .safeParse(jsonIn(text))
  if (!parsed.success) return text
  return parsed.data.map(({ message, traceback }) => (traceback ?? message).trimEnd()).join('\n')
}

/** Maximum number of metrics to show: a database has hundreds. */
const most = 40

/**
 * A check's output for its author: metrics with values and tags, service checks, warnings, traceback. Anything that
 * isn't JSON is shown unchanged.
 */
export const formatOutput = (stdout: string, stderr: string): string => {
  const parsed = z.array(instanceSchema).safeParse(jsonIn(stdout))
  if (!parsed.success) return `${stdout}\n${stderr}`.trim()
  return parsed.data
    .flatMap(({ aggregator, runner }, index) => {
      const metrics = (aggregator?.metrics ?? []).map(
        ({ metric, type, points, tags }) =>
          `${(type ?? 'metric').padEnd(8)} ${metric} = ${points?.at(-1)?.[1] ?? '?'}${tagged(tags)}`,
      )
      const services = (aggregator?.service_checks ?? []).map(
        ({ check, status, message, tags }) =>
          `${'service'.padEnd(8)} ${check} ${states[status] ?? status}${message ? `: ${message}` : ''}${tagged(tags)}`,
      )
      return [
        ...(parsed.data.length > 1 ? [`instance ${index + 1}`] : []),
        ...metrics.slice(0, most),
        ...(metrics.length > most ? [`… and ${metrics.length - most} more metrics`] : []),
        ...services,
        ...(runner?.LastWarnings ?? []).map((text) => `${'warning'.padEnd(8)} ${text}`),
        ...(runner?.LastError ? [traceback(runner.LastError)] : []),
        ...(metrics.length + services.length === 0 && !runner?.LastError ? ['the check sent nothing'] : []),
      ]
    })
    .join('\n')
}

/** Where the Agent runs in a container, its command becomes the Agent's user by itself. */
const asAgent = `
if [[ -e /usr/lib/boxhound/agent-container ]]; then exec datadog-agent "$@"; fi
exec runuser -u dd-agent -- datadog-agent "$@"
`

/** Runs a check on the machine again and returns its output as text, scrubbed. */
export const checkOutput = async (session: Session, name: string, rates: boolean): Promise<string> => {
  const words = ['bash', '-c', asAgent, 'check', 'check', name, '--json', ...(rates ? ['--check-rate'] : [])]
  const { stdout, stderr } = await session.run(quoteCommand(words), {
    name: `datadog-agent check ${name}`,
    deadline: 120,
  })
  return scrub(formatOutput(stdout, stderr), knownSecrets(process.env))
}
