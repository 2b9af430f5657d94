// Converts a run's events to spans of a trace.

import { addSpan, sinceStart } from '../_helpers/trace.ts'
import type { StepEvent } from './events.ts'

/** The trace's track for layers, which Packer builds one after another. */
const track = 'layers'

/**
 * Converts a run's events to spans: a layer's wait, the layer itself, and inside it its steps, each of which lasts
 * until the next.
 *
 * @returns a function to call with each event, in order.
 */
export const layerSpans = (): ((event: StepEvent) => void) => {
  let waiting: StepEvent | undefined
  let started: StepEvent | undefined
  let steps: StepEvent[] = []
  const add = (name: string, from: number, to: number): void => addSpan(track, name, sinceStart(from), sinceStart(to))
  return (event) => {
    if (event.event === 'waiting') waiting = event
    else if (event.event === 'started') {
      if (waiting !== undefined) add(`${event.layer}: waiting`, waiting.at, event.at)
      started = event
      steps = []
    } else if (event.event === 'step') steps.push(event)
    else {
      const from = started ?? waiting ?? event
      add(event.layer, from.at, event.at)
      for (const [index, { name = 'step', at }] of steps.entries())
        add(name.slice(0, 60), at, steps[index + 1]?.at ?? event.at)
      waiting = undefined
      started = undefined
      steps = []
    }
  }
}
