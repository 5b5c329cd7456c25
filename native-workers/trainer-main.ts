/** The trainer's process: started for one training, told what to do over its channel, gone when that closes. */
import { serveTraining } from './trainer-serve.ts'

serveTraining()
