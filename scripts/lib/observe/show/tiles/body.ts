// The content of a tile.

import type { Markup } from '../markup.ts'
import type { Origin } from '../scene.ts'

/** What a type of widget puts into its tile. */
export interface Body {
  readonly content: Markup
  /** The source of its numbers; undefined for a tile without any. */
  readonly origin?: Origin
  /** The title when the widget has none. */
  readonly title?: string
  /** The tile's classes. */
  readonly look?: string
}
