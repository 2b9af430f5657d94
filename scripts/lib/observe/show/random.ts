// Reproducible random numbers.

/** FNV-1a hash of a text, 32 bits, as the seed of its random numbers. */
export const seedOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** The random number in [0, 1) at an index of a seed's sequence; always the same one. */
export const unit = (seed: number, index: number): number => {
  let hash = Math.imul(seed ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f)
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000
}

/** Smooth random numbers in [-1, 1], interpolated between integer positions. */
export const noise = (seed: number, place: number): number => {
  const whole = Math.floor(place)
  const part = place - whole
  const weight = part * part * (3 - 2 * part)
  return 2 * (unit(seed, whole) * (1 - weight) + unit(seed, whole + 1) * weight) - 1
}
