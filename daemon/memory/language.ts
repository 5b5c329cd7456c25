import { basename, extname } from 'node:path'

/** Returns the language that a path's name suggests; undefined when it suggests none. */
export function languageOf(path: string): string | undefined {
  const name = basename(path)
  return byName[name.toLowerCase()] ?? byExtension[extname(name).slice(1).toLowerCase()]
}

const byName: Readonly<Record<string, string>> = {
  makefile: 'make',
  dockerfile: 'docker',
  'cmakelists.txt': 'cmake',
  rakefile: 'ruby',
  gemfile: 'ruby',
}

const byExtension: Readonly<Record<string, string>> = {
  ...each('c', 'c h'),
  ...each('c++', 'cc cpp cxx hpp hh hxx'),
  ...each('c#', 'cs'),
  ...each('css', 'css scss sass less'),
  ...each('go', 'go'),
  ...each('html', 'html htm'),
  ...each('java', 'java'),
  ...each('javascript', 'js mjs cjs jsx'),
  ...each('json', 'json json5 jsonc'),
  ...each('kotlin', 'kt kts'),
  ...each('lua', 'lua'),
  ...each('markdown', 'md markdown'),
  ...each('asciidoc', 'adoc asciidoc'),
  ...each('objective-c', 'm mm'),
  ...each('perl', 'pl pm t'),
  ...each('php', 'php'),
  ...each('protobuf', 'proto'),
  ...each('python', 'py pyi'),
  ...each('ruby', 'rb'),
  ...each('rust', 'rs'),
  ...each('scala', 'scala'),
  ...each('shell', 'sh bash zsh'),
  ...each('sql', 'sql'),
  ...each('swift', 'swift'),
  ...each('tcl', 'tcl'),
  ...each('text', 'txt rst po'),
  ...each('toml', 'toml'),
  ...each('typescript', 'ts mts cts tsx'),
  ...each('xml', 'xml'),
  ...each('yaml', 'yml yaml'),
}

function each(language: string, extensions: string): Record<string, string> {
  return Object.fromEntries(extensions.split(' ').map((extension) => [extension, language]))
}
