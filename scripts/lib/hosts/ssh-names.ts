// Names of hosts in an ssh_config file.

/** Splits a line of ssh_config into words; double quotes hold spaces. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

/** Every name after `Host` that is no pattern, each once, in the order of the file. */
export const sshNames = (text: string): string[] => {
  const names = text.split(/\r?\n/).flatMap((line) => {
    const rest = /^\s*host(?:\s*=\s*|\s+)(.*)$/i.exec(line)?.[1]
    return rest === undefined ? [] : wordsOf(rest.replace(/\s#.*$/, ''))
  })
  return [...new Set(names)].filter((name) => name !== '' && !/[*?!]/.test(name))
}

/** Whether a name matches a pattern of ssh_config: `*` is any text, `?` one character. */
export const matches = (name: string, pattern: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'is').test(name)
}
