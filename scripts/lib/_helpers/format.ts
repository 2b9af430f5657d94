// Bytes and seconds for readers.

/** `331 MB`, `1.2 GB`, `4.0 kB`: decimal units, as disk sizes are quoted. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`
  let [value, power] = [bytes, 0]
  for (; value >= 999.5 && power < 4; power++) value /= 1000
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${['B', 'kB', 'MB', 'GB', 'TB'][power] ?? 'B'}`
}

/** `0.04 s`, `7.3 s`, `1 m 52 s`. */
export const formatSeconds = (seconds: number): string => {
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} m ${whole % 60} s`
}

/** `1 widget`, `2 widgets`. */
export const formatCount = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`
