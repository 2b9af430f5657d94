// Identifies an untrusted certificate.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { BoxhoundError } from '../_helpers/errors.ts'
import { shownAddress, shownProxy } from './address.ts'
import type { Client } from './client.ts'
import { proxyFor } from './network.ts'

/** OpenSSL's reasons for rejecting a certificate, as Node names them. */
const reasons: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is unknown here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is unknown here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is unknown here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is unknown here',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  CERT_HAS_EXPIRED: 'it has expired, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'it is not valid yet, or the clock of this machine is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  INVALID_CA: 'its authority may not sign certificates',
  UND_ERR_PRX_TLS: 'it is for another host',
}

/** Whether an error code means that a server's certificate was rejected. */
export const isUntrusted = (code: string): boolean => code in reasons

const connected = 'undici:client:connected'

/** The last certificate of a chain. Its issuer is the CA, even if the server doesn't send the CA's own certificate. */
const lastOf = (certificate: DetailedPeerCertificate): DetailedPeerCertificate => {
  const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate
  return issuer === undefined || issuer === certificate ? certificate : lastOf(issuer)
}

const nameOf = (subject: DetailedPeerCertificate['issuer'] | undefined): string =>
  Object.entries(subject ?? {})
    .filter(([field]) => ['CN', 'O', 'OU'].includes(field))
    .map(([field, value]) => `${field}=${value}`)
    .sort()
    .join(', ')

/** Checks for a method, because the class would have to be loaded for instanceof (client.ts). */
const isSecure = (socket: unknown): socket is TLSSocket =>
  typeof socket === 'object' && socket !== null && 'getPeerCertificate' in socket

/**
 * The issuer of a server's untrusted certificate. Node discards a certificate that it rejects, so this connects again
 * without verification and reads nothing but the handshake.
 */
const authorityOf = async (url: URL, client: Client): Promise<string> => {
  const { dispatcherFor } = await import('./dispatcher.ts')
  const insecure = dispatcherFor(url.protocol, client.network, client.deadlines, { rejectUnauthorized: false })
  let found = ''
  const look = (message: unknown): void => {
    const socket: unknown = typeof message === 'object' && message !== null && 'socket' in message ? message.socket : 0
    if (!isSecure(socket)) return
    const certificate = socket.getPeerCertificate(true)
    if (Object.keys(certificate).length > 0) found = nameOf(lastOf(certificate).issuer)
  }
  subscribe(connected, look)
  try {
    const { body } = await insecure.request({ origin: url.origin, path: '/', method: 'HEAD' })
    await body.dump()
  } catch {
    // what was seen until then is enough
  } finally {
    unsubscribe(connected, look)
    await insecure.destroy()
  }
  return found
}

/** The error for an untrusted certificate: who signed it, and how to trust that CA. */
export const untrusted = async (error: unknown, url: URL, client: Client): Promise<BoxhoundError> => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const authority = await authorityOf(url, client)
  const proxy = proxyFor(url.protocol, client.network)
  // A proxy is never contacted without verification. If nothing was seen behind it, its own certificate was rejected.
  const host = authority === '' && proxy.startsWith('https:') ? shownProxy(proxy) : url.host
  const unknown = reasons[code]?.startsWith('its authority') || code === 'DEPTH_ZERO_SELF_SIGNED_CERT'
  return new BoxhoundError('E_FETCH_TLS', `the certificate of ${host} is not trusted: ${reasons[code]}`, {
    expected: `a certificate that proves ${host}`,
    found: `${authority === '' ? '' : `signed by ${authority}; `}${code}, while fetching ${shownAddress(url)}`,
    next: unknown
      ? 'if that authority is your network’s, put its certificate (PEM) into a file and name it: mirrors.caBundle, or SSL_CERT_FILE'
      : 'check the address and the clock; behind a proxy that opens connections ask who runs it',
    cause: error,
  })
}
