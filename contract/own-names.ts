/**
 * What aios keeps in its folders, by name. Whoever takes aios away removes these and nothing else: a folder that was
 * chosen with `AIOS_HOME` may hold more. What a restore has put aside is for its user to delete.
 */
export const ownNames = {
  state:
    /^(journal\.sqlite(\.damaged\.\d+)?(-wal|-shm)?|audit\.ndjson|vault\.json(\.new)?|repositories|hooks|logs|evaluations|users\.json(\.new)?|http-port|agents\.json(\.new)?|restored-config|daemon\.lock(-journal)?|(backup|bundle)-\w{6})$/,
  runtime: /^(service\.json(\.\d+)?|aios\.sock(\.lock)?(-journal)?|start\.lock(-journal)?|token(\.new)?)$/,
  user: /^(config\.yaml|plugins|vault\.key(\.new)?)$/,
  aside:
    /^(state\.(before-\d{4}-\d\d-\d\d|empty|unpacking|restored)|(config\.yaml|plugins)\.before-restore)(\.\d+)?$/,
} as const
