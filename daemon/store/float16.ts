const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** Returns the nearest numbers of 16 bits, as their bits: half the disk, and no answer changes its place. */
export function toFloat16(values: Float32Array, target: Uint16Array, offset: number): void {
  for (let index = 0; index < values.length; index++) target[offset + index] = halfOf(values[index] ?? 0)
}

function halfOf(value: number): number {
  float[0] = value
  const word = bits[0] ?? 0
  const sign = (word >>> 16) & 0x8000
  const exponent = ((word >>> 23) & 0xff) - 112
  const fraction = word & 0x7fffff
  if (exponent >= 31) return sign | 0x7bff
  if (exponent <= 0) return exponent < -10 ? sign : sign | roundedShift(fraction | 0x800000, 14 - exponent)
  return Math.min((sign | (exponent << 10)) + roundedShift(fraction, 13), sign | 0x7bff)
}

function roundedShift(value: number, places: number): number {
  return (value + (1 << (places - 1))) >>> places
}
