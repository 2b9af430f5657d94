// Maps a rendered file back to the user's file.

import { readFileSync } from 'node:fs'
import type { RenderedFile } from './rendered-box.ts'
import { type Context, templateLines } from './template.ts'

/** The file that a user edits, and for each rendered line the line there. */
export interface Origin {
  readonly template: string
  readonly lines: readonly number[]
}

/** The origin of a rendered file's lines; renders again, so use it for errors only. */
export const originOf = (file: string, { source, content, language }: RenderedFile, context: Context): Origin => {
  const template = readFileSync(file, 'utf8')
  const shown = content.toString('utf8').split('\n')
  if (!source.endsWith('.hbs')) return { template, lines: shown.map((_, index) => index + 1) }
  const own = templateLines(template, context, { file: source, language })
  const banner = shown.length - own.length
  const at = banner > 0 ? shown.findIndex((line) => line.includes(`rendered from ${source}, do not edit`)) : 0
  return { template, lines: [...own.slice(0, at), ...Array(banner).fill(1), ...own.slice(at)] }
}

/** Offset of the first non-blank character of a line, 1-based. */
export const offsetOfLine = (text: string, line: number): number => {
  const lines = text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return start + (lines[line - 1] ?? '').search(/\S|$/)
}
