/** Text that is HTML already: everything in it that came from elsewhere was escaped on its way in. */
export interface Html {
  readonly html: string
}

/** Returns HTML. What stands in the places of the template is shown as it is, and never obeyed. */
export function html(
  pieces: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  return { html: pieces.map((piece, at) => piece + textOf(values[at] ?? '')).join('') }
}

function textOf(value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'string') return escape(value)
  if (typeof value === 'number') return String(value)
  return 'html' in value ? value.html : value.map((part) => part.html).join('')
}

/** Returns text that means nothing to HTML, between tags and in quoted attributes. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
