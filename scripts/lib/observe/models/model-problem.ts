// A problem as plain data.

/** A problem for which the API would refuse a body. */
export interface Problem {
  /** Its place in the JSON: `widgets[2].definition.requests[0].foo`; empty for the body itself. */
  readonly path: string
  readonly message: string
  /**
   * Set if it may not be a mistake: a field or value that the pinned client doesn't know, or a variable that the board
   * doesn't declare. The API may accept it.
   */
  readonly maybe?: 'field' | 'value' | 'variable'
}
