// Detects a file's language, and adds its banner.

import type { Language } from './rendered-box.ts'

const bySuffix: Readonly<Record<string, Language>> = {
  sh: 'shell',
  bash: 'shell',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  hcl: 'hcl',
  py: 'python',
  sql: 'sql',
  rb: 'ruby',
  xml: 'xml',
  ovf: 'xml',
  pem: 'pem',
  crt: 'pem',
}

const unitSuffix = /\.(?:service|timer|socket|mount|automount|path|target|slice|swap|conf|network|netdev|link)$/

/** Language of a file by its name (without `.hbs`; `x.yaml.in` is YAML with holes for the first boot), its folder and its first line. */
export const languageOf = (path: string, firstLine = ''): Language => {
  const name = (path.split('/').at(-1) ?? '').replace(/\.in$/, '')
  if (/(?:^|\/)systemd\//.test(path) && unitSuffix.test(name)) return 'unit'
  if (name === 'Vagrantfile') return 'ruby'
  if (/(?:^|\/)etc\/apt\/(?:sources\.list(?:\.d\/[^/]+\.list)?|mirrors\.tsv)$/.test(path)) return 'apt'
  if (/(?:^|\/)etc\/apt\/apt\.conf(?:\.d\/[^/]+)?$/.test(path)) return 'apt-conf'
  if (name === 'pip.conf') return 'ini'
  const known = bySuffix[name.includes('.') ? (name.split('.').at(-1) ?? '') : '']
  if (known !== undefined) return known
  if (/^---\s*$/.test(firstLine)) return 'yaml'
  if (/^#!.*\b(?:ba|da)?sh\b/.test(firstLine)) return 'shell'
  if (/^#!.*\bpython/.test(firstLine)) return 'python'
  return /^#!.*\bruby/.test(firstLine) ? 'ruby' : 'text'
}

/** Text files in which a line starting with `#` is a comment. */
const hashComments =
  /\.(?:cnf|conf|cfg|ini|list|sources|env|rules|preset|repo)$|(?:^|\/)(?:logrotate\.d|cron\.d|sudoers\.d|sysusers\.d|tmpfiles\.d|default|profile\.d|modprobe\.d|sysctl\.d)\/[^/]+$/

/** The start of a comment line in a file; undefined if it has no comments. */
export const commentOf = (path: string, language: Language): string | undefined => {
  if (language === 'json') return undefined
  if (language === 'sql') return '--'
  if (language === 'xml') return '<!--'
  return language === 'text' && !hashComments.test(path) ? undefined : '#'
}

/** Puts `rendered from SOURCE, do not edit` on top, after an interpreter line or an XML declaration. */
export const withBanner = (content: string, path: string, language: Language, source: string): string => {
  const comment = commentOf(path, language)
  if (comment === undefined) return content
  const end = language === 'xml' ? ' -->' : ''
  const banner = `${comment} rendered from ${source}, do not edit${end}\n`
  const [, first = '', rest = ''] = /^((?:#!|<\?xml )[^\n]*\n)?([\s\S]*)$/.exec(content) ?? []
  return first + banner + rest
}
