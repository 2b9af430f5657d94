// Rejects secrets in files of an image.

import { isMap, isScalar, isSeq, type Node, parseAllDocuments, type Scalar } from 'yaml'
import { type Problem, problemsError } from '../box/problems.ts'
import { isPlaceholder, isSecretName } from '../box/secret-names.ts'
import { secretShapes } from '../box/secret-shapes.ts'
import { findKeys } from '../box/secrets.ts'
import { type Origin, offsetOfLine } from './origin.ts'
import type { Language, RenderedFile } from './rendered-box.ts'

/** A description of what was found, never the secret itself; `line` is 1-based, in the rendered text. */
interface Finding {
  readonly line: number
  readonly what: string
  readonly length: number
}

/** Suppression comment at the end of a line. */
const cleared = /\bboxhound: no secret\b/

const shapes: readonly (readonly [what: string, shape: RegExp])[] = [
  ['a private key', new RegExp(secretShapes.privateKey, 'g')],
  ['a login inside an address', new RegExp(secretShapes.login, 'gi')],
  [
    'an access token',
    /(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40}|glpat-[\w-]{20}|(?:AKIA|ASIA)[0-9A-Z]{16}|npm_[A-Za-z0-9]{36}|pypi-AgEI[\w-]{30}|xox[abprs]-[\w-]{20})/g,
  ],
  ['a signed token', /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10}/g],
  ['a token of a header', /authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+(?![<$%{])[\w.~+/=-]{8,}/gi],
]

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

const byShape = (text: string): Finding[] => [
  ...shapes.flatMap(([what, shape]) =>
    [...text.matchAll(shape)].map(({ 0: match, index }) => ({ line: lineAt(text, index), what, length: match.length })),
  ),
  ...findKeys(text).map(({ offset, length, variable }) => ({
    line: lineAt(text, offset),
    what: `what looks like a Datadog ${variable === 'DD_API_KEY' ? 'API' : 'application'} key`,
    length,
  })),
]

/** In configuration, any value; in a script or program, only a literal, since `password=$1` holds no secret. */
const assignment =
  /(?<![\w$])([A-Za-z][\w.-]*)["']?[ \t]*(?::(?!:)|(?<![=!<>])=(?!=))[ \t]*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"'#;,]+)/g

const statements: readonly RegExp[] = [
  /\bIDENTIFIED\s+(?:WITH\s+(?!\w*socket)\S+\s+)?(?:BY|AS|USING)\s+(?:PASSWORD\s+)?'([^']+)'/gi,
  /\bPASSWORD\s+'([^']+)'/gi,
]

const isCode = (language: Language): boolean => language === 'python' || language === 'ruby' || language === 'hcl'

