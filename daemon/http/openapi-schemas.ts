import {
  ContextBlock,
  Filters,
  Hit,
  HitPassage,
  QuestionKind,
  RelatedFile,
  WhyEpisode,
} from '../../contract/answers.ts'
import { ConfigAnswer } from '../../contract/config-answer.ts'
import { Episode, EpisodeKind, Oid, Tie } from '../../contract/episode.ts'
import { EventEnvelope, Progress } from '../../contract/events.ts'
import { HooksAnswer } from '../../contract/hook-routes.ts'
import { Permission } from '../../contract/manifest.ts'
import { PluginLogEntry, PluginRequest, PluginStatus } from '../../contract/plugin-answers.ts'
import { ProblemDocument } from '../../contract/service.ts'
import { RepositoryStatus } from '../../contract/status.ts'
import { Task } from '../../contract/task.ts'
import type { Schema } from '../../contract/validate.ts'

/** Schemas that an OpenAPI document tells once, by the name that generated clients will know them by. */
const named: Readonly<Record<string, Schema>> = {
  ConfigAnswer,
  ContextBlock,
  Episode,
  EpisodeKind,
  Event: EventEnvelope,
  Filters,
  Hit,
  HitPassage,
  HooksAnswer,
  Oid,
  Permission,
  PluginLogEntry,
  PluginRequest,
  PluginStatus,
  Problem: ProblemDocument,
  Progress,
  QuestionKind,
  RelatedFile,
  RepositoryStatus,
  Task,
  Tie,
  WhyEpisode,
}

/** Their text is what they are known by: the library copies a schema that is made optional. */
const names = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(schema), name]))

/** Returns the schema as it stands in an OpenAPI 3.1 document: what has a name is referred to by it. */
export function referring(schema: object): object {
  const name = names.get(JSON.stringify(schema))
  return name === undefined ? withParts(schema) : { $ref: `#/components/schemas/${name}` }
}

/** Returns every schema that has a name. */
export function namedSchemas(): Record<string, object> {
  return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, withParts(schema)]))
}

function withParts(schema: object): object {
  if (Array.isArray(schema)) return schema.map(partOf)
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, partOf(part)]))
}

function partOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? referring(value) : value
}
