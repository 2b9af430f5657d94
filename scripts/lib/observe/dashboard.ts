import type { ObserveFiles } from './files.ts'
import type { JsonObject } from './json.ts'
import type { Place } from './types.ts'

/** The dashboard as the API takes it: the frame's own widgets, then a group for each part. */
export const dashboardWire = ({ board, parts }: Pick<ObserveFiles, 'board' | 'parts'>): JsonObject => {
  const groups = parts.map(({ data }) => ({
    definition: {
      type: 'group',
      layout_type: 'ordered',
      title: data.group,
      background_color: data.color,
      show_title: true,
      widgets: data.widgets,
    },
  }))
  return { ...(board.data as JsonObject), widgets: [...board.data.widgets, ...groups] }
}

/** Fields of a group as a part's file names them. */
const names: Readonly<Record<string, string>> = { 'definition.title': 'group', 'definition.background_color': 'color' }

/** Where in the files a path of the dashboard comes from: a group is made of a part. */
export const dashboardPlace =
  ({ board, parts }: Pick<ObserveFiles, 'board' | 'parts'>) =>
  (path: string): Place => {
    const [, index = '', inside = ''] = /^widgets\[(\d+)\]\.?(.*)$/.exec(path) ?? []
    const part = index === '' ? undefined : parts[Number(index) - board.data.widgets.length]
    if (part === undefined) return { source: board.source, path }
    return { source: part.source, path: names[inside] ?? inside.replace(/^definition\.(?=widgets\b)/, '') }
  }
