// Splits a message into sections.

/** A part of a monitor's message and the state in which it is sent; undefined for every state. */
export interface MessagePart {
  readonly state?: string
  readonly text: string
}

const mark = /\{\{([#/^])\s*(is_\w+)[^{}]*\}\}/g

/**
 * Splits a message by state: separates what is in `{{#is_alert}}…{{/is_alert}}` from what every notification contains.
 * Nested sections stay text of the outer one; an unclosed section extends to the end; other conditions (`is_match`)
 * stay as they are.
 */
export const messageParts = (message: string): MessagePart[] => {
  const parts: MessagePart[] = []
  let begin = 0
  let open: { name: string; state: string } | undefined
  const endPart = (end?: number): void => {
    const text = message.slice(begin, end).trim()
    if (text !== '') parts.push({ text, ...(open === undefined ? {} : { state: open.state }) })
  }
  for (const match of message.matchAll(mark)) {
    const [all, kind, name = ''] = match
    const isBoundary = kind === '/' ? name === open?.name : open === undefined && !/^is_(exact_)?match$/.test(name)
    if (!isBoundary) continue
    endPart(match.index)
    begin = match.index + all.length
    open = kind === '/' ? undefined : { name, state: kind === '^' ? `not ${name}` : name }
  }
  endPart()
  return parts
}

/** `alert`, `no data`, `recovery from alert`. */
export const stateLabel = (state: string): string =>
  state
    .replace(/(^|^not )is_/, '$1')
    .replace(/^(alert|warning)_recovery$/, 'recovery from $1')
    .replaceAll('_', ' ')
