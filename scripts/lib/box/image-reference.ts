// REGISTRY/NAME@sha256:DIGEST, a container image pinned by its digest.

import { parseRepository, type Repository } from './repository.ts'

/** A container image in a registry, by digest. A tag beside it is dropped: the digest alone decides. */
export interface ImageReference {
  readonly repository: Repository
  /** SHA-256 of its manifest or index, hex. */
  readonly sha256: string
  /** `REGISTRY/NAME@sha256:DIGEST`. */
  readonly text: string
}

export const imageExpectation =
  'REGISTRY/NAME@sha256:DIGEST such as registry.datadoghq.com/agent@sha256:…, with 64 lower-case hexadecimal digits'

const tag = /:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/

/**
 * Parses `REGISTRY/NAME[:TAG]@sha256:DIGEST`.
 *
 * @returns the reference, or what was expected. That text never repeats the value, which may hold a password.
 */
export const parseImageReference = (text: string): ImageReference | string => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `${imageExpectation}, without ${text.split(':')[0]}:// before it`
  const at = text.lastIndexOf('@')
  const [name, digest] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  if (name.includes('@') || digest.includes('/'))
    return `${imageExpectation}, without user and password: use docker login`
  if (at === -1)
    return `${imageExpectation}: a tag can be moved to another image, a digest can’t. docker buildx imagetools inspect, or skopeo inspect, prints it`
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return `${imageExpectation}; only sha256 is supported`
  const repository = parseRepository(name.replace(tag, ''))
  if (typeof repository === 'string')
    return `${imageExpectation}, with the host of the registry (docker.io for Docker Hub) and the name in lower case`
  return {
    repository,
    sha256: digest.slice('sha256:'.length),
    text: `${repository.host}/${repository.path}@${digest}`,
  }
}
