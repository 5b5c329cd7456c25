import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync, type StaticExportEntry, Visitor } from 'oxc-parser'

/** One TypeScript file of the product, as a parser sees it. */
export interface Source {
  /** Relative to the root of the repository: `daemon/git/git.ts`. */
  readonly path: string
  readonly lines: number
  /** Files of ours that it imports, by path; types, re-exports and `import()` included. */
  readonly imports: readonly string[]
  /** Packages and `node:` modules that it imports, as they are written. */
  readonly packages: readonly string[]
  /** Every name that it exports; `*` for `export *`. */
  readonly exports: readonly { readonly name: string; readonly isType: boolean }[]
  /** Every text in quotes that is not the name of an import. */
  readonly texts: ReadonlySet<string>
  /** How often it says `any`. */
  readonly anys: number
}

/** Returns every TypeScript file below the folders, in order of path; a folder that does not exist has none. */
export function readSources(folders: readonly string[]): Source[] {
  return folders.flatMap(filesBelow).toSorted().map(readSource)
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return entries.filter((path) => path.endsWith('.ts')).map((path) => join(folder, path))
}

function readSource(path: string): Source {
  const text = readFileSync(path, 'utf8')
  const { program, module, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join(' ')}`)

  const seen = new Set<string>(module.staticImports.map(({ moduleRequest }) => moduleRequest.value))
  const texts = new Set<string>()
  let anys = 0
  new Visitor({
    ImportExpression: ({ source }) => void seen.add(moduleName(source, path)),
    TSImportType: ({ source }) => void seen.add(moduleName(source, path)),
    TSAnyKeyword: () => void anys++,
    Literal: ({ value }) => void (typeof value === 'string' && texts.add(value)),
  }).visit(program)

  const entries = module.staticExports.flatMap(({ entries }) => entries)
  for (const { moduleRequest } of entries) if (moduleRequest !== null) seen.add(moduleRequest.value)
  const modules = [...seen]
  return {
    path,
    lines: text.split('\n').length - 1,
    imports: modules.filter(isOurs).map((name) => normalize(join(dirname(path), name))),
    packages: modules.filter((name) => !isOurs(name)),
    exports: entries.map((entry) => ({ name: exportedName(entry), isType: entry.isType })),
    texts,
    anys,
  }
}

/** Returns the module that `import()` names; one that is computed could be anything, so it is refused. */
function moduleName(source: { readonly type: string; readonly value?: unknown }, path: string): string {
  if (typeof source.value === 'string') return source.value
  throw new Error(
    `${path} imports a module whose name is computed; name it, so that the layers can be checked.`,
  )
}

function exportedName({ exportName, importName }: StaticExportEntry): string {
  if (exportName.name !== null) return exportName.name
  return exportName.kind === 'Default' ? 'default' : importName.kind.startsWith('All') ? '*' : '?'
}

function isOurs(name: string): boolean {
  return name.startsWith('.')
}
