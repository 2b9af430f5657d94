import type { ExecutionContext } from 'ava'
import type { Publisher } from '../../scripts/lib/box/box.ts'
import { type Keys, makeKeys } from './_keys.ts'
import { type Server, serve } from './_server.ts'

export interface Published {
  /** By path below the server's root; missing paths answer 404. */
  readonly files: Map<string, string | Buffer>
  readonly server: Server
  readonly keys: Keys
  readonly publisher: Publisher
  readonly fingerprint: string
  /** Adds a release with its signed list and shows it in the listing. */
  readonly release: (name: string, list: string, more?: { readonly by?: string; readonly when?: string }) => void
}

export const imageName = 'ubuntu-24.04-server-cloudimg-amd64.img'

/** A publisher of images on loopback with a key of its own, laid out as cloud-images.ubuntu.com. */
export const publish = async (t: ExecutionContext): Promise<Published> => {
  const keys = await makeKeys(t)
  const fingerprint = keys.make('publisher', { when: '20200101T000000' })
  const files = new Map<string, string | Buffer>()
  const server = await serve(t, ({ url = '' }, response) => {
    const content = files.get(url)
    response.writeHead(content === undefined ? 404 : 200).end(content)
  })
  const names: string[] = []
  return {
    files,
    server,
    keys,
    fingerprint,
    publisher: { releases: `${server.url}/noble/`, image: imageName, ...keys.signer(fingerprint) },
    release: (name, list, { by = fingerprint, when } = {}) => {
      names.push(name)
      files.set('/noble/', names.map((entry) => `<a href="${entry}/">${entry}/</a> 2026-07-25 10:00 -`).join('\n'))
      files.set(`/noble/${name}/SHA256SUMS`, list)
      const faked = when === undefined ? [] : ['--faked-system-time', when]
      files.set(`/noble/${name}/SHA256SUMS.gpg`, keys.sign(list, [by], ['--armor', ...faked]))
    },
  }
}
