// Values of typed options.

/** A value of a typed option. */
export type OptionValue = string | number | boolean | readonly OptionValue[] | { readonly [name: string]: OptionValue }

/** Values of typed options, by name. */
export type Options = Readonly<Record<string, OptionValue>>
