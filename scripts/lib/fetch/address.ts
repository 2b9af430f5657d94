// Addresses for messages, and file names from addresses.

/** An address for messages: without user and password, and with the query left out, since it may be a signature. */
export const shownAddress = (address: string | URL): string => {
  if (!URL.canParse(String(address))) return 'an address that cannot be read'
  const { protocol, host, pathname, search } = new URL(address)
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`
}

/** The host of a proxy, without its password. */
export const shownProxy = (address: string): string => {
  const { protocol, host } = new URL(address)
  return `${protocol}//${host}`
}

/** A folder's address, with the trailing slash that addresses of its files are relative to. */
export const folderAddress = (address: string): string => (address.endsWith('/') ? address : `${address}/`)

/**
 * A file name for an address or path: its last part, reduced to harmless characters, with the extension (`.img.xz`)
 * kept.
 */
export const baseName = (address: string): string => {
  const path = URL.canParse(address) ? new URL(address).pathname : address
  const last = path.split('/').filter(Boolean).at(-1) ?? ''
  let name = last
  try {
    name = decodeURIComponent(last)
  } catch {
    // a literal percent sign
  }
  return (
    name
      .replaceAll(/[^A-Za-z0-9._+-]/g, '_')
      .replace(/^\.+/, '')
      .slice(-100) || 'image'
  )
}
