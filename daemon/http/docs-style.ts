/** How the page of documentation looks: in the colours of the reader's system, readable at any width. */
export const docsStyle = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --link: #0757b8; }
@media (prefers-color-scheme: dark) { :root { --link: #8ec1ff; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
a { color: var(--link); }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }
article { border-top: 1px solid var(--line); margin-top: 2rem; }
article:target { background: var(--soft); }
h1 small { font-weight: normal; opacity: .8; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
th, td { overflow-wrap: anywhere; border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
`
