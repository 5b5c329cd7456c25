import { errorKinds } from '../../contract/errors.ts'

/** Returns the reference page of every expected failure. */
export function errorsPage(): string {
  const rows = Object.entries(errorKinds).map(
    ([code, { status, exit, hint }]) =>
      `| \`${code}\` | ${status} | ${exit} | ${hint.replaceAll('|', '\\|')} |`,
  )
  return `${head}\n${rows.join('\n')}\n`
}

const head = `<!-- Made from contract/errors.ts by \`npm run generate\`; changes made here are lost. -->

# Errors

Every failure that aios foresees has a code. The HTTP API answers with its status, the \`aios\` command ends with
its exit code, and both say the hint. Whatever has no code here is a bug in aios and is reported as \`internal\`.

| Code | HTTP | Exit | What to do |
| --- | --- | --- | --- |`
