/** The sections that a monitor's message may have, from Datadog's page on notification variables. */
const sections = new Set([
  'is_alert',
  'is_alert_recovery',
  'is_alert_to_warning',
  'is_exact_match',
  'is_match',
  'is_no_data',
  'is_no_data_recovery',
  'is_no_data_to_alert',
  'is_no_data_to_warning',
  'is_priority',
  'is_recovery',
  'is_renotify',
  'is_unknown',
  'is_warning',
  'is_warning_recovery',
  'is_warning_to_alert',
])

/**
 * Problems with the double braces in a message: unknown sections, or sections not closed or closed in the wrong order.
 */
export const mustacheProblems = (message: string): string[] => {
  const problems: string[] = []
  const open: string[] = []
  for (const [tag, sign = '', name = ''] of message.matchAll(/\{\{\s*([#^/])\s*([\w.]+)[^{}]*\}\}/g)) {
    if (!sections.has(name)) problems.push(`unknown section ${tag}`)
    if (sign !== '/') open.push(name)
    else if (open.at(-1) === name) open.pop()
    else problems.push(open.length === 0 ? `${tag} closes nothing` : `${tag} closes {{#${open.pop()}}}`)
  }
  problems.push(...open.map((name) => `{{#${name}}} is never closed`))
  const left = message.replaceAll(/\{\{[^{}]+\}\}/g, '')
  if (/\{\{|\}\}/.test(left)) problems.push('double braces don’t match')
  return problems
}
