/** The workers' process: started by the supervisor, told what to do over its channel, gone when that closes. */
import { extname } from 'node:path'
import { serve } from './serve.ts'

serve(new URL(`./tasks${extname(import.meta.filename)}`, import.meta.url))
