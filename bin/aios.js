#!/usr/bin/env node
// Starts aios. Plain JavaScript, so that an older Node can read it: there it starts the Node 24 that npm installed
// beside aios and ends as that one ends. On Node 24 it costs no second process.
import { spawn } from 'node:child_process'
import module from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

if (Number.parseInt(process.versions.node) >= 24) {
  // Not node's default, a folder with a guessable name in the shared /tmp: what lies in this one is run.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'aios', 'compiled'))
  await import('../dist/cli/main.js')
} else {
  runWith(installedNode())
}

function installedNode() {
  try {
    const folder = dirname(module.createRequire(import.meta.url).resolve('node/package.json'))
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    console.error(`aios needs Node 24 or newer; this is Node ${process.versions.node}.`)
    console.error('Install it from https://nodejs.org, or add the npm package `node@24` beside aios.')
    process.exit(1)
  }
}

function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  const forward = (signal) => {
    // A terminal sends Ctrl-C to both of us; passing it on would make it two.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)

  child.on('error', (error) => {
    console.error(`Node 24 could not be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    for (const name of signals) process.off(name, forward)
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code ?? 1
  })
}
