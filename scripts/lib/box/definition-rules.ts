// What a check.yaml says against itself.

import type { CheckDefinition, OptionDefinition } from './definition-schema.ts'
import { matches, slowPattern } from './pattern.ts'

/** Something in a check.yaml that contradicts something else in it; `message` says what was expected. */
export interface Contradiction {
  readonly path: (string | number)[]
  readonly message: string
  readonly next?: string
}

const isNumeric = (option: OptionDefinition | undefined): boolean =>
  option?.type === 'number' || option?.type === 'integer'

const ofText = (name: string, option: Extract<OptionDefinition, { type: 'string' }>): Contradiction[] => {
  const { default: value, pattern, values } = option
  const path = ['options', name, 'default']
  if (value !== undefined && values !== undefined && !values.includes(value))
    return [{ path, message: `one of its own values: ${values.join(', ')}` }]
  if (value === undefined || pattern === undefined) return []
  const found = matches(pattern, value)
  if (found === 'slow')
    return [{ path: ['options', name, 'pattern'], message: 'a pattern that ends', next: slowPattern }]
  return found ? [] : [{ path, message: `text that its own pattern matches: ${pattern}` }]
}

const ofOption = (name: string, option: OptionDefinition): Contradiction[] => {
  if (option.type === 'boolean') return []
  if (option.type === 'string') return ofText(name, option)
  const { default: value, minimum, maximum } = option
  const path = ['options', name, 'default']
  return [
    ...(minimum !== undefined && maximum !== undefined && minimum > maximum
      ? [{ path: ['options', name, 'minimum'], message: `a number below maximum, which is ${maximum}` }]
      : []),
    ...(value !== undefined && minimum !== undefined && value < minimum
      ? [{ path, message: `a number from its own minimum, ${minimum}` }]
      : []),
    ...(value !== undefined && maximum !== undefined && value > maximum
      ? [{ path, message: `a number up to its own maximum, ${maximum}` }]
      : []),
  ]
}

const ofRules = ({ options, rules }: CheckDefinition): Contradiction[] =>
  rules.flatMap(({ less }, index) => {
    const strange = less.flatMap((name, at): Contradiction[] =>
      isNumeric(options[name])
        ? []
        : [
            {
              path: ['rules', index, 'less', at],
              message: `the name of a number's option; "${name}" is ${options[name] === undefined ? 'none' : `of type ${options[name].type}`}`,
            },
          ],
    )
    const [low, high] = less.map((name) => options[name]?.default)
    if (strange.length > 0 || typeof low !== 'number' || typeof high !== 'number' || low < high) return strange
    return [
      {
        path: ['rules', index, 'less'],
        message: `${less[0]} < ${less[1]}, which their own defaults ${low} and ${high} break`,
      },
    ]
  })

const ofRanges = ({ options, expect }: CheckDefinition): Contradiction[] =>
  Object.entries(expect.ranges).flatMap(([metric, range]): Contradiction[] => {
    const sent = [...expect.metrics, ...expect.rates]
    const unknown = sent.includes(metric)
      ? []
      : [
          {
            path: ['expect', 'ranges', metric],
            message: `a metric of expect.metrics or expect.rates; "${metric}" is none: its range would never be looked at`,
          },
        ]
    const strange = (['min', 'max'] as const).flatMap((side): Contradiction[] => {
      const end = range[side]
      if (typeof end === 'number' || isNumeric(options[end.option])) return []
      const option = options[end.option]
      const is = option === undefined ? 'is none' : `is of type ${option.type}`
      return [
        {
          path: ['expect', 'ranges', metric, side, 'option'],
          message: `the name of an option that is a number; "${end.option}" ${is}`,
        },
      ]
    })
    const { min, max } = range
    const empty =
      typeof min === 'number' && typeof max === 'number' && min > max
        ? [{ path: ['expect', 'ranges', metric, 'min'], message: `a number up to max, which is ${max}` }]
        : []
    return [...unknown, ...strange, ...empty]
  })

const twice = ({ expect }: CheckDefinition): Contradiction[] =>
  (['metrics', 'rates'] as const).flatMap((list) =>
    expect[list].flatMap((name, index) =>
      expect[list].indexOf(name) < index ? [{ path: ['expect', list, index], message: 'each name once' }] : [],
    ),
  )

/** What a check.yaml says against itself (fault 65). */
export const contradictions = (definition: CheckDefinition): Contradiction[] => [
  ...Object.entries(definition.options).flatMap(([name, option]) => ofOption(name, option)),
  ...ofRules(definition),
  ...ofRanges(definition),
  ...twice(definition),
]
