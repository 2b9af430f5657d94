// The bake verb still looks here; the function belongs to the phase after this one.
export { verifyBaked } from '../report/after-bake.ts'
