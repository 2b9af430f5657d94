// REGISTRY/REPO, and which hosts are loopback.

/** A repository of an OCI registry, as `REGISTRY/REPO` names it. */
export interface Repository {
  /** Host with an optional port: `ghcr.io`, `localhost:5000`. */
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
 * @returns the repository, or what was expected. That text never repeats the value, which may hold a password.
 */
export const parseRepository = (text: string): Repository | string => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `${repositoryExpectation}, without https:// before it`
  if (/@sha(256|512):/.test(text)) return `${repositoryExpectation}, without a digest: layers are found by their ids`
  if (text.includes('@')) return `${repositoryExpectation}, without user and password: use docker login`
  const slash = text.indexOf('/')
  const [first, rest] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)]
  // The same rule as docker's for hosts. There, a bare `team/layers` means Docker Hub, which should never be an accident.
  if (!host.test(first) || !/[.:]|^localhost$/i.test(first)) return repositoryExpectation
  if (/:[\w.-]+$/.test(rest)) return `${repositoryExpectation}, without a tag: layers are found by their ids`
  if (rest.length > 200 || !path.test(rest)) return `${repositoryExpectation}, the repository in lower case`
  return { host: first.toLowerCase(), path: rest }
}

/** Whether a host, with or without port, is this machine, so that nobody on the network can eavesdrop. */
export const isLoopback = (name: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(name.toLowerCase())
