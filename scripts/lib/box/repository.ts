// REGISTRY/REPO, and which hosts are loopback.

/** A repository of an OCI registry, as `REGISTRY/REPO` names it. */
export interface Repository {
  /** Host with its port where it has one: `ghcr.io`, `localhost:5000`. */
  readonly host: string
  /** `team/boxhound`. */
  readonly path: string
}

export const repositoryExpectation = 'REGISTRY/REPO such as ghcr.io/team/layers'

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const path = new RegExp(`^${component}(?:/${component})*$`)
const host = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i

/**
 * Reads `REGISTRY/REPO`.
 *
 * @returns the repository, or what is expected instead. That text never repeats the value, which may hold a password.
 */
export const parseRepository = (text: string): Repository | string => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `${repositoryExpectation}, without https:// before it`
  if (/@sha(256|512):/.test(text)) return `${repositoryExpectation}, without a digest: layers are found by their ids`
  if (text.includes('@')) return `${repositoryExpectation}, without user and password: docker login keeps those`
  const slash = text.indexOf('/')
  const [first, rest] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)]
  // As docker tells a host from the first part of a path. A bare `team/layers` would mean Docker Hub there, which nobody should get unasked.
  if (!host.test(first) || !/[.:]|^localhost$/i.test(first)) return repositoryExpectation
  if (/:[\w.-]+$/.test(rest)) return `${repositoryExpectation}, without a tag: layers are found by their ids`
  if (rest.length > 200 || !path.test(rest)) return `${repositoryExpectation}, the repository in lower case`
  return { host: first.toLowerCase(), path: rest }
}

/** Whether a host, with or without its port, is this machine: nobody on the network reads along. */
export const isLoopback = (name: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(name.toLowerCase())
