// Languages in which a value stays unquoted, or is refused.

import { assertText, type Value } from './value.ts'

/** A file in no language known here: nothing can be escaped, so whatever could end a line or hide is refused. */
export const text = (value: Value): string => {
  const plain = String(value)
  if (/[\0-\x1f\x7f-\x9f\u2028\u2029]|\p{Surrogate}/u.test(plain))
    throw new RangeError('this kind of file cannot hold a line break or a control character in a value')
  return plain
}

/** The rest of a line in an INI file as Python's configparser reads it (pip.conf): nothing is quoted, blanks at the ends are lost. */
export const ini = (value: Value): string => {
  const plain = text(value)
  if (plain === '' || /^\s|\s$/.test(plain))
    throw new RangeError('this kind of file cannot hold an empty value, or one with a blank at an end')
  return plain
}

/** A word of a line in sources.list(5): nothing there can be quoted, so whatever could end the word, the line or the options is refused. */
export const apt = (value: Value): string => {
  const plain = String(value)
  if (!/^[\x21-\x7e]+$/.test(plain) || /[[\]#"'\\]/.test(plain))
    throw new RangeError(
      'an apt source holds words of printable ASCII without blanks, brackets, quotes, # and backslashes',
    )
  return plain
}

/** A value in apt.conf(5), in the quotes that it needs. No escape exists there, so whatever could end them or the line is refused. */
export const aptConf = (value: Value): string => {
  const plain = String(value)
  if (/["\\\0-\x1f\x7f-\x9f\u2028\u2029]|\p{Surrogate}/u.test(plain))
    throw new RangeError(
      'a setting of apt’s cannot hold a quotation mark, a backslash, a line break or a control character',
    )
  return `"${plain}"`
}

const certificate = /^-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n?$/

/** A certificate as a block of a PEM file, and nothing before or behind it. */
export const pem = (value: Value): string => {
  const plain = String(value)
  if (!certificate.test(plain)) throw new RangeError('a file of certificates holds PEM blocks and nothing else')
  return plain.trimEnd()
}

/** What XML 1.0 has no way to write, not even as a reference: controls but tab and line ends, and two non-characters (its section 2.2). */
const impossibleXml = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/

/**
 * What means something in XML, is normalised by its parsers (a tab and line ends, in attributes) or may be changed by an editor. `>` is
 * among it for `]]>`, which must not stand in text.
 */
const specialXml = /[&<>"'\t\n\r\x7f-\x9f\u2028\u2029\ufeff]/g

const entities: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }

/** Text between two tags or inside the quotes of an attribute, which the template writes; nothing in it ends either. */
export const xml = (value: Value): string => {
  const text = String(value)
  assertText(text)
  if (impossibleXml.test(text)) throw new RangeError('XML 1.0 holds no control character but tab and line ends')
  return text.replaceAll(specialXml, (one) => `&${entities[one] ?? `#${one.charCodeAt(0)}`};`)
}
