// A contradiction inside a definition file, such as a check.yaml.

/** A contradiction inside a check.yaml; `message` says what was expected. */
export interface Contradiction {
  readonly path: (string | number)[]
  readonly message: string
  readonly next?: string
}

/** As an issue of zod. */
export const issueOf = ({ path, message, next }: Contradiction) =>
  ({ code: 'custom', path, message, ...(next === undefined ? {} : { params: { next } }) }) as const
