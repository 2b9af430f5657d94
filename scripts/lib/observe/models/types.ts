/** One thing that the API would refuse in a body. */
export interface Problem {
  /** Where it is, in the names of JSON: `widgets[2].definition.requests[0].foo`; empty for the body itself. */
  readonly path: string
  readonly message: string
}
