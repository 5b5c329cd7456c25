import { eventTypes, EventEnvelope, Progress } from '../../contract/events.ts'
import { fieldTable } from './schema-words.ts'

/** Returns the reference page of every fact that is published. */
export function eventsPage(): string {
  const sections = Object.entries(eventTypes).map(
    ([type, schema]) => `## \`${type}\`\n\n${fieldTable('Data', schema)}`,
  )
  const envelope = `## The envelope\n\n${fieldTable('Field', EventEnvelope)}`
  const progress = `## Progress\n\n${progressHead}\n\n${fieldTable('Field', Progress)}`
  return `${[head, envelope, ...sections, progress].join('\n\n')}\n`
}

const head = `<!-- Made from contract/events.ts by \`npm run generate\`; changes made here are lost. -->

# Events

What happened, in the past tense. Each fact is numbered without gaps, kept, and sent to whoever listens in an envelope
whose \`data\` is described under the name of its type. A field with \`?\` may be missing.`

const progressHead = `How far an ingestion is. Sent while it runs, never kept, and not numbered.`
