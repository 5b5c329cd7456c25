import Type from 'typebox'

/** How much of a list is wanted, and from where on. Part of the input of each route that lists. */
export const pageFields = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1024, description: 'The `next` of the answer before.' }),
  ),
} as const

/** Where a list goes on. Part of the reply of each route that lists. */
export const nextField = {
  next: Type.Optional(Type.String({ description: 'The cursor of what follows; absent at the end.' })),
} as const
