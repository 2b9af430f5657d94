// Traces of the machine that built the image.

import { readdir, readFile } from 'node:fs/promises'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import type { Kept } from '../render/rendered-box.ts'
import type { Builder } from './patterns.ts'

const bundles = ['PIP_CERT', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']
const publicAuthorities = '/usr/share/ca-certificates'

const text = (path: string): Promise<string> => readFile(path, 'latin1').catch(() => '')

/** The base64 of each certificate, without line breaks. */
const certificates = (pem: string): string[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(([, body = '']) => body.replace(/\s/g, ''))

/** Certificates of a closed network's mirror: trusted by this builder, and brought by no package of public authorities. */
const ownCertificates = async (environment: NodeJS.ProcessEnv): Promise<string[]> => {
  const names = await readdir(publicAuthorities, { recursive: true }).catch(() => [])
  const files = names.filter((name) => name.endsWith('.crt')).map((name) => join(publicAuthorities, name))
  const known = new Set((await Promise.all(files.map(text))).flatMap(certificates))
  const paths = [...new Set(bundles.flatMap((name) => environment[name] ?? []))]
  const trusted = new Set((await Promise.all(paths.map(text))).flatMap(certificates))
  // Without a list of public authorities nothing tells the builder's own from theirs.
  return known.size === 0 ? [] : [...trusted].filter((body) => !known.has(body))
}

/** A line from the middle of a certificate: PEM files break at 64 characters, so the bytes are searched as such a line. */
const needle = (body: string): string => body.slice(256, 320)

const secrets = ['DD_API_KEY', 'DD_APP_KEY'] as const
const proxies = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'] as const

/**
 * What only this builder has, and no image of it may hold: its folders, proxy, own certificates and keys
 * (faults 24 and 46). Texts that are too short to be told from chance are left out.
 */
export const thisBuilder = async (environment: NodeJS.ProcessEnv, project: Project): Promise<Builder> => {
  const sshFolder = join(homedir(), '.ssh')
  const keys = (await readdir(sshFolder).catch(() => [])).filter((name) => name.endsWith('.pub'))
  const blobs = (await Promise.all(keys.map((name) => text(join(sshFolder, name))))).map(
    (line) => line.split(' ')[1] ?? '',
  )
  const folders = new Set([project.tool, project.root, project.cache])
  const own = [
    ...[...folders].map((folder) => ({ kind: 'folder of the builder', text: `${folder}/` })),
    ...blobs.map((blob) => ({ kind: 'key of the builder', text: blob.slice(0, 64) })),
    ...(await ownCertificates(environment)).map((body) => ({ kind: 'certificate of the builder', text: needle(body) })),
    ...secrets.map((name) => ({ kind: `value of ${name}`, text: environment[name] ?? '' })),
    ...proxies.map((name) => ({ kind: 'proxy of the builder', text: environment[name] ?? '' })),
  ]
  return { hostName: hostname(), own: own.filter((item) => item.text.length >= 8) }
}

/** What a box keeps of its network on purpose is no leftover, though the builder has it too. */
export const withoutKept = (builder: Builder, kept: Kept | null): Builder => {
  const wanted = new Set(kept?.certificates.map(needle))
  const isProxy = (text: string): boolean => URL.canParse(text) && kept?.hosts.includes(new URL(text).host) === true
  return {
    ...builder,
    own: builder.own.filter(
      ({ kind, text }) =>
        !(wanted.has(text) || (kind === 'proxy of the builder' && isProxy(text) && !text.includes('@'))),
    ),
  }
}
