import test from 'ava'
import { bakeNetwork } from '../../scripts/lib/bake/mirrors.ts'
import { networkHint } from '../../scripts/lib/bake/network-hint.ts'
import type { Mirrors } from '../../scripts/lib/box/box.ts'
import { system } from '../plan/_rendered.ts'

const mirrors: Mirrors = {
  apt: 'https://apt.example:8443/debian',
  pypi: 'https://pypi.example/simple/',
  proxy: 'http://proxy.example:3128',
}

const hint = async (output: string, own: Mirrors = mirrors): Promise<string | undefined> => {
  const base = { kind: 'lab', release: 'trixie', system } as const
  return networkHint(output, await bakeNetwork({ mirrors: own, base, file: '/box.yaml' }, {}), {})
}

const untrusted = [
  'W: https://apt.example: Certificate verification failed: The certificate is NOT trusted. The certificate issuer is unknown.',
  "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate'))",
  'SSL connection failed: error:0A000086:SSL routines::certificate verify failed / Success',
]

for (const output of untrusted)
  test(`an authority that nobody knows leads to mirrors.caBundle: ${output.slice(0, 40)}`, async (t) => {
    t.regex((await hint(output)) ?? '', /mirrors: \{ caBundle: FILE \}/)
    const bundled = {
      ...(await bakeNetwork({ base: { kind: 'lab', release: 'trixie', system }, file: '/b' }, {})),
      mirrors: { caBundle: '/own.pem' },
    }
    t.regex(networkHint(output, bundled, {}) ?? '', /\/own\.pem, lacks the CA/)
  })

test('a mirror that does not answer is named by its key, with its address and its deadline', async (t) => {
  t.is(
    await hint('E: Failed to fetch https://apt.example:8443/debian/dists/trixie/InRelease  Could not connect'),
    'mirrors.apt is https://apt.example:8443/debian: make sure that it answers within 20 s and has the requested file',
  )
  t.regex(
    (await hint("WARNING: Retrying (Retry(total=0)) after HTTPSConnectionPool(host='pypi.example', port=443)")) ?? '',
    /^mirrors\.pypi is https:\/\/pypi\.example\/simple\/: .* 15 s/,
  )
  t.regex(
    (await hint('E: Failed to fetch x  Could not connect to proxy.example:3128')) ?? '',
    /^mirrors\.proxy is http/,
  )
})

test('who wants a login is told the variable that takes one', async (t) => {
  t.regex(
    (await hint('E: Failed to fetch https://apt.example:8443/x  401  Unauthorized')) ?? '',
    /BOXHOUND_MIRROR_AUTH=/,
  )
  t.regex(
    (await hint('E: Invalid response from proxy: HTTP/1.1 407 Proxy Authentication Required')) ?? '',
    /HTTPS_PROXY=/,
  )
})

test('a failure that is not of the network gets no such hint, though a mirror was asked before it', async (t) => {
  t.is(await hint('Get:1 https://apt.example:8443/debian trixie InRelease\nthe database is not there\n'), undefined)
  t.is(await hint('E: Unable to locate package wanted', {}), undefined)
})
