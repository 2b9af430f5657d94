/** A request that gets an error response: both versions of the API send `{"errors": ["…"]}`. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly errors: readonly string[]

  constructor(status: number, errors: readonly string[]) {
    super(errors.join('; '))
    this.status = status
    this.errors = errors
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, [`${what} not found`])

/** Refuses with 400 if there are any errors, and reports at most twenty of them. */
export const refuseAny = (errors: readonly string[]): void => {
  if (errors.length > 0) throw new Refusal(400, errors.slice(0, 20))
}
