/** `node:http` without undici, which an import of it loads for the WebSocket that it re-exports: 15 ms of each start. */
export const http = process.getBuiltinModule('node:http')
