// A value in XML.

import { assertText, type Value } from './value.ts'

/** What XML 1.0 has no way to write, not even as a reference: controls but tab and line ends, and two non-characters (its section 2.2). */
const impossible = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/

/**
 * What means something in XML, is normalised by its parsers (a tab and line ends, in attributes) or may be changed by an editor. `>` is
 * among it for `]]>`, which must not stand in text.
 */
const special = /[&<>"'\t\n\r\x7f-\x9f\u2028\u2029\ufeff]/g

const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }

/** Text between two tags or inside the quotes of an attribute, which the template writes; nothing in it ends either. */
export const xml = (value: Value): string => {
  const text = String(value)
  assertText(text)
  if (impossible.test(text)) throw new RangeError('XML 1.0 holds no control character but tab and line ends')
  return text.replaceAll(special, (one) => `&${names[one] ?? `#${one.charCodeAt(0)}`};`)
}
