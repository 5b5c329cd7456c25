/** Every name that a plugin finds on its global object. */
export const allowedGlobals: readonly string[] = [
  'globalThis undefined NaN Infinity isFinite isNaN parseFloat parseInt decodeURI',
  'decodeURIComponent encodeURI encodeURIComponent escape unescape Object Function Array Number',
  'Boolean String Symbol BigInt Date Promise RegExp JSON Math Map Set WeakMap WeakSet Proxy',
  'Reflect Iterator Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError',
  'URIError SuppressedError DisposableStack AsyncDisposableStack ArrayBuffer DataView Int8Array',
  'Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array',
  'BigUint64Array Float16Array Float32Array Float64Array',
].flatMap((names) => names.split(' '))

/** What a handler may ask of the daemon, besides `log`: each is the host call `namespace.name`. */
export const hostFunctions: Readonly<Record<string, readonly string[]>> = {
  git: ['readBlob'],
  files: ['read'],
  memory: ['query', 'undone', 'write'],
  http: ['fetch'],
  kv: ['get', 'set', 'delete', 'list'],
  secrets: ['find', 'findInBlobs'],
}
