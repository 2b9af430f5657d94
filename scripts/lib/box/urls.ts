/** An address without a password in it; `protocols` without colon. */
export const isAddress = (text: string, protocols: readonly string[]): boolean => {
  if (!URL.canParse(text) || /\s/.test(text)) return false
  const url = new URL(text)
  return protocols.includes(url.protocol.slice(0, -1)) && url.username === '' && url.password === ''
}
