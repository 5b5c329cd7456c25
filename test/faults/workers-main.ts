/** The workers' process, with tasks that go wrong when they are told to. */
import { serve } from '../../native-workers/serve.ts'

serve(new URL('./workers-tasks.ts', import.meta.url))
