import type { ObserveFiles } from './files.ts'
import type { JsonObject } from './json.ts'

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
