import type { KnipConfig } from 'knip'

export default {
  // A `!` marks what is shipped. Child processes and worker threads are started by path, so each has its line.
  // The array store is the stand-in that passes the store's suite; tests use it, the daemon never does.
  entry: [
    'cli/main.ts!',
    'daemon/main.ts!',
    'daemon/restore-main.ts!',
    'daemon/copier-main.ts!',
    'daemon/evaluator-main.ts!',
    'native-workers/main.ts!',
    'native-workers/tasks.ts!',
    'native-workers/secret-tasks.ts!',
    'plugins/host/main.ts!',
    'plugins/sandbox.ts!',
    'test/attacks/page-tools.js',
    'test/attacks/sandbox-parent.ts',
    'native-workers/trainer-main.ts!',
    'daemon/store/array-store.ts!',
    'scripts/*.ts',
    'bench/*.ts',
    'test/faults/store-writer.ts',
    'test/faults/vectors-writer.ts',
  ],
  ignoreBinaries: ['systemd-analyze', 'mkfifo', 'unshare', 'mount', 'umount', 'openssl'],
  ignoreExportsUsedInFile: { interface: true, type: true },
  project: [
    '{contract,daemon,plugins,native-workers,cli}/**/*.ts!',
    '{bin,scripts,test,bench}/**/*.{js,ts}',
    '*.config.ts',
  ],
  // Stand in for parts of LanceDB that nothing here calls; see docs/decisions/0003-dependencies.md.
  // The hook managers are started by the tests and the bench, from where npm put them.
  ignoreDependencies: ['@huggingface/transformers', 'openai', 'husky', 'lefthook'],
} satisfies KnipConfig
