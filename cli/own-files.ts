import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ownNames } from '../contract/own-names.ts'
import type { StateFolders } from '../contract/state.ts'

/** A folder of aios: what in it is its own, what a restore has put aside, and what is somebody else's. */
export interface OwnFolder {
  readonly path: string
  readonly own: readonly string[]
  readonly aside: readonly string[]
  readonly others: readonly string[]
}

/** Returns the folders that hold something, those inside of others first. */
export function ownFolders({ state, runtime, configFile, socket }: StateFolders): OwnFolder[] {
  const names = new Map([
    [runtime, ownNames.runtime],
    [dirname(socket), ownNames.runtime],
    [state, ownNames.state],
    [dirname(configFile), ownNames.user],
  ])
  const places = [...names.keys()]
  return [...names].filter(([path]) => existsSync(path)).map(([path, isOwn]) => lookAt(path, isOwn, places))
}

/** Removes what is aios's own, and the folder if nothing else is in it. */
export function removeOwn({ path, own }: OwnFolder): void {
  for (const name of own) rmSync(join(path, name), { recursive: true, force: true })
  try {
    rmdirSync(path)
  } catch {
    // Somebody else has something in it, or needs it.
  }
}

function lookAt(path: string, isOwn: RegExp, places: readonly string[]): OwnFolder {
  const names = readdirSync(path).filter((name) => !places.includes(join(path, name)))
  const isAside = (name: string) => ownNames.aside.test(name)
  const foreign = names.filter((name) => !isOwn.test(name))
  return {
    path,
    own: names.filter((name) => isOwn.test(name)),
    aside: foreign.filter(isAside),
    others: foreign.filter((name) => !isAside(name)),
  }
}
