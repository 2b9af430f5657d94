// A verb's command line, as data.

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  /** Placeholder of the value in the help text, e.g. "DIR"; a list of words is also the list of allowed values. */
  readonly value?: string | readonly string[]
  readonly help: string
}

/** A verb's command line, as data: parsed, checked and printed from the same place. */
export interface Command {
  readonly verb: string
  readonly summary: string
  readonly positional?: { readonly name: string; readonly help: string; readonly multiple?: boolean }
  /** The maximum number of positional arguments, if several are allowed. */
  readonly most?: number
  /** Arguments in the usage line, if they differ from `[BOX]`. */
  readonly words?: string
  readonly options: Readonly<Record<string, Option>>
  /** Command and what it is good for. */
  readonly examples: readonly (readonly [command: string, why: string])[]
  /** Everything after `--` or the first word goes to another program (`ssh`). */
  readonly passThrough?: boolean
}
