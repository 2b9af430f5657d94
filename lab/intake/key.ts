import type { IncomingHttpHeaders } from 'node:http'

/** How a request proves who it is. `query` is accepted as the real intake does, and is no place for a secret. */
export type KeyState = 'header' | 'query' | 'missing' | 'wrong'

/** What a request says of its key; a header that is there counts alone. */
export const keyState = (apiKey: string, headers: IncomingHttpHeaders, query: URLSearchParams): KeyState => {
  const header = headers['dd-api-key']
  if (header !== undefined) return header === apiKey ? 'header' : 'wrong'
  const inQuery = query.get('api_key') ?? query.get('dd-api-key')
  if (inQuery === null) return 'missing'
  return inQuery === apiKey ? 'query' : 'wrong'
}
