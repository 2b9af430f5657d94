/** `331 MB`, `1.2 GB`, `4.0 kB`: decimal units, as disk sizes are quoted. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), 4)
  const value = bytes / 1000 ** power
  return `${value.toFixed(value < 10 ? 1 : 0)} ${['B', 'kB', 'MB', 'GB', 'TB'][power] ?? 'B'}`
}

/** `0.04 s`, `7.3 s`, `1 m 52 s`. */
export const formatSeconds = (seconds: number): string => {
  if (seconds < 1) return `${seconds.toFixed(2)} s`
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} m ${Math.round(seconds % 60)} s`
}
