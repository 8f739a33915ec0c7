// A whole upload from a runtime without pages: program.js API NAME SIZE
import { contentOf, open } from './upload.js'

const [api, name, size] = globalThis.Deno?.args ?? process.argv.slice(2)
const uploader = await open(api)
const upload = await uploader.uploadFile(new File([contentOf(Number(size))], name))
const { status } = await upload.done
await uploader.close()
console.log(status)
