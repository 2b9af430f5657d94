// Contradictions inside a check.yaml.

import type { CheckDefinition, OptionDefinition } from './check-schema.ts'
import type { Contradiction } from './contradiction.ts'
import { contradictionsOf } from './option-rules.ts'

const isNumeric = (option: OptionDefinition | undefined): boolean =>
  option?.type === 'number' || option?.type === 'integer'

const ofRules = ({ options, rules }: CheckDefinition): Contradiction[] =>
  rules.flatMap(({ less }, index) => {
    const strange = less.flatMap((name, at): Contradiction[] =>
      isNumeric(options[name])
        ? []
        : [
            {
              path: ['rules', index, 'less', at],
              message: `the name of a numeric option; "${name}" is ${options[name] === undefined ? 'no option' : `of type ${options[name].type}`}`,
            },
          ],
    )
    const [low, high] = less.map((name) => options[name]?.default)
    if (strange.length > 0 || typeof low !== 'number' || typeof high !== 'number' || low < high) return strange
    return [
      {
        path: ['rules', index, 'less'],
        message: `${less[0]} < ${less[1]}, which their own defaults ${low} and ${high} violate`,
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
            message: `a metric of expect.metrics or expect.rates; "${metric}" is in neither: its range would never be checked`,
          },
        ]
    const strange = (['min', 'max'] as const).flatMap((side): Contradiction[] => {
      const end = range[side]
      if (typeof end === 'number' || isNumeric(options[end.option])) return []
      const option = options[end.option]
      const is = option === undefined ? 'is no option' : `is of type ${option.type}`
      return [
        {
          path: ['expect', 'ranges', metric, side, 'option'],
          message: `the name of a numeric option; "${end.option}" ${is}`,
        },
      ]
    })
    const { min, max } = range
    const empty =
      typeof min === 'number' && typeof max === 'number' && min > max
        ? [{ path: ['expect', 'ranges', metric, 'min'], message: `a number no higher than max, which is ${max}` }]
        : []
    return [...unknown, ...strange, ...empty]
  })

const twice = ({ expect }: CheckDefinition): Contradiction[] =>
  (['metrics', 'rates'] as const).flatMap((list) =>
    expect[list].flatMap((name, index) =>
      expect[list].indexOf(name) < index ? [{ path: ['expect', list, index], message: 'each name once' }] : [],
    ),
  )

/** Finds contradictions in the definitions of typed options (fault 65). */
export const optionContradictions = (options: CheckDefinition['options']): Contradiction[] =>
  Object.entries(options).flatMap(([name, option]) => contradictionsOf(option, ['options', name]))

/** Finds contradictions inside a check.yaml (fault 65). */
export const contradictions = (definition: CheckDefinition): Contradiction[] => [
  ...optionContradictions(definition.options),
  ...ofRules(definition),
  ...ofRanges(definition),
  ...twice(definition),
]
