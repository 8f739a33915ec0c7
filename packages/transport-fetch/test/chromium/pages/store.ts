import { storeConformance } from '@s3-bg-uploader/testkit'
import { deleteDB, openDB } from 'idb'
import { listCases } from './case-list.ts'
import { StoreInWorker } from './store-in-worker.ts'

let places = 0

globalThis.caseList = listCases((runner) =>
  storeConformance({
    ...runner,
    create: async () => {
      const name = `journal ${++places}`
      const tabs: StoreInWorker[] = []
      const open = async (): Promise<StoreInWorker> => {
        const tab = new StoreInWorker(name)
        tabs.push(tab)
        return tab
      }
      return {
        open,
        async crash() {
          for (const tab of tabs.splice(0)) tab.kill()
        },
        async corrupt(key) {
          const database = await openDB(name)
          await database.put('records', { no: 'text' }, key)
          database.close()
        },
        async remove() {
          for (const tab of tabs.splice(0)) tab.kill()
          await deleteDB(name)
        },
      }
    },
    capabilities: { exclusive: true, closes: true, crash: true, corrupt: true },
  }),
)
