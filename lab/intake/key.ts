import type { IncomingHttpHeaders } from 'node:http'

/** How a request authenticates. `query` is accepted, as by the real intake, although a URL is no place for a secret. */
export type KeyState = 'header' | 'query' | 'missing' | 'wrong'

/** How a request authenticates; if it has the header, the query is ignored. */
export const keyState = (apiKey: string, headers: IncomingHttpHeaders, query: URLSearchParams): KeyState => {
  const header = headers['dd-api-key']
  if (header !== undefined) return header === apiKey ? 'header' : 'wrong'
  const inQuery = query.get('api_key') ?? query.get('dd-api-key')
  if (inQuery === null) return 'missing'
  return inQuery === apiKey ? 'query' : 'wrong'
}