const isLiteral = (value: string, name: string, language: Language, isComment: boolean): boolean => {
  const quoted = /^(["'])(.*)\1$/s.exec(value)
  const text = quoted?.[2] ?? value
  if (isPlaceholder(text) || /[$`(){}]|%[sdr(]/.test(text)) return false
  // Prose about a password is not a secret: `token: optional`.
  if (isComment) return text.length >= 6 && /\d/.test(text) && !/\s/.test(text)
  if (isCode(language)) return quoted !== null && text.toLowerCase() !== name.toLowerCase() && !isSecretName(text)
  return language !== 'shell' || !/^\d?$/.test(text)
}

const byName = (text: string, language: Language, path: string): Finding[] =>
  text.split('\n').flatMap((line, index) => {
    const isComment = /^\s*(?:#|--|\/\/|;)/.test(line)
    const assigned = [...line.matchAll(assignment)]
      .filter(([, name = '', value = '']) => isSecretName(name) && isLiteral(value, name, language, isComment))
      .map(([, name = '', value = '']) => ({ what: `a literal value of "${name}"`, length: value.length }))
    const said = statements
      .flatMap((one) => [...line.matchAll(one)])
      .filter(([, value = '']) => isLiteral(`'${value}'`, '', 'text', false))
      .map(([, value = '']) => ({ what: 'a literal password in a statement', length: value.length }))
    const login = /(?:^|\/)\.?netrc$|\/apt\/auth\.conf/.test(path) ? (/\bpassword\s+(\S+)/.exec(line)?.[1] ?? '') : ''
    const kept = isPlaceholder(login) ? [] : [{ what: 'a login', length: login.length }]
    return [...assigned, ...said, ...kept].map((one) => ({ ...one, line: index + 1 }))
  })

const inScalar = ({ value, range }: Scalar, name: string, text: string): Finding[] => {
  const line = lineAt(text, range?.[0] ?? 0)
  if (typeof value === 'number' && /pass|pwd/i.test(name))
    return [{ line, what: `a literal value of "${name}"`, length: 1 }]
  if (typeof value !== 'string') return []
  // In a value, every login counts, even a typical example.
  const login = /:\/\/[^/\s:@]*:([^/\s@]+)@/.exec(value)?.[1] ?? ''
  if (!isPlaceholder(login)) return [{ line, what: 'a login inside an address', length: login.length }]
  return isPlaceholder(value) ? [] : [{ line, what: `a literal value of "${name}"`, length: value.length }]
}

/** Values of secret names in a YAML or JSON document, and logins in any value. */
const inNode = (node: Node | null, name: string, text: string): Finding[] => {
  if (isSeq(node)) return node.items.flatMap((item) => inNode(item as Node | null, name, text))
  if (isScalar(node)) {
    const found = inScalar(node, name, text)
    return isSecretName(name) ? found : found.filter(({ what }) => what.startsWith('a login'))
  }
  if (!isMap(node)) return []
  // { name: DB_PASSWORD, value: … }, as environments are often written.
  const named = node.get('name')
  return node.items.flatMap(({ key, value }) => {
    const own = isScalar(key) ? String(key.value) : ''
    const at = own === 'value' && typeof named === 'string' && isSecretName(named) ? named : own
    return inNode(value as Node | null, at, text)
  })
}

const inData = (text: string): Finding[] =>
  parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' }).flatMap((document) =>
    document.errors.length > 0 ? [] : inNode(document.contents, '', text),
  )

/** Secrets in a file of an image, once per line. */
export const findSecrets = ({
  content,
  language,
  path,
}: Pick<RenderedFile, 'content' | 'language' | 'path'>): Finding[] => {
  const text = content.toString('utf8')
  const isData = language === 'yaml' || language === 'json'
  // In data, only comments are free text.
  const comments = isData ? text.replaceAll(/^(?!\s*#).*$/gm, '') : text
  const all = [...byShape(text), ...byName(comments, language, path), ...(isData ? inData(text) : [])]
  const lines = text.split('\n')
  const seen = new Set<number>()
  return all
    .sort((a, b) => a.line - b.line)
    .filter(({ line }) => !cleared.test(lines[line - 1] ?? '') && !seen.has(line) && seen.add(line))
}

/**
 * Rejects a secret in a file that goes into an image, since every copy would carry it (fault 59).
 *
 * @param origin of its lines; called only for errors.
 * @throws BoxhoundError E_SECRET (exit code 2) with file and line, without the secret.
 */
export const assertNoSecrets = (file: RenderedFile, origin: () => Origin): void => {
  const found = findSecrets(file)
  if (found.length === 0) return
  const { template, lines } = origin()
  const problems = found.map(
    ({ line, what, length }): Problem => ({
      offset: offsetOfLine(template, lines[line - 1] ?? line),
      message: what,
      expected: 'no secret in a file of an image: every copy of the image would carry it',
      found: `${length} characters, not shown`,
      next: `have the Agent resolve it with a secret backend (ENC[HANDLE]), or write it at first boot from instance data (guide/keys.md); if it is not a secret, end the line with a comment: boxhound: no secret`,
    }),
  )
  throw problemsError(file.source, template, problems, 'E_SECRET')
}
