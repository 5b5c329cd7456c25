import { resolve } from 'node:path'

/** The command as users run it: built, because stripping types again costs each process most of its time. */
export const commandProgram = resolve('bin/aios.js')

/** The daemon as commands start it. */
export const daemonProgram = resolve('dist/daemon/main.js')
