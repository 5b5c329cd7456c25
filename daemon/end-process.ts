/** Everything was closed, so there is nothing left to wait for. */
const graceMs = 1_000

/** Makes sure that the process ends: by itself, or else by force, and then it tells what kept it. */
export function endProcess(): void {
  const end = () => {
    console.error('ended by force; still open were:', process.getActiveResourcesInfo().join(', '))
    process.exit()
  }
  setTimeout(end, graceMs).unref()
}
