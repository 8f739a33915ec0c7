import { levelStore } from '@s3-bg-uploader/transport-node'

// A store in a process of its own, over the folder in its argument. It does one call a message.
const store = levelStore(process.argv[2])

process.on('message', async ({ call, batch }) => {
  try {
    process.send({ value: await store[call](batch) })
  } catch ({ name, code, message, hint }) {
    process.send({ name, code, message, hint })
  }
})
