// Parses rendered YAML and JSON to check it.

import { parseAllDocuments, visit } from 'yaml'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { RenderedFile } from './rendered-box.ts'

const failure = (
  { path, source, language }: RenderedFile,
  found: string,
  line?: number,
  cause?: unknown,
): BoxhoundError =>
  new BoxhoundError('E_RENDERED', `the rendered file ${path} is not valid ${language}`, {
    exitCode: 2,
    file: source,
    expected: `${language} that parses`,
    found,
    next: `fix the template; \`npm run render\` shows the result`,
    ...(line === undefined
      ? {}
      : { next: `fix the template: see line ${line} of the result, which \`npm run render\` shows` }),
    ...(cause === undefined ? {} : { cause }),
  })

const parseYaml = (file: RenderedFile): void => {
  const documents = parseAllDocuments(file.content.toString('utf8'), { prettyErrors: true })
  for (const document of documents) {
    const [problem] = [...document.errors, ...document.warnings]
    if (problem !== undefined)
      throw failure(file, problem.message.split('\n')[0] ?? '', problem.linePos?.[0].line, problem)
    // To YAML, `port: {{port}}` is a map inside a map.
    visit(document, {
      Pair: (_, { key }) => {
        if (typeof key === 'object' && key !== null && 'items' in key)
          throw failure(file, 'a map as a key: {{…}} that was never rendered')
      },
    })
  }
}

const parseJson = (file: RenderedFile): void => {
  try {
    JSON.parse(file.content.toString('utf8'))
  } catch (cause) {
    throw failure(file, cause instanceof Error ? cause.message : String(cause), undefined, cause)
  }
}

/** Checks rendered YAML and JSON by parsing it in this process. @throws BoxhoundError E_RENDERED */
export const parseData = (files: readonly RenderedFile[]): void => {
  for (const file of files) {
    if (file.language === 'yaml') parseYaml(file)
    if (file.language === 'json') parseJson(file)
  }
}
