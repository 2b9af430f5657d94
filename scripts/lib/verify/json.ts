/**
 * The JSON document in a command's output: `datadog-agent check` may print text before it (datadog.md), so everything
 * up to the first bracket from which a document parses is skipped.
 *
 * @returns undefined when there is none.
 */
export const jsonIn = (output: string): unknown => {
  for (const match of output.matchAll(/[[{]/g)) {
    const document = output.slice(match.index).trimEnd()
    // Text such as "[INFO] …" has brackets of its own.
    if (!/^[[{]\s*(["[{\]}]|-?\d|true|false|null)/.test(document)) continue
    try {
      return JSON.parse(document)
    } catch {
      // not from here
    }
  }
  return undefined
}
