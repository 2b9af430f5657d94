// Colours for series.

/** The page's colours for series, as class names; the page's style defines them for light and dark. */
const classic = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']

const palettes: Readonly<Record<string, readonly string[]>> = {
  cool: ['c4', 'c1', 'c5', 'c0'],
  warm: ['c6', 'c2', 'c3', 'c8'],
  purple: ['c0', 'c3', 'c4'],
  orange: ['c6', 'c2', 'c3'],
  green: ['c5', 'c1', 'c4'],
  blue: ['c4', 'c1', 'c0'],
  red: ['c8', 'c6', 'c3'],
  gray: ['c7', 'c4'],
  grey: ['c7', 'c4'],
}

/** The colour of a series: from the palette, if the page has one of that name. */
export const colourAt = (palette: string | undefined, index: number): string => {
  const known = palette !== undefined && Object.hasOwn(palettes, palette) ? palettes[palette] : undefined
  const colours = known ?? classic
  return colours[index % colours.length] ?? 'c0'
}

const tones: Readonly<Record<string, string>> = {
  vivid_blue: 'vivid blue',
  vivid_purple: 'vivid purple',
  vivid_pink: 'vivid pink',
  vivid_orange: 'vivid orange',
  vivid_yellow: 'vivid yellow',
  vivid_green: 'vivid green',
  blue: 'blue',
  purple: 'purple',
  pink: 'pink',
  orange: 'orange',
  yellow: 'yellow',
  green: 'green',
  gray: 'gray',
  white: 'white',
  transparent: 'transparent',
}

/** The classes for a widget's background; an unknown name is white. */
export const toneOf = (name: string | undefined): string =>
  name !== undefined && Object.hasOwn(tones, name) ? (tones[name] ?? 'white') : 'white'
