// A problem as plain data.

/** One thing that the API would refuse in a body. */
export interface Problem {
  /** Where it is, in the names of JSON: `widgets[2].definition.requests[0].foo`; empty for the body itself. */
  readonly path: string
  readonly message: string
  /**
   * What may be no mistake: a field or value that the pinned client has no name for, or a variable that the board doesn't declare. The API
   * may well know it.
   */
  readonly maybe?: 'field' | 'value' | 'variable'
}
