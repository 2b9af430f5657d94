import type { Stage } from '../../scripts/lib/selftest/stages.ts'

/** A stage that uses one processor and takes ten seconds, unless told otherwise. */
export const stage = (name: string, more: Partial<Omit<Stage, 'uses'>> & Partial<Stage['uses']> = {}): Stage => {
  const { processors = 1, memory = 100, alone = [], ...rest } = more
  return {
    name,
    title: name,
    command: ['true'],
    reading: 'status',
    needs: [],
    seconds: 10,
    deadline: 60,
    part: 'both',
    ...rest,
    uses: { processors, memory, alone },
  }
}
