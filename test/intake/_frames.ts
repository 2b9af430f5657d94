/** The text that the first three are made of. */
export const framed =
  '{"series":[{"metric":"my_metric","points":[[1700000000,601]],"type":"gauge","host":"web-1","tags":["env:lab"]}]}'

const bytes = (text: string): Buffer => Buffer.from(text, 'base64')

/** Made by zstd 1.5.4. */
export const frames = {
  /** `zstd --check` of a file: size and checksum in the frame. */
  known: bytes(
    'KLUv/SRw/QIAosUTGoC5GQPdfoRiY2YKiRBDiqKBeZAyn8lMY4SNTTZ5oQyIOPSl9hsBCk2Mb0MK37oOao1rsuyXiU7gjgClPRiSfIPFGCcwZdWYSXhTpmibCQQA2SoUXOahrOlZGQO/6hBT',
  ),
  /** `zstd --no-check` of a pipe: no size. */
  unknown: bytes(
    'KLUv/QBY7QIAIsYUGoC5GQPdfoSEibU57iaGFKuBeZAyn8lMY4SNjWrUxTIg4sgTrmztNwIUmRhfRQrfyQ6LjWey7KcUOoE7ApQSrns0JPkGizFOaMqmMZNwzaakzgQCALhce1bw',
  ),
  /** The first 60 characters, a skippable frame, the rest. */
  several: bytes(
    'KLUv/QRYvQEA5AJ7InNlcmllcyI6W3sibWV0cmljIjoibXlfLCJwb2ludHMiOltbMTcwLDYwMV1dAgC4XHtW8POrDu9QKk0YAwAAAGFiYyi1L/0gNKEBACwidHlwZSI6ImdhdWdlIiwiaG9zdCI6IndlYi0xIiwidGFncyI6WyJlbnY6bGFiIl19XX0=',
  ),
  /** Half a megabyte, no size: several blocks of one frame. */
  long: bytes(
    'KLUv/QRYXAEAJAJ7InNlcmllcyI6W10sInBhZGRpbmciOiIwMTIzNDU2Nzg5AQDa/m9enkwAAAg4AQD8/zkQAkwAAAgwAQD8/zkQAl0AABgyIn0BADShORACfjJMSQ==',
  ),
}

/** What `long` is made of. */
export const longText = `{"series":[],"padding":"${'0123456789'.repeat(50_000)}"}`
