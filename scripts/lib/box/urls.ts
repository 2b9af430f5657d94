// Addresses without passwords.

/** Characters that are not allowed in an address (RFC 3986), though a parser may silently encode them; includes quotes and braces. */
const foreign = /[\s\0-\x1f\x7f"\\^`{|}<>]/

/** An address without a password in it; `protocols` without colon. */
export const isAddress = (text: string, protocols: readonly string[]): boolean => {
  if (!URL.canParse(text) || foreign.test(text)) return false
  const url = new URL(text)
  return protocols.includes(url.protocol.slice(0, -1)) && url.username === '' && url.password === ''
}

/** The address of a disk image without a password in it, or a path: absolute, or relative to the box file. */
export const isImage = (text: string): boolean =>
  /^[a-z][a-z0-9+.-]*:/i.test(text) ? isAddress(text, ['https', 'http', 'file']) : /^[^\0\n-][^\0\n]*$/.test(text)
