// Numbers that come again.

/** FNV-1a of a text, 32 bits: what a text's random numbers begin with. */
export const seedOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** The random number in [0, 1) with a whole number's place in a seed's sequence: always the same one. */
export const unit = (seed: number, index: number): number => {
  let hash = Math.imul(seed ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f)
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000
}

/** Smooth random numbers in [-1, 1]: one at every whole place, and what lies between. */
export const noise = (seed: number, place: number): number => {
  const whole = Math.floor(place)
  const part = place - whole
  const weight = part * part * (3 - 2 * part)
  return 2 * (unit(seed, whole) * (1 - weight) + unit(seed, whole + 1) * weight) - 1
}
