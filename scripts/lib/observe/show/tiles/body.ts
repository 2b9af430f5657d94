// Which widget draws what.

import type { Markup } from '../markup.ts'
import type { Origin } from '../scene.ts'

/** What a kind of widget puts into its tile. */
export interface Body {
  readonly content: Markup
  /** Where its numbers are from; undefined for a tile without any. */
  readonly origin?: Origin
  /** The title when the widget has none. */
  readonly title?: string
  /** Classes of the tile. */
  readonly look?: string
}
